import { DatedRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { Section } from '@/components/ui/page-heading';
import type { LocalDate } from '@/lib/core/calendar';
import { everyInterval, pieces } from '@/lib/core/interval-words';
import type { ComingUp } from '@/lib/views/account';
import { OrderLink } from './order-link';

/** The charges of ours that come next. */
export function ComingUpList({ charges, today }: { charges: readonly ComingUp[]; today: LocalDate }) {
  return (
    <Section id="soon" title="Coming up">
      <RowList>
        {charges.map((charge) => (
          <DatedRow
            key={`${charge.subscriptionId} ${charge.date}`}
            date={charge.date}
            today={today}
            title={<OrderLink to={{ subscriptionId: charge.subscriptionId }}>{charge.name}</OrderLink>}
            detail={`${everyInterval(charge.schedule.interval)}, ${pieces(charge.pieces)}`}
            amount={<Money cents={charge.totalCents} column />}
          />
        ))}
      </RowList>
    </Section>
  );
}
