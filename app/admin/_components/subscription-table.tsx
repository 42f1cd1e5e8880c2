import { MiniLine } from '@/components/mini-line';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { DateText } from '@/components/ui/date-text';
import { Icon } from '@/components/ui/icon';
import { Money } from '@/components/ui/money';
import { addDays, type LocalDate } from '@/lib/core/calendar';
import { daysAway } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import type { StaffSubscription } from '@/lib/views/admin-subscription-rows';
import { subscriptionLook } from '../_words/subscription';
import { LookChip } from './look-chip';

const COLUMNS: readonly Column[] = [
  { label: 'Customer' },
  { label: 'Subscription', shownFrom: 'md' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Next charge', shownFrom: 'md' },
  { label: 'Amount', align: 'right' },
  { label: 'Paid by', shownFrom: 'lg' },
  { label: 'Letter and charges', shownFrom: 'xl' },
];
/** The window of the small line: about nine months from today. */
const LINE_DAYS = 270;

/** Subscriptions as a table; on a phone the customer with status, and the amount with the date. */
export function SubscriptionTable({ rows }: { rows: readonly StaffSubscription[] }) {
  return (
    <DataTable caption="Subscriptions, our soonest charge first, then those that we do not charge" columns={COLUMNS}>
      {rows.map((row) => (
        <SubscriptionRow key={row.id} row={row} />
      ))}
    </DataTable>
  );
}

function SubscriptionRow({ row }: { row: StaffSubscription }) {
  const { customer, name, schedule, today, nextChargeOn, openOrder } = row;
  const status = <LookChip look={subscriptionLook(row)} bare />;
  const next = nextChargeOn === null ? '–' : <DateText date={nextChargeOn} today={today} form="short" />;
  return (
    <Row>
      <RowHead
        href={`/admin/subscriptions/${row.id}`}
        title={customer.name}
        detail={customer.email}
        phone={{ detail: name, status }}
      />
      <Cell shownFrom="md" detail={everyInterval(schedule.interval).toLowerCase()} cut>
        <span title={name}>{name}</span>
      </Cell>
      <Cell
        shownFrom="md"
        detail={
          openOrder && (
            <>
              order of <DateText date={openOrder.orderOn} today={today} form="short" />
            </>
          )
        }
      >
        {status}
      </Cell>
      <Cell shownFrom="md" detail={nextChargeOn === null ? undefined : daysAway(nextChargeOn, today)}>
        {next}
      </Cell>
      <Cell align="right" phoneDetail={next}>
        <Money cents={row.totalCents} column />
      </Cell>
      <Cell shownFrom="lg">
        <PaidBy row={row} />
      </Cell>
      <Cell shownFrom="xl" detail={<Letter row={row} />}>
        <Line row={row} />
      </Cell>
    </Row>
  );
}

function PaidBy({ row: { billingMethod, payment } }: { row: StaffSubscription }) {
  if (billingMethod === 'external') return <span className="text-muted">Elsewhere</span>;
  if (payment === null) return <span className="text-muted">No token</span>;
  return (
    <>
      HSA/FSA <span className="num text-muted">{payment.card.last4 ?? 'card'}</span>
    </>
  );
}

/** The last day of the letter, marked where it lies before the next charge. */
function Letter({ row }: { row: StaffSubscription }) {
  const letter = letterOf(row);
  if (letter === null) return row.billingMethod === 'hsa_fsa' ? 'No day named' : '–';
  const date = <DateText date={letter} today={row.today} form="short" year="always" />;
  if (row.nextChargeOn === null || letter >= row.nextChargeOn) return date;
  return (
    <span className="inline-flex items-center gap-1 font-medium text-warning">
      <Icon name="triangle-alert" />
      {date}
      <span className="sr-only">, before the next charge</span>
    </span>
  );
}

function Line({ row }: { row: StaffSubscription }) {
  if (row.billingMethod === 'external') return null;
  const letter = letterOf(row);
  const [start, end] = [row.today, addDays(row.today, LINE_DAYS)];
  const charges = row.upcoming.filter((date) => date <= end);
  const covered = letter === null ? 0 : charges.filter((date) => date <= letter).length;
  const label =
    letter === null
      ? `${charges.length} charges in nine months, no letter named`
      : `${covered} of ${charges.length} charges in nine months inside the letter`;
  return (
    <span className="flex h-5 items-center">
      <MiniLine label={label} start={start} end={end} letter={letter} charges={charges} />
    </span>
  );
}

function letterOf({ billingMethod, payment }: StaffSubscription): LocalDate | null {
  return billingMethod === 'hsa_fsa' ? (payment?.letterExpiresOn ?? null) : null;
}
