import { StatusChip } from '@/components/ui/chip';
import { DatedRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import type { LocalDate } from '@/lib/core/calendar';
import { formatCents } from '@/lib/core/money';
import type { ChargeFacts } from '@/lib/views/customer-charges';
import type { PaymentFacts } from '@/lib/views/subscription-facts';
import { CHARGE_WORDS, chargeChip } from '../_words/charge-words';
import { OrderLink } from './order-link';

/** Orders that were charged, skipped, or wait, the latest first. Each leads to its own page. */
export function OrderHistory({
  charges,
  payment,
  today,
}: {
  charges: readonly ChargeFacts[];
  payment: PaymentFacts | null;
  today: LocalDate;
}) {
  return (
    <RowList>
      {charges.map((charge) => (
        <DatedRow
          key={charge.invoiceId}
          date={charge.orderOn}
          today={today}
          title={<OrderLink to={charge}>{charge.name}</OrderLink>}
          detail={detailOf(charge, payment)}
          amount={charge.state === 'skipped' ? undefined : <Money cents={charge.totalCents} column />}
          status={<StatusChip status={chargeChip(charge)} bare />}
        />
      ))}
    </RowList>
  );
}

// The card is named only where it cannot have changed since: it was last read before the payment.
function detailOf(charge: ChargeFacts, payment: PaymentFacts | null): string {
  if (charge.refundedCents > 0) return `${formatCents(charge.refundedCents)} returned to your card`;
  const { detail } = CHARGE_WORDS[charge.state];
  if (charge.state !== 'paid' || charge.paidAt === null || payment?.cardLast4 == null) return detail;
  const isSameCard = payment.refreshedAt !== null && payment.refreshedAt <= charge.paidAt;
  return isSameCard ? `${detail} ending ${payment.cardLast4}` : detail;
}
