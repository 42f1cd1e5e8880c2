import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { itemsPage } from '@/lib/views/item-change';
import type { HeldItems } from '@/lib/views/own-subscription';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { ItemsFrame, ItemsNotNow, PreviewItems } from '../../../_components/items-frame';
import { takeChangeBackAction } from '../../take-change-back-action';

export const metadata: Metadata = { title: 'Take a change back' };

/** A change of items that waits for Truemed is taken back: what each order then stays. */
export default async function TakeChangeBackPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/take-change-back`));
  const { shell, subscription, held } = await orNotFound(itemsPage(ctx, { subscriptionId, wanted: null }));
  return (
    <ItemsFrame shell={shell} subscription={subscription} title="Take a change back" safe={null}>
      {held === null ? (
        <ItemsNotNow
          title="No change is waiting"
          text={`Your order is ${formatCents(subscription.totalCents)}, as your subscription shows it.`}
          back={back}
        />
      ) : (
        <PreviewItems
          question="Take your change back?"
          text={effectOf(subscription, held)}
          order={subscription}
          totalLabel="Total, as it is now"
          action={takeChangeBackAction}
          fields={{ subscriptionId: subscription.id, requestId: held.requestId }}
          verb="Take it back"
          busy="Taking it back"
          back={back}
          wayOut="Let it wait"
        />
      )}
    </ItemsFrame>
  );
}

function effectOf({ nextChargeOn, today }: SubscriptionFacts, { items, isOnce }: HeldItems): string {
  const asked = items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ');
  const due =
    nextChargeOn !== null && nextChargeOn <= today
      ? ` Your order of ${longDate(nextChargeOn, today)} does not wait for it any longer.`
      : '';
  return `You asked for ${asked}${isOnce ? ' with your next order' : ''}, and Truemed has not agreed yet. If you take it back, your orders keep the items below.${due} If you still complete it at Truemed, nothing comes of it here.`;
}
