import type { ReactNode } from 'react';
import { LinkButton } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import type { FormAction } from '@/lib/action';
import type { ShellFacts } from '@/lib/views/customer-file';
import { AccountShell } from '../../_components/account-shell';
import { SettingsForm } from './settings-form';

/** The way back from every page of the settings. */
export const SETTINGS = { href: '/account/settings', label: 'Settings' };

/** One thing that can be set, in a sheet under its name. `after` stands below the sheet. */
export function SettingsRoom({
  shell,
  title,
  after,
  children,
}: {
  shell: ShellFacts;
  title: string;
  after?: ReactNode;
  children: ReactNode;
}) {
  return (
    <AccountShell shell={shell} room="Settings">
      <PageHeading back={SETTINGS} title={title} />
      <div className="mt-7">
        <Sheet labelledBy="what">{children}</Sheet>
      </div>
      {after}
    </AccountShell>
  );
}

/** The form of a room: what is saved, and the way back to the settings. */
export function RoomForm({
  action,
  verb = 'Save',
  busy = 'Saving',
  keep = 'Keep it as it is',
  children,
}: {
  action: FormAction;
  verb?: string;
  busy?: string;
  keep?: string;
  children?: ReactNode;
}) {
  const wayOut = (
    <LinkButton href={SETTINGS.href} kind="bare" wide>
      {keep}
    </LinkButton>
  );
  return (
    <SettingsForm action={action} verb={verb} busy={busy} wayOut={wayOut}>
      {children}
    </SettingsForm>
  );
}
