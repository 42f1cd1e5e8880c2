import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { ACCEPTED_LIMIT_MS, readSessionStatus } from '@/lib/core/charge';
import type { AttemptRow } from './attempt-status';
import { callTruemed } from './call-truemed';
import { settleSession } from './settle-session';

const RETRY_MS = 5 * 60_000;

/**
 * Reads the session of an accepted attempt, whose webhook did not come or did not decide. On day 7 it is cancelled: only
 * `canceled` or `rejected` frees the invoice; a cancel that is refused leaves it to staff (design.md section 4).
 */
export async function lookUpAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  const sessionId = attempt.paymentSessionId;
  if (sessionId === null) throw new Error(`Accepted attempt ${attempt.id} has no session.`);
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind !== 'found') {
    const isGone = found.kind === 'not_found';
    await reschedule(
      ctx,
      attempt,
      isGone ? null : new Date(ctx.now.getTime() + RETRY_MS),
      isGone ? 'SessionNotFound' : found.reason,
    );
    return;
  }
  const verdict = readSessionStatus(found.value.status);
  if (verdict === 'in_progress' && isPastLimit(attempt, ctx.now)) return cancel(ctx, attempt, sessionId);
  if (verdict === 'unknown') await reschedule(ctx, attempt, null, `session ${found.value.status}`);
  await inTransaction(ctx.db, (tx) =>
    settleSession(tx, ctx, attempt.id, { id: sessionId, verdict, status: found.value.status }, 'look-up'),
  );
}

function isPastLimit(attempt: AttemptRow, now: Date): boolean {
  return attempt.acceptedAt !== null && now.getTime() - attempt.acceptedAt.getTime() >= ACCEPTED_LIMIT_MS;
}

async function cancel(ctx: Context, attempt: AttemptRow, sessionId: string): Promise<void> {
  const answer = await callTruemed(ctx, (truemed) => truemed.cancelPaymentSession(sessionId));
  if (answer.kind === 'canceled') {
    await inTransaction(ctx.db, (tx) =>
      settleSession(
        tx,
        ctx,
        attempt.id,
        { id: sessionId, verdict: 'canceled', status: 'canceled' },
        'not captured within seven days',
      ),
    );
    return;
  }
  const refused = answer.kind === 'refused';
  await reschedule(
    ctx,
    attempt,
    refused ? null : new Date(ctx.now.getTime() + RETRY_MS),
    refused ? answer.code : answer.reason,
  );
}

// What was settled while the question was on its way, or is another worker's by now, stays as it is.
async function reschedule(ctx: Context, attempt: AttemptRow, dueAt: Date | null, errorCode: string): Promise<void> {
  const { id, status, leaseEpoch } = attempt;
  await ctx.db
    .update(chargeAttempts)
    .set({ dueAt, leaseUntil: null, errorCode })
    .where(
      and(eq(chargeAttempts.id, id), eq(chargeAttempts.status, status), eq(chargeAttempts.leaseEpoch, leaseEpoch)),
    );
}
