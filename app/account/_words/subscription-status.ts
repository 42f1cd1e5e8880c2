import type { Status } from '@/components/ui/chip';
import type { HeldState } from '@/lib/views/charge-state';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { HELD_WORDS } from './charge-words';

/** The chip beside a subscription's name; `held` is the state of an order that is on hold. */
export function subscriptionStatus(
  subscription: Pick<SubscriptionFacts, 'status' | 'billingMethod' | 'cancelOn'>,
  held: HeldState | null,
): Status {
  if (subscription.status === 'canceled') return 'Canceled';
  if (subscription.status === 'paused') return 'Paused';
  if (subscription.billingMethod === 'external') return 'Billed elsewhere';
  if (held !== null) return HELD_WORDS[held].chip;
  if (subscription.cancelOn !== null) return 'Ending';
  return subscription.status === 'trialing' ? 'Trial' : 'Active';
}
