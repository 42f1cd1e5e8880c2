import { redirect } from 'next/navigation';
import type { FormState } from '@/lib/action';
import type { Id } from '@/lib/core/id';
import type { ItemsResult } from '@/lib/services/hold-item-change';

/** Where a change of items leads: to Truemed where it asks for something, else to what it says. */
export function showItems<R extends string>(
  { subscriptionId }: { subscriptionId: Id<'subscription'> },
  result: ItemsResult<R>,
  refusals: Record<R | 'refused_by_truemed', string>,
): FormState {
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: refusals[result.reason] };
  if (result.next === 'truemed') redirect(result.redirectUrl);
  redirect(
    result.next === 'applied'
      ? `/account/subscriptions/${subscriptionId}?changed=items`
      : `/account/hsa-fsa/${result.requestId}`,
  );
}
