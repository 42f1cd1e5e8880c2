import type { Tone } from '@/components/ui/chip';
import { STATUSES, type Status } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';
import type { StaffSubscription } from '@/lib/views/admin-subscription-rows';
import { ORDER_LOOKS } from './charges';

/** The status of a subscription for staff: its open order says more than the subscription itself. */
export function subscriptionLook(subscription: StaffSubscription): { word: string; tone: Tone; icon: IconName } {
  if (subscription.openOrder !== null) return ORDER_LOOKS[subscription.openOrder.state];
  const word = restingStatus(subscription);
  const [tone, icon] = STATUSES[word];
  return { word, tone, icon };
}

function restingStatus({ status, billingMethod }: StaffSubscription): Status {
  if (status === 'canceled') return 'Canceled';
  if (status === 'paused') return 'Paused';
  if (billingMethod === 'external') return 'Billed elsewhere';
  if (status === 'past_due') return 'On hold';
  return status === 'trialing' ? 'Trial' : 'Active';
}
