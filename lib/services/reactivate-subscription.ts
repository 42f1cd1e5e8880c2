import type { Context } from '@/lib/context';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { type Decision, decideReactivate, type ReactivateRefusal, todayOf } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';
import { hasLiveToken } from './live-token';

/** Brings a canceled subscription back with its token, items, prices and anchor; refused without a token that can be charged. */
export function reactivateSubscription(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<Decision<ReactivateRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.reactivated', async (standing, tx, row) =>
    decideReactivate(standing, todayOf(standing, ctx.now), await hasLiveToken(tx, row.customerId)),
  );
}
