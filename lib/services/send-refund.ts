import { and, eq } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import { isKeyStillGood, KEY_EXPIRED } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { type RefundAnswer, settleRefund } from '@/lib/core/refund';
import { callTruemed } from './call-truemed';
import { writeRefundMail } from './refund-mail';
import { changeRefundStatus, type RefundRow } from './refund-status';

const WAIT_MS = 60_000;

/**
 * Sends one leased refund that is due, or sends the same bytes again where the outcome is unknown: marked as sent, called
 * with no transaction open, settled under the lease's epoch. Sent so long ago that Truemed may have forgotten the key, which
 * would give back twice, it waits for a person. Where calls have to wait it stays as it was, and is due again in a minute.
 * Returns the row as it is then, null where nothing was to be sent or the lease was lost.
 */
export async function driveRefund(ctx: Context, claim: Claim): Promise<RefundRow | null> {
  const refund = await inTransaction(ctx.db, (tx) => markSent(tx, ctx, claim));
  if (refund === null) return null;
  const body = ctx.vault.open(refund.requestBody, `refunds.request_body:${refund.id}`);
  const answer = await send(ctx, body);
  if (answer === null) return inTransaction(ctx.db, (tx) => putBack(tx, ctx, claim));
  const settled = await inTransaction(ctx.db, (tx) => settle(tx, ctx, claim, answer));
  ctx.log.info({
    event: 'refund.answered',
    refundId: refund.id,
    outcome: settled === null ? 'fenced_off' : answer.kind,
  });
  return settled;
}

async function markSent(tx: Queryable, ctx: Context, claim: Claim): Promise<RefundRow | null> {
  const refund = await lockLeased(tx, claim);
  if (refund === undefined || refund.status === 'succeeded' || refund.status === 'failed') return null;
  if (!isKeyStillGood(refund.sentAt, ctx.now)) {
    await park(tx, ctx, refund);
    return null;
  }
  return changeRefundStatus(tx, ctx, refund, 'sent', { tries: refund.tries + 1, sentAt: refund.sentAt ?? ctx.now });
}

async function park(tx: Queryable, ctx: Context, refund: RefundRow): Promise<void> {
  const parked = { dueAt: null, errorCode: KEY_EXPIRED };
  if (refund.status === 'sent') await changeRefundStatus(tx, ctx, refund, 'unknown', parked);
  else
    await tx
      .update(refunds)
      .set({ ...parked, leaseUntil: null })
      .where(eq(refunds.id, refund.id));
}

/** Null where no call may go out for now. */
async function send(ctx: Context, body: Uint8Array): Promise<RefundAnswer | null> {
  const outcome = await callTruemed(ctx, (truemed) => truemed.createRefund(body)).catch((error) => {
    if (error instanceof AppError && error.retryable) return null;
    throw error;
  });
  if (outcome === null) return null;
  if (outcome.kind === 'done') return { kind: 'done', refundId: outcome.value.refundId };
  if (outcome.kind === 'unknown') return outcome;
  if (outcome.reason === 'idempotency_violation') return { kind: 'idempotency_violation' };
  return { kind: 'refused', code: outcome.code };
}

async function settle(tx: Queryable, ctx: Context, claim: Claim, answer: RefundAnswer): Promise<RefundRow | null> {
  const refund = await lockLeased(tx, claim);
  if (refund === undefined || refund.status !== 'sent') return null;
  const { status, ...fields } = settleRefund(answer, refund.tries, ctx.now);
  const settled = await changeRefundStatus(tx, ctx, refund, status, fields);
  if (status === 'succeeded') await writeRefundMail(tx, ctx, settled);
  return settled;
}

async function putBack(tx: Queryable, ctx: Context, claim: Claim): Promise<RefundRow | null> {
  const refund = await lockLeased(tx, claim);
  if (refund === undefined || refund.status !== 'sent') return null;
  const tries = refund.tries - 1;
  const dueAt = new Date(ctx.now.getTime() + WAIT_MS);
  if (tries > 0) return changeRefundStatus(tx, ctx, refund, 'unknown', { tries, dueAt });
  return changeRefundStatus(tx, ctx, refund, 'planned', { tries, dueAt, sentAt: null });
}

async function lockLeased(tx: Queryable, claim: Claim): Promise<RefundRow | undefined> {
  const [refund] = await tx
    .select()
    .from(refunds)
    .where(and(eq(refunds.id, claim.id as Id<'refund'>), eq(refunds.leaseEpoch, claim.epoch)))
    .for('update');
  return refund;
}
