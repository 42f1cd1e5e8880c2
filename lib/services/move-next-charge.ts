import { and, eq } from 'drizzle-orm';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { decideMove, type MoveRefusal, type MoveScope } from '@/lib/core/next-order-change';
import type { Decision } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Moves the next charge to a day that its letter covers, for this order alone or as the new anchor. `nextChargeOn` is the one that the page showed. */
export function moveNextCharge(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; nextChargeOn: LocalDate; to: LocalDate; scope: MoveScope },
): Promise<Decision<MoveRefusal | SwitchedOff>> {
  return changeSchedule(
    ctx,
    input.subscriptionId,
    'subscription.next_charge_moved',
    async (standing, tx, { customerId }) => {
      const [token] = await tx
        .select({ letterExpiresOn: paymentTokens.letterExpiresOn })
        .from(paymentTokens)
        .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
      const wanted = { shown: input.nextChargeOn, to: input.to, scope: input.scope };
      return decideMove(standing, wanted, ctx.now, token?.letterExpiresOn ?? null);
    },
  );
}
