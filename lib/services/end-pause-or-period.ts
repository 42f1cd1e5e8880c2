import { eq } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { decideCancelNow, decideResume } from '@/lib/core/schedule-change';
import { writeChangeMail } from './change-mail';
import { carryOut, standingOf } from './change-schedule';
import { lockWithCollecting } from './stop-collecting';

/**
 * Does what the day of a leased subscription brings: resumes a pause that ends, or cancels at the end of its period. Whether
 * it is still to be done is read under the lock, so that a late worker repeats nothing. A resume counts from the day that
 * was asked for, also when the worker was down meanwhile.
 */
export async function endPauseOrPeriod(ctx: Context, claim: Claim): Promise<void> {
  requireSystem(ctx.principal);
  await inTransaction(ctx.db, async (tx) => {
    const row = await lockWithCollecting(tx, claim.id as Id<'subscription'>);
    if (row === null || row.changeAt === null || row.changeAt > ctx.now) {
      await tx
        .update(subscriptions)
        .set({ leaseUntil: null })
        .where(eq(subscriptions.id, claim.id as Id<'subscription'>));
      return;
    }
    const standing = await standingOf(tx, ctx, row);
    const isResume = row.pauseUntil !== null;
    const decision = row.pauseUntil !== null ? decideResume(standing, row.pauseUntil) : decideCancelNow(standing);
    if (!decision.ok) throw new Error(`${row.id} has a change due that is refused: ${decision.reason}.`);
    const action = isResume ? 'subscription.resumed' : 'subscription.canceled';
    await carryOut(tx, ctx, row, decision.change, action);
    // Of the end its customer was told when it was asked for.
    if (isResume) await writeChangeMail(tx, ctx, row, decision.change, action, false);
  });
}
