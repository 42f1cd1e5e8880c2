import { QuietLink, Section } from '@/components/ui/page-heading';
import type { Schedule } from '@/lib/core/calendar';
import { everyInterval } from '@/lib/core/interval-words';
import type { HeldCharge } from '@/lib/views/account';
import { OrderLines } from './order-lines';

/** What is in the order that waits. */
export function OrderOnHold({ charge, schedule }: { charge: HeldCharge; schedule: Schedule }) {
  return (
    <Section
      id="order"
      title="The order on hold"
      more={
        <QuietLink href={`/account/subscriptions/${charge.subscriptionId}`} small>
          Open subscription
        </QuietLink>
      }
    >
      <OrderLines order={charge} totalLabel={`Total, ${everyInterval(schedule.interval).toLowerCase()}`} />
    </Section>
  );
}
