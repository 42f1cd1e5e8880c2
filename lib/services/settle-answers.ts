import { eq } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { type ChargeAnswer, settleAnswer } from '@/lib/core/charge';
import { type AttemptChange, type AttemptRow, changeAttemptStatuses } from './attempt-status';
import { retryRecoveries } from './link-token';
import { hasLiveToken } from './live-token';
import { waitForCard } from './lose-token';
import { openRecovery } from './recovery';
import { revokeToken } from './revoke-token';

/** What Truemed answered to one attempt, under the lease with which it was called. */
export interface Answered {
  claim: Claim;
  answer: ChargeAnswer;
}

/** More than this are not settled in one transaction. */
const MAX_BATCH = 100;

/**
 * Settles answers in batches, each in one transaction, where the attempt is still `sent` under the same lease: the late
 * answer of a process that has lost its lease changes nothing. Where a batch fails, each is settled by itself, so that one
 * row never holds its neighbours; the one that fails keeps its lease and is sent again. Returns how many were settled.
 */
export async function settleAnswers(ctx: Context, answers: readonly Answered[]): Promise<number> {
  let settled = 0;
  for (let from = 0; from < answers.length; from += MAX_BATCH)
    settled += await settleBatch(ctx, answers.slice(from, from + MAX_BATCH));
  return settled;
}

async function settleBatch(ctx: Context, batch: readonly Answered[]): Promise<number> {
  try {
    return await inTransaction(ctx.db, (tx) => settle(tx, ctx, batch));
  } catch (error) {
    const [only, ...others] = batch;
    if (others.length > 0) {
      let settled = 0;
      for (const one of batch) settled += await settleBatch(ctx, [one]);
      return settled;
    }
    ctx.log.error({ event: 'charge.not_settled', ...(only ? { attemptId: only.claim.id } : {}), error });
    return 0;
  }
}

interface Settling {
  attempt: AttemptRow;
  invoice: typeof invoices.$inferSelect;
  answer: ChargeAnswer;
}

async function settle(tx: Queryable, ctx: Context, batch: readonly Answered[]): Promise<number> {
  const answers = new Map(batch.map(({ claim, answer }) => [claim.id, { epoch: claim.epoch, answer }]));
  const rows = await tx
    .select({ attempt: chargeAttempts, invoice: invoices })
    .from(chargeAttempts)
    .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
    .where(isAmong(chargeAttempts.id, answers.keys()))
    .orderBy(chargeAttempts.id)
    .for('update', { of: chargeAttempts });
  const settling = rows.flatMap(({ attempt, invoice }): Settling[] => {
    const given = answers.get(attempt.id);
    const isOurs = given?.epoch === attempt.leaseEpoch && attempt.status === 'sent';
    return given !== undefined && isOurs ? [{ attempt, invoice, answer: given.answer }] : [];
  });
  await changeAttemptStatuses(
    tx,
    ctx,
    settling.map((one) => changeOf(ctx, one)),
  );
  for (const { attempt, invoice, answer } of settling) {
    const { recovery } = settleAnswer(answer, attempt.tries, ctx.now);
    if (answer.kind === 'token_not_found')
      await revokeToken(tx, ctx, invoice.customerId, attempt.paymentTokenId, attempt.id);
    if (recovery === null) continue;
    const redirectUrl = answer.kind === 'action_required' ? answer.redirectUrl : null;
    await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: recovery, redirectUrl });
    if (answer.kind !== 'token_not_found') continue;
    // The card that was connected while this charge was on its way has not been tried.
    if (await hasLiveToken(tx, invoice.customerId)) await retryRecoveries(tx, ctx, [invoice.customerId]);
    else await waitForCard(tx, ctx, invoice.customerId);
  }
  return settling.length;
}

function changeOf(ctx: Context, { attempt, invoice, answer }: Settling): AttemptChange {
  const { status, dueAt, errorCode } = settleAnswer(answer, attempt.tries, ctx.now);
  const sessionId = answer.kind === 'accepted' || answer.kind === 'action_required' ? answer.sessionId : null;
  const fields = {
    dueAt,
    errorCode,
    ...(sessionId === null ? {} : { paymentSessionId: sessionId }),
    ...(status === 'accepted' ? { acceptedAt: ctx.now } : {}),
    ...(status === 'action_required' ? { actionRequiredAt: ctx.now } : {}),
  };
  return { attempt, status, fields, customerId: invoice.customerId, cause: null };
}
