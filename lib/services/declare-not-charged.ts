import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { WAITS_FOR_PERSON } from '@/db/waiting-charges';
import type { Context } from '@/lib/context';
import { NOT_CHARGED } from '@/lib/core/charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { changeAttemptStatus } from './attempt-status';
import { sessionsOfUnnamed } from './find-session';
import { openRecovery } from './recovery';

export type DeclareResult = { ok: true } | { ok: false; reason: 'not_waiting' | 'session_found' };

/**
 * Staff have looked at Truemed and say that a charge was never taken whose outcome nobody knows and that waits for a person. Its
 * order is free again: staff charge it or write it off. Refused where it does not wait for a person, and where Truemed has a
 * session of it, which the janitor settles. Should the money be taken after all, it is believed as ever, and a second capture
 * goes back. Throws `forbidden` without the role, `not_found` for an unknown attempt, `provider_unavailable`, retryable, where
 * Truemed does not answer.
 */
export async function declareNotCharged(
  ctx: Context,
  input: { attemptId: Id<'chargeAttempt'> },
): Promise<DeclareResult> {
  requireStaff(ctx.principal, 'write_off');
  const isIt = eq(chargeAttempts.id, input.attemptId);
  const [read] = await ctx.db.select().from(chargeAttempts).where(isIt);
  if (read === undefined) throw notFound('This charge');
  if ((await sessionsOfUnnamed(ctx, read)).length > 0) return { ok: false, reason: 'session_found' };
  return inTransaction(ctx.db, async (tx): Promise<DeclareResult> => {
    const [attempt] = await tx.select().from(chargeAttempts).where(and(isIt, WAITS_FOR_PERSON)).for('update');
    if (attempt === undefined) return { ok: false, reason: 'not_waiting' };
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId)).for('update');
    if (invoice === undefined) throw new Error(`No invoice ${attempt.invoiceId}.`);
    const why = { errorCode: NOT_CHARGED };
    await changeAttemptStatus(tx, ctx, attempt, 'abandoned', why, invoice.customerId, 'staff');
    await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'our_error', redirectUrl: null });
    return { ok: true };
  });
}
