import { StatusChip } from '@/components/ui/chip';
import { DatedRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import type { LocalDate } from '@/lib/core/calendar';
import { formatCents } from '@/lib/core/money';
import type { ChargeFacts } from '@/lib/views/customer-charges';
import { chargeChip, chargeDetail } from '../_words/charge-words';
import { OrderLink } from './order-link';

/** Orders that were charged, skipped, or wait, the latest first. Each leads to its own page. */
export function OrderHistory({ charges, today }: { charges: readonly ChargeFacts[]; today: LocalDate }) {
  return (
    <RowList>
      {charges.map((charge) => (
        <DatedRow
          key={charge.invoiceId}
          date={charge.orderOn}
          today={today}
          title={<OrderLink to={charge}>{charge.name}</OrderLink>}
          detail={detailOf(charge)}
          amount={charge.state === 'skipped' ? undefined : <Money cents={charge.totalCents} column />}
          status={<StatusChip status={chargeChip(charge)} bare />}
        />
      ))}
    </RowList>
  );
}

function detailOf(charge: ChargeFacts): string {
  if (charge.refundedCents > 0) return `${formatCents(charge.refundedCents)} returned to your card`;
  return chargeDetail(charge);
}
