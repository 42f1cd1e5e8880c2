import type { Claim } from '@/db/claims';
import type { Context } from '@/lib/context';
import type { ChargeAnswer } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import { CALL_TIMEOUT_MS } from '@/lib/truemed/transport';
import { CALL_LEASE_SECONDS, callTruemed } from './call-truemed';
import { lookUpAttempt } from './look-up-attempt';
import { markSent, type OpenedBatch, type Outgoing, unmarkSent } from './mark-sent';
import { reportCalls, turnOfOutageMode } from './outage-mode';
import { type Answered, settleAnswers } from './settle-answers';

/** What became of a batch: how many attempts were settled, how many could not be called, how many there were of each outcome. */
export interface BatchOutcome {
  settled: number;
  uncalled: number;
  /** Charges that Truemed was asked for, and how many of them it did not answer. */
  calls: number;
  failures: number;
  outcomes: Record<string, number>;
}

/** A call begins so early in its lease that its answer, or the end of waiting for one, still falls into it. */
const BEGIN_WITHIN_MS = CALL_LEASE_SECONDS * 1000 - CALL_TIMEOUT_MS - 5_000;
/** So many answers are settled while other calls of the batch are still on their way; the rest with the last of them. */
const SETTLE_FROM = 25;

/**
 * Acts on leased attempts that are due: sends them (planned, or again with the same bytes where the outcome is unknown), or
 * looks their sessions up (accepted). Marked as sent in one transaction, called side by side with none open, settled in
 * batches under the epochs of their leases, and counted for outage mode under the `turn` in which they began. A crash between any two of these is safe: what was marked is sent again, with
 * the same bytes and key, once its lease has run out.
 */
export async function driveAttempts(ctx: Context, claims: readonly Claim[], turn: number): Promise<BatchOutcome> {
  const beginBefore = performance.now() + BEGIN_WITHIN_MS;
  const { outgoing, toLookUp } = await open(ctx, claims);
  const outcomes: Record<string, number> = {};
  const count = (kind: string) => {
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
  };
  const answered: Answered[] = [];
  const uncalled: Outgoing[] = [];
  const tally = { calls: 0, failures: 0 };
  let settled = 0;
  let settling = Promise.resolve();
  const settleAnswered = () => {
    settling = settling.then(async () => {
      settled += await settleAnswers(ctx, answered.splice(0));
    });
  };
  const send = async (one: Outgoing) => {
    const answer = await charge(ctx, one, beginBefore);
    count(answer === 'not_called' ? answer : answer.kind);
    if (answer === 'not_called') {
      uncalled.push(one);
      return;
    }
    answered.push({ claim: one.claim, answer });
    if (answer.kind !== 'unknown' || answer.reason !== 'rate_limited') tally.calls += 1;
    if (answer.kind === 'unknown' && answer.reason !== 'rate_limited') tally.failures += 1;
    if (answered.length >= SETTLE_FROM) settleAnswered();
  };
  const lookUp = async (attempt: OpenedBatch['toLookUp'][number]) => {
    await lookUpAttempt(ctx, attempt);
    count('looked_up');
  };
  await Promise.all([
    ...outgoing.map((one) => shielded(ctx, one.before.id, count, () => send(one))),
    ...toLookUp.map((attempt) => shielded(ctx, attempt.id, count, () => lookUp(attempt))),
  ]);
  settleAnswered();
  await settling;
  await unmarkSent(ctx, uncalled);
  await reportCalls(ctx, { turn, ...tally });
  return { settled, uncalled: uncalled.length, ...tally, outcomes };
}

/** What goes wrong with one attempt is logged and leaves its neighbours alone; its lease stays, and it is taken up again after it. */
async function shielded(
  ctx: Context,
  attemptId: string,
  count: (kind: string) => void,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    count('failed');
    ctx.log.error({ event: 'charge.failed', attemptId, error });
  }
}

/** Acts on one attempt, also during an outage: see `driveAttempts`. */
export async function driveAttempt(ctx: Context, claim: Claim): Promise<void> {
  await driveAttempts(ctx, [claim], await turnOfOutageMode(ctx));
}

/** Marks a batch; where that fails, one by one, so that one row never holds its neighbours. */
async function open(ctx: Context, claims: readonly Claim[]): Promise<OpenedBatch> {
  try {
    return await markSent(ctx, claims);
  } catch (error) {
    const [only, ...others] = claims;
    if (others.length === 0) {
      ctx.log.error({ event: 'charge.not_marked', ...(only ? { attemptId: only.id } : {}), error });
      return { outgoing: [], toLookUp: [] };
    }
    const opened: OpenedBatch = { outgoing: [], toLookUp: [] };
    for (const claim of claims) {
      const { outgoing, toLookUp } = await open(ctx, [claim]);
      opened.outgoing.push(...outgoing);
      opened.toLookUp.push(...toLookUp);
    }
    return opened;
  }
}

async function charge(ctx: Context, { body }: Outgoing, beginBefore: number): Promise<ChargeAnswer | 'not_called'> {
  try {
    return await callTruemed(ctx, (truemed) => truemed.createPaymentSession(body), beginBefore);
  } catch (error) {
    if (error instanceof AppError && error.code === 'provider_unavailable') return 'not_called';
    throw error;
  }
}
