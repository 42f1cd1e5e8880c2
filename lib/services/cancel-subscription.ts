import type { Context } from '@/lib/context';
import type { CancelReason } from '@/lib/core/cancel-reason';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import {
  type CancelRefusal,
  type Decision,
  decideCancelAtPeriodEnd,
  decideCancelNow,
} from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/**
 * Cancels at the end of the period that is under way, or now. At period end nothing more is planned and an open invoice is
 * collected until then; now, what was being collected is given up. The token is kept: only an explicit request deletes it.
 * The reason is kept in the audit log.
 */
export function cancelSubscription(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; when: 'period_end' | 'now'; reason?: CancelReason },
): Promise<Decision<CancelRefusal | SwitchedOff>> {
  const action = input.when === 'now' ? 'subscription.canceled' : 'subscription.cancel_scheduled';
  return changeSchedule(
    ctx,
    input.subscriptionId,
    action,
    (standing) => (input.when === 'now' ? decideCancelNow(standing) : decideCancelAtPeriodEnd(standing, ctx.now)),
    input.reason === undefined ? {} : { reason: input.reason },
  );
}
