import type { Context } from '@/lib/context';
import type { Interval, LocalDate } from '@/lib/core/calendar';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { decideInterval, type IntervalRefusal } from '@/lib/core/next-order-change';
import type { Decision } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Changes how often it renews, from the next charge on, which stays. `nextChargeOn` is the one that the page showed. */
export function changeInterval(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; nextChargeOn: LocalDate; interval: Interval },
): Promise<Decision<IntervalRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.interval_changed', (standing) =>
    decideInterval(standing, { shown: input.nextChargeOn, interval: input.interval }, ctx.now),
  );
}
