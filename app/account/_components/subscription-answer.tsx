import type { SubscriptionPage } from '@/lib/views/subscription';
import { BilledElsewhereAnswer } from './billed-elsewhere';
import { HeldAnswer } from './held-answer';
import { NextChargeAnswer } from './next-charge-answer';

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
    return (
      <p className="text-muted">
        {subscription.status === 'paused'
          ? 'Paused. Nothing is charged until it is resumed.'
          : 'Canceled. Nothing more is charged.'}
      </p>
    );
  return subscription.billingMethod === 'external' ? (
    <BilledElsewhereAnswer place="subscription" subscription={subscription} readiness={readiness} />
  ) : (
    <NextChargeAnswer place="subscription" subscription={subscription} readiness={readiness} payment={payment} />
  );
}
