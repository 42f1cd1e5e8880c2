import { setTimeout as wait } from 'node:timers/promises';
import { holdCalls, reserveCalls } from '@/db/call-budget';
import type { Context } from '@/lib/context';
import type { UnknownReason } from '@/lib/core/charge';
import { adaptConcurrency, type Concurrency, fullConcurrency } from '@/lib/core/concurrency';
import { AppError } from '@/lib/core/errors';
import type { TruemedClient } from '@/lib/truemed/client';

type Caller = Pick<Context, 'db' | 'env' | 'truemed' | 'log'>;

/** A lease outlives the deadline of a call, so a live call is never made twice at once. Seconds of database time. */
export const CALL_LEASE_SECONDS = 60;
/** A call that would have to wait longer is not made: it would outlive the lease of what it is for. */
export const LONGEST_WAIT_MS = 20_000;
/** Slots of so much time are taken from the common limit at once. */
const SLOTS_FOR_MS = 50;
const MOST_SLOTS = 100;
/** A slot that nobody has used for so long is given up: it belonged to a moment that is over. */
const SLOT_GOOD_FOR_MS = 1_000;
/** How long all calls are held after a 429 without a Retry-After, and at most. */
const HOLD_SECONDS = 1;
const LONGEST_HOLD_SECONDS = 15 * 60;

/**
 * Calls Truemed as soon as this process has a place for it (bounded by TRUEMED_MAX_CONCURRENCY, and lower while Truemed
 * strains) and the common limit of all processes (TRUEMED_MAX_RPS) lets it out. A 429 holds the calls of all processes for
 * its Retry-After. Throws `provider_unavailable`, retryable, where that would take longer than `LONGEST_WAIT_MS`, or than to
 * `beginBefore` (as `performance.now()` tells it): then nothing was sent.
 */
export async function callTruemed<T>(
  ctx: Caller,
  call: (truemed: TruemedClient) => Promise<T>,
  beginBefore = Number.POSITIVE_INFINITY,
): Promise<T> {
  const gate = gateOf(ctx);
  const begunUnder = await enter(gate);
  try {
    await slot(ctx, gate, beginBefore);
    const answer = await call(ctx.truemed);
    const failure = failureOf(answer);
    const isStrained = failure?.reason === 'rate_limited' || failure?.reason === 'server_error';
    const { maxConcurrency } = ctx.env.truemed;
    gate.concurrency = adaptConcurrency(
      gate.concurrency,
      isStrained ? 'strained' : 'eased',
      begunUnder,
      maxConcurrency,
    );
    // Before the place is given up: whoever gets it next must find the hold.
    if (failure?.reason === 'rate_limited') await hold(ctx, gate, failure.retryAfterSeconds ?? HOLD_SECONDS);
    return answer;
  } finally {
    leave(gate);
  }
}

async function hold(ctx: Caller, gate: Gate, seconds: number): Promise<void> {
  gate.slots = [];
  try {
    await holdCalls(ctx.db, Math.min(seconds, LONGEST_HOLD_SECONDS));
  } catch (error) {
    // The answer is worth more than the hold: the next 429 will say so again.
    ctx.log.warn({ event: 'calls.not_held', error });
  }
}

/** Why an answer says nothing of what was asked; null where it was answered. */
export function failureOf(answer: unknown): { reason: UnknownReason; retryAfterSeconds: number | null } | null {
  if (typeof answer !== 'object' || answer === null || !('kind' in answer) || !('reason' in answer)) return null;
  if (answer.kind !== 'unknown' && answer.kind !== 'unavailable') return null;
  const seconds = 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : null;
  return {
    reason: answer.reason as UnknownReason,
    retryAfterSeconds: typeof seconds === 'number' ? seconds : null,
  };
}

/** What the calls of one process share. */
interface Gate {
  concurrency: Concurrency;
  running: number;
  waiting: (() => void)[];
  /** Slots of the common limit that are ours and not used yet: when each begins, by `performance.now()`. */
  slots: number[];
  refill: Promise<void> | null;
}

const gates = new WeakMap<TruemedClient, Gate>();

function gateOf({ truemed, env }: Caller): Gate {
  const known = gates.get(truemed);
  if (known !== undefined) return known;
  const gate: Gate = {
    concurrency: fullConcurrency(env.truemed.maxConcurrency),
    running: 0,
    waiting: [],
    slots: [],
    refill: null,
  };
  gates.set(truemed, gate);
  return gate;
}

/** Waits for a place, in the order of asking. */
async function enter(gate: Gate): Promise<number> {
  if (gate.running >= Math.floor(gate.concurrency.limit) || gate.waiting.length > 0)
    await new Promise<void>((resolve) => gate.waiting.push(resolve));
  else gate.running += 1;
  return gate.concurrency.cuts;
}

function leave(gate: Gate): void {
  gate.running -= 1;
  while (gate.running < Math.floor(gate.concurrency.limit)) {
    const next = gate.waiting.shift();
    if (next === undefined) return;
    gate.running += 1;
    next();
  }
}

/** Waits for a slot of the common limit; throws where none comes in time. */
async function slot(ctx: Caller, gate: Gate, beginBefore: number): Promise<void> {
  for (;;) {
    if (performance.now() >= beginBefore) throw notCalled();
    const begins = gate.slots.shift();
    if (begins === undefined) {
      gate.refill ??= refill(ctx, gate).finally(() => {
        gate.refill = null;
      });
      await gate.refill;
      continue;
    }
    const early = begins - performance.now();
    if (early < -SLOT_GOOD_FOR_MS) continue;
    if (begins >= beginBefore) throw notCalled();
    if (early >= 1) await wait(early);
    return;
  }
}

async function refill(ctx: Caller, gate: Gate): Promise<void> {
  const callsPerSecond = ctx.env.truemed.maxRps;
  const slots = Math.min(MOST_SLOTS, Math.max(1, Math.floor((callsPerSecond * SLOTS_FOR_MS) / 1000)));
  const asked = performance.now();
  const reservation = await reserveCalls(ctx.db, { slots, callsPerSecond, withinMs: LONGEST_WAIT_MS });
  if (reservation.kind === 'held') throw notCalled();
  // What the answer of the database took on its way is not waited for once more.
  const first = asked + reservation.waitMs;
  gate.slots.push(...Array.from({ length: slots }, (_, n) => first + (n * 1000) / callsPerSecond));
}

function notCalled(): AppError {
  return new AppError('provider_unavailable', 'Truemed has asked us to wait. Try again in a few minutes.', {
    retryable: true,
  });
}
