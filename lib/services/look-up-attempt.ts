import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { auditLog } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { ACCEPTED_ALARM_MS, ACCEPTED_LIMIT_MS, readSessionStatus, UNCLEAR_AGAIN_MS } from '@/lib/core/charge';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';
import { callTruemed } from './call-truemed';
import { findSession } from './find-session';
import { settleSession } from './settle-session';

const RETRY_MS = 5 * 60_000;
const ALARM = 'charge_attempt.takes_too_long';

/**
 * Reads the session of an accepted attempt, whose webhook did not come or did not decide. On day 5 staff are told, once. On
 * day 7 it is cancelled: only `canceled` or `rejected` frees the invoice; a cancel that is refused leaves it to staff,
 * and is asked again every day (design.md section 4). An attempt whose outcome is not known, and whose key may be forgotten by now, is looked for
 * among Truemed's sessions.
 */
export async function lookUpAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  if (attempt.status !== 'accepted') return findSession(ctx, attempt);
  const sessionId = attempt.paymentSessionId;
  if (sessionId === null) throw new Error(`Accepted attempt ${attempt.id} has no session.`);
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind !== 'found') {
    const isGone = found.kind === 'not_found';
    await reschedule(ctx, attempt, isGone ? UNCLEAR_AGAIN_MS : RETRY_MS, isGone ? 'SessionNotFound' : found.reason);
    return;
  }
  const verdict = readSessionStatus(found.value.status);
  if (verdict === 'in_progress') {
    if (isOlderThan(ACCEPTED_LIMIT_MS, attempt, ctx.now)) return cancel(ctx, attempt, sessionId);
    if (isOlderThan(ACCEPTED_ALARM_MS, attempt, ctx.now)) await tellStaff(ctx, attempt);
  }
  if (verdict === 'unknown') await reschedule(ctx, attempt, UNCLEAR_AGAIN_MS, `session ${found.value.status}`);
  await inTransaction(ctx.db, (tx) =>
    settleSession(tx, ctx, attempt.id, { id: sessionId, verdict, status: found.value.status }, 'look-up'),
  );
}

function isOlderThan(ms: number, { acceptedAt }: AttemptRow, now: Date): boolean {
  return acceptedAt !== null && now.getTime() - acceptedAt.getTime() >= ms;
}

/** Writes it down once; the list of tasks reads it from the age of the attempt. */
async function tellStaff(ctx: Context, attempt: AttemptRow): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const [row] = await tx
      .select({ status: chargeAttempts.status, customerId: invoices.customerId })
      .from(chargeAttempts)
      .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
      .where(eq(chargeAttempts.id, attempt.id))
      .for('update', { of: chargeAttempts });
    const told = await tx
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(and(eq(auditLog.subject, attempt.id), eq(auditLog.action, ALARM)));
    if (row?.status !== 'accepted' || told.length > 0) return;
    const { customerId } = row;
    const since = attempt.acceptedAt?.toISOString() ?? null;
    await audit(tx, ctx, {
      action: ALARM,
      subject: attempt.id,
      customerId,
      cause: attempt.invoiceId,
      change: { since },
    });
  });
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
  await reschedule(ctx, attempt, refused ? UNCLEAR_AGAIN_MS : RETRY_MS, refused ? answer.code : answer.reason);
}

// What was settled while the question was on its way, or is another worker's by now, stays as it is.
async function reschedule(ctx: Context, attempt: AttemptRow, inMs: number, errorCode: string): Promise<void> {
  const { id, status, leaseEpoch } = attempt;
  const dueAt = new Date(ctx.now.getTime() + inMs);
  await ctx.db
    .update(chargeAttempts)
    .set({ dueAt, leaseUntil: null, errorCode })
    .where(
      and(eq(chargeAttempts.id, id), eq(chargeAttempts.status, status), eq(chargeAttempts.leaseEpoch, leaseEpoch)),
    );
}
