import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type ChargeAnswer, settleAnswer } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { type AttemptRow, changeAttemptStatus } from './attempt-status';
import { callTruemed } from './call-truemed';
import { lookUpAttempt } from './look-up-attempt';
import { openRecovery } from './recovery';
import { revokeToken } from './revoke-token';

/**
 * Acts on one leased attempt that is due: sends it (planned, or again with the same bytes where the outcome is unknown), or
 * looks its session up (accepted). Mark as sent, call with no transaction open, settle under the lease's epoch: the
 * late answer of a process that has lost its lease changes nothing.
 */
export async function driveAttempt(ctx: Context, claim: Claim): Promise<void> {
  const attempt = await markSent(ctx, claim);
  if (attempt === null) return;
  if (attempt.status === 'accepted') return lookUpAttempt(ctx, attempt);
  const body = ctx.vault.open(attempt.requestBody, `charge_attempts.request_body:${attempt.id}`);
  const answer = await callTruemed(ctx, (truemed) => truemed.createPaymentSession(body));
  const isSettled = await inTransaction(ctx.db, (tx) => settle(tx, ctx, claim, answer));
  ctx.log.info({ event: 'charge.answered', attemptId: attempt.id, outcome: isSettled ? answer.kind : 'fenced_off' });
}

/** Commits that the call is about to go out; null where the lease was lost or the charge is no longer wanted. */
async function markSent(ctx: Context, claim: Claim): Promise<AttemptRow | null> {
  return inTransaction(ctx.db, async (tx) => {
    const attempt = await lockLeased(tx, claim);
    if (attempt === undefined || attempt.status === 'accepted') return attempt ?? null;
    if (attempt.status !== 'planned' && attempt.status !== 'sent' && attempt.status !== 'unknown') return null;
    if (attempt.status === 'planned' && !(await isStillWanted(tx, attempt))) {
      await giveUp(tx, ctx, attempt);
      return null;
    }
    const [sent] = await tx
      .update(chargeAttempts)
      .set({ status: 'sent', tries: sql`${chargeAttempts.tries} + 1`, sentAt: attempt.sentAt ?? ctx.now })
      .where(eq(chargeAttempts.id, attempt.id))
      .returning();
    return sent ?? null;
  });
}

async function lockLeased(tx: Queryable, claim: Claim): Promise<AttemptRow | undefined> {
  const [attempt] = await tx
    .select()
    .from(chargeAttempts)
    .where(and(eq(chargeAttempts.id, claim.id as Id<'chargeAttempt'>), eq(chargeAttempts.leaseEpoch, claim.epoch)))
    .for('update');
  return attempt;
}

// Nothing is known to have left for a planned attempt, so this is the last moment at which it can be taken back.
async function isStillWanted(tx: Queryable, attempt: AttemptRow): Promise<boolean> {
  const rows = await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .innerJoin(invoices, eq(invoices.subscriptionId, subscriptions.id))
    .innerJoin(paymentTokens, eq(paymentTokens.id, attempt.paymentTokenId))
    .where(
      and(
        eq(invoices.id, attempt.invoiceId),
        eq(invoices.status, 'open'),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        inArray(subscriptions.status, ['trialing', 'active', 'past_due']),
        eq(paymentTokens.status, 'live'),
      ),
    )
    .for('no key update', { of: subscriptions });
  return rows.length > 0;
}

async function giveUp(tx: Queryable, ctx: Context, attempt: AttemptRow): Promise<void> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId)).for('update');
  const [subscription] = await tx.select().from(subscriptions).where(eq(subscriptions.id, attempt.subscriptionId));
  if (invoice === undefined || subscription === undefined) throw new Error(`Attempt ${attempt.id} stands alone.`);
  await changeAttemptStatus(
    tx,
    ctx,
    attempt,
    'abandoned',
    { errorCode: 'not_wanted' },
    invoice.customerId,
    subscription.id,
  );
  if (invoice.status !== 'open') return;
  await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'token_gone', redirectUrl: null });
}

async function settle(tx: Queryable, ctx: Context, claim: Claim, answer: ChargeAnswer): Promise<boolean> {
  const attempt = await lockLeased(tx, claim);
  if (attempt === undefined || attempt.status !== 'sent') return false;
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId));
  if (invoice === undefined) throw new Error(`No invoice ${attempt.invoiceId}.`);
  const { status, dueAt, errorCode, recovery } = settleAnswer(answer, attempt.tries, ctx.now);
  const sessionId = answer.kind === 'accepted' || answer.kind === 'action_required' ? answer.sessionId : null;
  await changeAttemptStatus(
    tx,
    ctx,
    attempt,
    status,
    {
      dueAt,
      errorCode,
      ...(sessionId === null ? {} : { paymentSessionId: sessionId }),
      ...(status === 'accepted' ? { acceptedAt: ctx.now } : {}),
      ...(status === 'action_required' ? { actionRequiredAt: ctx.now } : {}),
    },
    invoice.customerId,
    null,
  );
  if (answer.kind === 'token_not_found') await revokeToken(tx, ctx, invoice.customerId, attempt.id);
  if (recovery !== null) {
    const redirectUrl = answer.kind === 'action_required' ? answer.redirectUrl : null;
    await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: recovery, redirectUrl });
  }
  return true;
}
