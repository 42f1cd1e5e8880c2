import { localDate } from '@/lib/core/calendar';
import { Shown } from './gallery-shown';
import { TableGallery } from './gallery-table';
import { Button, LinkButton } from './ui/button';
import { Chip, StatusChip } from './ui/chip';
import { DatedRow, IconRow, LinkRow, RowList } from './ui/list-rows';
import { Money } from './ui/money';
import { PageHeading, QuietLink } from './ui/page-heading';
import { DecisionPanel, Panel, PanelRow, TaskList, TaskRow } from './ui/staff-rows';
import { Timeline } from './ui/timeline';

const today = localDate('2026-01-22');

/** Rows and tables, for customers and for staff. */
export function StaffGallery() {
  return (
    <>
      <Shown title="Rows for customers">
        <RowList>
          <IconRow
            icon="credit-card"
            title="HSA/FSA card ending 4417"
            detail="Valid until November 2028. Pays for both subscriptions."
            status={<StatusChip status="Connected" />}
            action={
              <QuietLink href="#top" small>
                Update<span className="sr-only"> card</span>
              </QuietLink>
            }
          />
          <DatedRow
            date={localDate('2026-01-03')}
            today={today}
            title="Daily Essentials"
            detail="HSA/FSA card ending 4417"
            amount={<Money cents={4830} />}
            status={<StatusChip status="Paid" bare />}
          />
          <LinkRow href="#top" icon="calendar" title="Move the next date" detail="Any day up to Monday, 14 September" />
        </RowList>
      </Shown>
      <div className="text-dense">
        <Shown title="Rows for staff">
          <div className="sheet grid gap-x-12 gap-y-10 p-6 lg:grid-cols-[minmax(0,1fr)_17.5rem]">
            <Tasks />
            <Panel id="machine" title="Machine health">
              <PanelRow title="Workers" detail="2 running, last tick 3 s ago" status={<Ok />} />
              <PanelRow
                title="Webhooks"
                detail="412 today, 38 ms to answer at p95"
                status={
                  <Chip tone="attn" icon="triangle-alert" bare>
                    1 kept aside
                  </Chip>
                }
              />
            </Panel>
          </div>
        </Shown>
        <Shown title="One thing, and what can be done about it">
          <div className="sheet p-6">
            <OneThing />
          </div>
        </Shown>
        <Shown title="A table">
          <div className="sheet pt-6 pb-6">
            <TableGallery />
          </div>
        </Shown>
      </div>
    </>
  );
}

function Ok() {
  return (
    <Chip tone="ok" icon="circle-check" bare>
      OK
    </Chip>
  );
}

function Tasks() {
  return (
    <TaskList label="What needs a person" end="That is all. 7 renewals on hold wait for their customers.">
      <TaskRow
        tone="bad"
        icon="scan-search"
        title="The outcome of one charge is unknown"
        action={
          <LinkButton href="#top" size="staff">
            Open charge
          </LinkButton>
        }
      >
        $312.00, Priya Raghunathan. Sent at 8:49 am, no answer.
      </TaskRow>
      <TaskRow
        tone="attn"
        icon="hand"
        title="3 subscriptions to hand over"
        action={
          <LinkButton href="#top" kind="edge" size="staff">
            See all 3
          </LinkButton>
        }
      >
        They pay by HSA/FSA card now and are still billed at the former processor.
      </TaskRow>
    </TaskList>
  );
}

function OneThing() {
  return (
    <>
      <PageHeading
        title="Bartholomew Featherstonehaugh-Oyelaran"
        back={{ href: '#top', label: 'Customers' }}
        meta="b.featherstonehaugh-oyelaran@longmail.example · Maine"
      />
      <DecisionPanel
        id="do"
        chip={<StatusChip status="On hold" />}
        title="A renewal of $2,184.50 waits for the health survey"
        actions={
          <>
            <Button size="staff">Send the link again</Button>
            <Button size="staff" kind="edge">
              Skip this order
            </Button>
          </>
        }
        reason="“Charge now” is not offered: Truemed gives the same answer until the survey is complete."
      >
        Due on Tuesday, 20 January; the letter ended on 12 January.
      </DecisionPanel>
      <div className="mt-6">
        <Timeline
          days={[
            {
              heading: 'Today, 22 January',
              events: [
                {
                  id: 'note',
                  at: '2026-01-22T14:04:00Z',
                  time: '9:04 am',
                  mark: { initials: 'RD' },
                  title: 'Rosa Delacroix-Whitfield wrote a note',
                  by: 'Staff',
                  note: 'Spoke on the phone. Wants to do it at the weekend; prefers mail to calls.',
                },
                {
                  id: 'held',
                  at: '2026-01-22T13:01:00Z',
                  time: '8:01 am',
                  mark: { icon: 'circle-pause', tone: 'attn' },
                  title: 'Charge not made: Truemed asks for a health survey',
                  by: 'Truemed answered 422, TakeHealthSurvey, in 412 ms',
                  why: {
                    question: 'Why on this day, and this amount?',
                    answer: 'Anchor 20 October 2024, every 3 months.',
                  },
                },
              ],
            },
          ]}
        />
      </div>
    </>
  );
}
