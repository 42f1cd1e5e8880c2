import { and, eq } from 'drizzle-orm';
import { claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import { refunds } from '@/db/schema/refunds';
import { WAITS_FOR_RETURN } from '@/db/waiting-returns';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { refundLimitCents, requireStaff, type StaffPrincipal } from '@/lib/core/principal';
import type { RefundStatus } from '@/lib/core/refund';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';
import { CALL_LEASE_SECONDS } from './call-truemed';
import { planRefund, type RefundRow, refundedOf } from './refund-status';
import { driveRefund } from './send-refund';

/** `not_waiting`: it is on its way, was given back, or staff have said that it went back another way. */
export type ReturnRefusal = 'not_waiting' | 'above_role_limit';

/** What became of another try; `unknown` is sent again by itself, and pays back once at most. */
export type ReturnResult =
  | { ok: true; status: Exclude<RefundStatus, 'failed'> }
  | { ok: false; reason: ReturnRefusal | 'disputed' | 'refused_by_truemed' };
export type NoteReturnedResult = { ok: true } | { ok: false; reason: ReturnRefusal };

/**
 * Staff return a payment once more that could not be returned by itself: what Truemed has refused is decided, so all that is
 * left of it goes out under a key of its own, at once. Throws `forbidden` without the role, `not_found` for an unknown refund.
 */
export async function returnAgain(ctx: Context, input: { refundId: Id<'refund'> }): Promise<ReturnResult> {
  const staff = requireStaff(ctx.principal, 'refund');
  const planned = await inTransaction(ctx.db, async (tx): Promise<RefundRow | { reason: ReturnRefusal }> => {
    const waiting = await lockWaiting(tx, staff, input.refundId);
    if ('reason' in waiting) return waiting;
    const { attempt, refund, leftCents: amountCents } = waiting;
    const { customerId, reason } = refund;
    return planRefund(tx, ctx, attempt, customerId, { amountCents, lines: [], items: [], reason, isAutomatic: false });
  });
  if (!('id' in planned)) return { ok: false, reason: planned.reason };
  const claim = await claimOne(ctx.db, 'refunds', planned.id, CALL_LEASE_SECONDS);
  if (claim !== null) await driveRefund(ctx, claim);
  const [{ status, errorCode } = planned] = await ctx.db.select().from(refunds).where(eq(refunds.id, planned.id));
  if (status !== 'failed') return { ok: true, status };
  return { ok: false, reason: errorCode === 'ChargeDisputed' ? 'disputed' : 'refused_by_truemed' };
}

/**
 * Staff say that a payment went back another way which could not be returned by itself, such as through a dispute that was
 * lost. Nothing is sent, and nobody is written to; it waits for nobody any more. Throws as `returnAgain` does.
 */
export async function noteReturned(ctx: Context, input: { refundId: Id<'refund'> }): Promise<NoteReturnedResult> {
  const staff = requireStaff(ctx.principal, 'refund');
  return inTransaction(ctx.db, async (tx): Promise<NoteReturnedResult> => {
    const waiting = await lockWaiting(tx, staff, input.refundId);
    if ('reason' in waiting) return { ok: false, reason: waiting.reason };
    const { refund, leftCents } = waiting;
    const { id, customerId, attemptId, errorCode } = refund;
    await tx.update(refunds).set({ settledElsewhereAt: ctx.now }).where(eq(refunds.id, id));
    await audit(tx, ctx, {
      action: 'refund.settled_elsewhere',
      subject: id,
      customerId,
      cause: attemptId,
      change: { amountCents: leftCents, errorCode },
    });
    return { ok: true };
  });
}

/** A refused refund that waits for staff, and its charge, which is the queue of those who give it back. */
async function lockWaiting(
  tx: Queryable,
  staff: StaffPrincipal,
  refundId: Id<'refund'>,
): Promise<{ attempt: AttemptRow; refund: RefundRow; leftCents: number } | { reason: ReturnRefusal }> {
  const [found] = await tx.select({ attemptId: refunds.attemptId }).from(refunds).where(eq(refunds.id, refundId));
  if (found === undefined) throw notFound('This refund');
  const isIt = eq(chargeAttempts.id, found.attemptId);
  const [attempt] = await tx.select().from(chargeAttempts).where(isIt).for('update');
  const isWaiting = and(eq(refunds.id, refundId), WAITS_FOR_RETURN);
  const [refund] = await tx.select().from(refunds).where(isWaiting).for('update');
  if (attempt === undefined || refund === undefined) return { reason: 'not_waiting' };
  // All that was taken is to go back, so that is what the role must be allowed to give.
  const limit = refundLimitCents(staff.role);
  if (limit !== null && attempt.amountCents > limit) return { reason: 'above_role_limit' };
  return { attempt, refund, leftCents: attempt.amountCents - (await refundedOf(tx, attempt.id)) };
}
