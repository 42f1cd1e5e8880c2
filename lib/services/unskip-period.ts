import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { decideUnskip, type UnskipRefusal } from '@/lib/core/next-order-change';
import type { Decision } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Takes back the last skip while its period has not started. `nextChargeOn` is the one that the page showed. */
export function unskipPeriod(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; nextChargeOn: LocalDate },
): Promise<Decision<UnskipRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.period_unskipped', (standing) =>
    decideUnskip(standing, input.nextChargeOn, ctx.now),
  );
}
