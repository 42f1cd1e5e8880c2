import type { Status } from '@/components/ui/chip';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';

/** The chip beside a subscription's name. */
export function subscriptionStatus(
  subscription: Pick<SubscriptionFacts, 'status' | 'billingMethod'>,
  isHeld: boolean,
): Status {
  if (subscription.status === 'canceled') return 'Canceled';
  if (subscription.status === 'paused') return 'Paused';
  if (subscription.billingMethod === 'external') return 'Billed elsewhere';
  if (isHeld) return 'Action needed';
  return subscription.status === 'trialing' ? 'Trial' : 'Active';
}
