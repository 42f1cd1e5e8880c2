import type { ReactNode } from 'react';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import type { ShellFacts } from '@/lib/views/customer-file';
import { AccountShell } from '../../_components/account-shell';

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
