import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { decideSkip, type SkipRefusal } from '@/lib/core/next-order-change';
import type { Decision } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Skips the next period. `nextChargeOn` is the one that the page showed: a second press skips nothing more. */
export function skipPeriod(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; nextChargeOn: LocalDate },
): Promise<Decision<SkipRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.period_skipped', (standing) =>
    decideSkip(standing, input.nextChargeOn, ctx.now),
  );
}
