import { Chip } from '@/components/ui/chip';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { DateText, Timestamp } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { localDateAt } from '@/lib/core/calendar';
import { formatCents } from '@/lib/core/money';
import type { StaffCharge } from '@/lib/views/admin-charges';
import { ATTEMPT_LOOKS, CAUSE_WORDS } from '../_words/charges';
import type { Reader } from '../_words/tasks';
import { LookChip } from './look-chip';

const COLUMNS: readonly Column[] = [
  { label: 'Customer' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Order of', shownFrom: 'md' },
  { label: 'Amount', align: 'right' },
  { label: 'Made', shownFrom: 'md' },
  { label: 'Payment session', shownFrom: 'xl' },
];

/** Charges as a table, the latest first. */
export function ChargeTable({ rows, reader }: { rows: readonly StaffCharge[]; reader: Reader }) {
  return (
    <DataTable caption="Charges, the latest first" columns={COLUMNS}>
      {rows.map((row) => (
        <ChargeRow key={row.id} row={row} reader={reader} />
      ))}
    </DataTable>
  );
}

function ChargeRow({ row, reader }: { row: StaffCharge; reader: Reader }) {
  const { now, timeZone } = reader;
  const order = <DateText date={row.orderOn} today={localDateAt(now, timeZone)} form="short" />;
  return (
    <Row>
      <RowHead
        href={`/admin/subscriptions/${row.subscriptionId}`}
        title={row.customer.name}
        detail={row.customer.email}
        phone={{ detail: <>Order of {order}</>, status: <ChargeChip row={row} /> }}
      />
      <Cell shownFrom="md" detail={detailOf(row)}>
        <ChargeChip row={row} />
      </Cell>
      <Cell shownFrom="md" detail={`try ${row.number}, ${CAUSE_WORDS[row.cause]}`}>
        {order}
      </Cell>
      <Cell align="right" phoneDetail={<Timestamp at={row.createdAt} now={now} timeZone={timeZone} />}>
        <Money cents={row.amountCents} column />
      </Cell>
      <Cell
        shownFrom="md"
        detail={
          row.dueAt !== null && (
            <>
              again <Timestamp at={row.dueAt} now={now} timeZone={timeZone} />
            </>
          )
        }
      >
        <Timestamp at={row.createdAt} now={now} timeZone={timeZone} />
      </Cell>
      <Cell shownFrom="xl" cut>
        <span className="text-muted" title={row.paymentSessionId ?? undefined}>
          {row.paymentSessionId ?? '–'}
        </span>
      </Cell>
    </Row>
  );
}

function ChargeChip({ row }: { row: StaffCharge }) {
  if (!row.isDuplicate) return <LookChip look={ATTEMPT_LOOKS[row.status]} bare />;
  return (
    <Chip tone="bad" icon="circle-alert" bare>
      Captured twice
    </Chip>
  );
}

function detailOf({ errorCode, tries, refundedCents, refundingCents }: StaffCharge): string | undefined {
  if (refundingCents > 0) return `${formatCents(refundingCents)} being given back`;
  if (refundedCents > 0) return `${formatCents(refundedCents)} given back`;
  if (errorCode !== null) return tries > 1 ? `${errorCode}, sent ${tries} times` : errorCode;
  return tries > 1 ? `sent ${tries} times` : undefined;
}
