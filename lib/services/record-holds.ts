import { inArray, sql } from 'drizzle-orm';
import { lockHeldSubscriptions } from '@/db/claims';
import { inTransaction } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';
import { decideRenewals, recordDecisions } from './decide-renewals';

/**
 * Puts on record why periods are not charged that would start now, of subscriptions that charging does not look at: paused,
 * past due, ending. Each once, until its next date or its status changes. Returns how many were looked at.
 */
export async function recordHolds(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const held = await lockHeldSubscriptions(tx, ctx.now, limit);
    if (held.length === 0) return 0;
    await recordDecisions(tx, ctx, await decideRenewals(tx, ctx, held));
    await tx
      .update(subscriptions)
      .set({ heldFor: sql`${subscriptions.nextChargeOn}` })
      .where(
        inArray(
          subscriptions.id,
          held.map(({ id }) => id),
        ),
      );
    return held.length;
  });
}
