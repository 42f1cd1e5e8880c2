import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { type RefundedLine, refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { type RefundReason, type RefundStatus, refundMayBecome } from '@/lib/core/refund';
import { type RefundedItem, refundBytes } from '@/lib/truemed/session-bodies';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';

export type RefundRow = typeof refunds.$inferSelect;

/** What is being given back of a captured attempt, or was: open and succeeded refunds, in cents. */
export async function refundedOf(tx: Queryable, attemptId: Id<'chargeAttempt'>): Promise<number> {
  const [row] = await tx
    .select({ cents: sql<number>`coalesce(sum(${refunds.amountCents}), 0)::int` })
    .from(refunds)
    .where(and(eq(refunds.attemptId, attemptId), inArray(refunds.status, ['planned', 'sent', 'unknown', 'succeeded'])));
  return row?.cents ?? 0;
}

/**
 * Stores a refund with its exact bytes under a key of its own, due now. The attempt must be locked by the caller, who has
 * made sure that so much of it is left.
 */
export async function planRefund(
  tx: Queryable,
  ctx: Context,
  attempt: AttemptRow,
  customerId: Id<'customer'>,
  refund: {
    amountCents: number;
    lines: RefundedLine[];
    /** The lines as Truemed names them; none where it does not. */
    items: RefundedItem[];
    reason: RefundReason;
    isAutomatic: boolean;
  },
): Promise<RefundRow> {
  const { paymentSessionId: sessionId } = attempt;
  if (sessionId === null) throw new Error(`Captured attempt ${attempt.id} has no session.`);
  const { amountCents, lines, items, reason, isAutomatic } = refund;
  const id = newId('refund');
  const body = refundBytes({ sessionId, amountCents, reason, items }, id);
  const [row] = await tx
    .insert(refunds)
    .values({
      id,
      invoiceId: attempt.invoiceId,
      attemptId: attempt.id,
      customerId,
      amountCents,
      lines,
      reason,
      isAutomatic,
      status: 'planned',
      idempotencyKey: id,
      requestBody: ctx.vault.seal(body, `refunds.request_body:${id}`),
      requestSha256: createHash('sha256').update(body).digest('hex'),
      dueAt: ctx.now,
      createdAt: ctx.now,
    })
    .returning();
  if (row === undefined) throw new Error('The refund was not stored.');
  await audit(tx, ctx, {
    action: 'refund.planned',
    subject: id,
    customerId,
    cause: attempt.id,
    change: { amountCents, reason, isAutomatic, lines },
  });
  return row;
}

/**
 * The one function that changes `refunds.status`, with whatever goes with the change, and writes the audit entries. The row
 * must be locked by the caller. Throws on a change that core does not allow: a bug.
 */
export async function changeRefundStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  refund: RefundRow,
  status: RefundStatus,
  fields: Partial<Pick<RefundRow, 'dueAt' | 'errorCode' | 'truemedRefundId' | 'sentAt' | 'tries'>>,
): Promise<RefundRow> {
  if (!refundMayBecome(refund.status, status))
    throw new Error(`Refund ${refund.id} may not go from ${refund.status} to ${status}.`);
  const isClosed = status === 'succeeded' || status === 'failed';
  const [row] = await tx
    .update(refunds)
    .set({ ...(status === 'sent' ? {} : { leaseUntil: null }), ...fields, status, closedAt: isClosed ? ctx.now : null })
    .where(eq(refunds.id, refund.id))
    .returning();
  if (row === undefined) throw new Error(`No refund ${refund.id}.`);
  if (status === 'sent' || status === 'planned') return row;
  const { customerId, amountCents, invoiceId } = refund;
  const errorCode = fields.errorCode ? { errorCode: fields.errorCode } : {};
  await audit(tx, ctx, {
    action: 'refund.status_changed',
    subject: refund.id,
    customerId,
    change: { from: refund.status, to: status, amountCents, ...errorCode },
  });
  if (status === 'succeeded')
    await audit(tx, ctx, {
      action: 'invoice.refunded',
      subject: invoiceId,
      customerId,
      cause: refund.id,
      change: { amountCents, reason: refund.reason },
    });
  return row;
}
