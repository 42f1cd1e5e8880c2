import { LineItemRow, RowList, TotalRow } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { lineTotal } from '@/lib/core/amounts';
import { lineDetail } from '@/lib/core/receipt';
import type { ShownLine, SubscriptionFacts } from '@/lib/views/subscription-facts';

/** What is in an order, with what is added and taken off, and its total. */
export function OrderLines({
  order,
  totalLabel,
}: {
  order: Pick<SubscriptionFacts, 'extras' | 'totalCents'> & { lines: readonly ShownLine[] };
  totalLabel: string;
}) {
  const { shippingCents, taxCents, discountCents } = order.extras;
  const extras = [
    { label: 'Shipping', cents: shippingCents },
    { label: 'Tax', cents: taxCents },
    { label: 'Taken off', cents: -discountCents },
  ].filter(({ cents }) => cents !== 0);
  return (
    <RowList>
      {order.lines.map((line) => (
        <LineItemRow
          key={line.position}
          title={line.name}
          detail={lineDetail(line)}
          amount={<Money cents={lineTotal(line)} column />}
        />
      ))}
      <TotalRow
        label={totalLabel}
        amount={<Money cents={order.totalCents} column />}
        extras={extras.map(({ label, cents }) => ({ label, amount: <Money cents={cents} column /> }))}
      />
    </RowList>
  );
}
