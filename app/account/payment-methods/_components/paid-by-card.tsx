import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { QuietLink, Section } from '@/components/ui/page-heading';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { OrderLink } from '../../_components/order-link';

/** Every subscription that the card pays for: one letter and one card for all of them. */
export function PaidByCard({ subscriptions }: { subscriptions: readonly SubscriptionFacts[] }) {
  return (
    <Section id="paid" title="What they pay for">
      <RowList>
        {subscriptions.map((subscription) => (
          <IconRow
            key={subscription.id}
            icon="repeat"
            title={<OrderLink to={{ subscriptionId: subscription.id }}>{subscription.name}</OrderLink>}
            detail={<NextCharge subscription={subscription} />}
            status={subscription.status === 'paused' ? <StatusChip status="Paused" bare /> : undefined}
          />
        ))}
      </RowList>
    </Section>
  );
}

/** What a former processor still bills, each with the way to the card. */
export function BilledElsewhereList({
  subscriptions,
  hasCard,
}: {
  subscriptions: readonly SubscriptionFacts[];
  hasCard: boolean;
}) {
  return (
    <Section id="elsewhere" title="Billed elsewhere">
      <RowList>
        {subscriptions.map((subscription) => (
          <IconRow
            key={subscription.id}
            icon="arrow-left-right"
            title={<OrderLink to={{ subscriptionId: subscription.id }}>{subscription.name}</OrderLink>}
            detail={
              <>
                <NextCharge subscription={subscription} /> To the card you gave at checkout.
              </>
            }
            action={
              <QuietLink href={`/account/subscriptions/${subscription.id}/hsa-fsa`} small>
                {hasCard ? 'Move to this card' : 'Use my HSA/FSA'}
                <span className="sr-only">: {subscription.name}</span>
              </QuietLink>
            }
          />
        ))}
      </RowList>
    </Section>
  );
}

function NextCharge({
  subscription: { nextChargeOn, totalCents, today, cancelOn },
}: {
  subscription: SubscriptionFacts;
}) {
  if (nextChargeOn !== null)
    return (
      <>
        <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} />.
      </>
    );
  if (cancelOn !== null)
    return (
      <>
        Ends on <DateText date={cancelOn} today={today} />. Nothing more is charged.
      </>
    );
  return <>Nothing is charged while it is paused.</>;
}
