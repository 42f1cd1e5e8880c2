import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { Timestamp } from '@/components/ui/date-text';
import { PageHeading } from '@/components/ui/page-heading';
import { todayPage } from '@/lib/views/admin-today';
import { AdminShell } from './_components/admin-shell';
import { MachinePanel } from './_components/machine-panel';
import { NothingToDo } from './_components/nothing-to-do';
import { RenewalsBar } from './_components/renewals-bar';
import { isLateOnly, TodaysTasks } from './_components/todays-tasks';
import { openForStaff } from './_page/open';
import { countWord } from './_words/counts';

export const metadata: Metadata = { title: 'Today' };

export default async function TodayPage() {
  const { shell, tasks, machine, renewals } = await openForStaff(todayPage);
  const count = tasks.length + (machine.workers.isSilent || isLateOnly(machine) ? 1 : 0);
  return (
    <AdminShell shell={shell} room="today">
      <StaffPage>
        <PageHeading
          over={<Timestamp at={shell.now} now={shell.now} timeZone={shell.timeZone} form="full" />}
          title={`${count === 0 ? 'Nothing needs' : count === 1 ? 'One thing needs' : `${countWord(count)} things need`} a person`}
        />
        <div className="mt-4 grid gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,1fr)_17.5rem]">
          {count === 0 ? <NothingToDo /> : <TodaysTasks tasks={tasks} machine={machine} reader={shell} />}
          <MachinePanel machine={machine} now={shell.now} />
        </div>
        <RenewalsBar renewals={renewals} />
      </StaffPage>
    </AdminShell>
  );
}
