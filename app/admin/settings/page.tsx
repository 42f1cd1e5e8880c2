import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { NotPossible } from '@/components/ui/button';
import { CheckList } from '@/components/ui/check-list';
import { Timestamp } from '@/components/ui/date-text';
import { Notice } from '@/components/ui/notice';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { customerMay, SWITCHABLE_ACTIONS } from '@/lib/core/customer-switches';
import { type StaffSettings, shopSettings } from '@/lib/views/admin-settings';
import { AdminShell } from '../_components/admin-shell';
import { SwitchesForm } from '../_components/switches-form';
import { openForStaff } from '../_page/open';
import type { Query } from '../_page/query';
import { SWITCH_WORDS } from '../_words/switches';
import { changeSwitchesAction } from './actions';

export const metadata: Metadata = { title: 'Settings' };

/** What is set for the whole shop. */
export default async function SettingsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const page = await openForStaff(shopSettings);
  const { shell, version, mayChange } = page;
  return (
    <AdminShell shell={shell} room="settings">
      <StaffPage>
        <PageHeading title="Settings" meta={<LastChange page={page} />} />
        {query.saved === '1' && (
          <div className="mt-5">
            <Notice kind="done" announce>
              Saved. It counts from now on.
            </Notice>
          </div>
        )}
        <Section id="switches" title="What customers may do by themselves">
          <p className="mb-5 max-w-[34rem] text-dense text-muted">
            What is not checked is left out of their pages and refused. Staff can still do it. Customers can always
            cancel, take a cancellation back and take a skip back.
          </p>
          {mayChange ? (
            <SwitchesForm action={changeSwitchesAction} version={version} key={version}>
              <Switches page={page} />
            </SwitchesForm>
          ) : (
            <div className="max-w-[34rem] space-y-5">
              <Switches page={page} />
              <NotPossible>Owners and admins change these.</NotPossible>
            </div>
          )}
        </Section>
      </StaffPage>
    </AdminShell>
  );
}

function Switches({ page: { switches, mayChange } }: { page: StaffSettings }) {
  const items = SWITCHABLE_ACTIONS.map((name) => ({
    name,
    checked: customerMay(switches, name),
    ...SWITCH_WORDS[name],
  }));
  return <CheckList legend="Customers may" items={items} isFixed={!mayChange} />;
}

function LastChange({ page: { lastChange, shell } }: { page: StaffSettings }) {
  if (lastChange === null) return <>Nothing has been changed yet.</>;
  return (
    <>
      Last changed by {lastChange.by ?? 'somebody who has left'},{' '}
      <Timestamp at={lastChange.at} now={shell.now} timeZone={shell.timeZone} />.
    </>
  );
}
