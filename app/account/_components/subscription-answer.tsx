import type { SubscriptionPage } from '@/lib/views/subscription';
import { BilledElsewhereAnswer } from './billed-elsewhere';
import { HeldAnswer } from './held-answer';
import { NextChargeAnswer } from './next-charge-answer';
import { RestingAnswer } from './resting-answer';

/** What there is to say of one subscription now: the order that is held, else its next charge. */
export function SubscriptionAnswer({ page }: { page: SubscriptionPage }) {
  const { subscription, readiness, payment, held, shell } = page;
  if (held !== null)
    return (
      <HeldAnswer
        place="subscription"
        charge={held}
        subscription={subscription}
        readiness={readiness}
        payment={payment}
        merchant={shell.merchant}
      />
    );
  if (subscription.nextChargeOn === null)
    return <RestingAnswer subscription={subscription} offered={page.offered} isOpen={page.isOpen} />;
  return subscription.billingMethod === 'external' ? (
    <BilledElsewhereAnswer place="subscription" subscription={subscription} readiness={readiness} />
  ) : (
    <NextChargeAnswer
      place="subscription"
      subscription={subscription}
      readiness={readiness}
      payment={payment}
      offered={page.offered}
    />
  );
}
