import { type Claim, type Cursor, claimDue, claimLapsedAttempts } from '@/db/claims';
import type { Database } from '@/db/client';
import type { Context } from '@/lib/context';
import { CALL_LEASE_SECONDS } from '@/lib/services/call-truemed';
import {
  areChargesHeld,
  askForCalls,
  type CallGrant,
  probeByReading,
  reportNothingWaits,
  turnOfOutageMode,
} from '@/lib/services/outage-mode';
import { renewDue } from '@/lib/services/renew-due';
import { driveAttempts } from '@/lib/services/send-attempt';

/** Rows that are planned, or claimed and sent, at once. */
export const BATCH = 100;
/** The first batch of a tick is a small one, so that its charges are on their way while the others are planned. */
const FIRST_BATCH = 25;
/** Batches that are on their way side by side: while the calls of one are answered, another is marked or settled. */
const SENDERS = 2;
/** After so many renewals a tick goes on with the other queues, which wait meanwhile. */
export const MOST_RENEWALS = 20 * BATCH;
/** Every so many claims one looks at everything that is due, so that what a dead worker held does not wait for the end of the sweep. */
const LOOK_BACK_EVERY = 8;

/** How much was planned and sent. */
export interface ChargedCounts {
  renewals: number;
  attempts: number;
}

/**
 * Plans what is due and sends what is planned, side by side, in the order in which it fell due: until nothing is left, or
 * `stop` is given, or no more calls may go out for now (Truemed has asked to wait, or is out), or for so many renewals that the other queues of the tick have
 * waited enough. Throws what planning or sending threw, after both have ended.
 */
export async function chargeDue(ctx: Context, stop: AbortSignal): Promise<ChargedCounts> {
  const sweep: Sweep = { cursor: null, claims: 0, sent: 0, isHeld: false };
  const first = await planBatch(ctx, FIRST_BATCH);
  const planning = { count: first, isDone: first < FIRST_BATCH, batch: Promise.resolve() };
  const plan = async () => {
    while (!planning.isDone) {
      const batch = planBatch(ctx, BATCH);
      planning.batch = batch.then(
        () => {},
        () => {},
      );
      const planned = await batch.catch((error) => {
        planning.isDone = true;
        throw error;
      });
      planning.count += planned;
      planning.isDone = planned < BATCH || planning.count >= MOST_RENEWALS || stop.aborted;
    }
  };
  const send = async () => {
    while (!stop.aborted && !sweep.isHeld && sweep.sent < MOST_RENEWALS) {
      const isLast = planning.isDone;
      if (await sendBatch(ctx, sweep)) continue;
      if (isLast) return;
      await planning.batch;
    }
  };
  const ends = await Promise.allSettled([plan(), ...Array.from({ length: SENDERS }, send)]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { renewals: planning.count, attempts: sweep.sent };
}

/**
 * Leases one batch of what dead workers held, and gives the sending of it, which goes on by itself and never fails: whoever
 * asks goes on asking. Null where no lease has run out, and while charges wait for Truemed: then the sweep has them in its order.
 * They are looked for and leased on `db`.
 */
export async function takeUpLapsed(ctx: Context, db: Database): Promise<{ sending: Promise<void> } | null> {
  if (await areChargesHeld({ db })) return null;
  const claims = await claimLapsedAttempts(db, ctx.now, CALL_LEASE_SECONDS);
  if (claims.length === 0) return null;
  const send = async () => {
    const began = performance.now();
    const { settled, outcomes } = await driveAttempts(ctx, claims, await turnOfOutageMode(ctx));
    ctx.log.info({ event: 'batch', queue: 'lapsed', claimed: claims.length, settled, outcomes, ms: msSince(began) });
  };
  return { sending: send().catch((error) => ctx.log.error({ event: 'charge.not_taken_up', error })) };
}

/** Where the senders stand, together. */
interface Sweep {
  cursor: Cursor | null;
  claims: number;
  /** Attempts that were acted on. */
  sent: number;
  /** No more calls may go out for now; what is planned stays so. */
  isHeld: boolean;
}

async function planBatch(ctx: Context, limit: number): Promise<number> {
  const began = performance.now();
  const count = await renewDue(ctx, limit);
  if (count > 0) ctx.log.info({ event: 'batch', queue: 'renewals', claimed: count, ms: msSince(began) });
  return count;
}

/** False where there was nothing to send. */
async function sendBatch(ctx: Context, sweep: Sweep): Promise<boolean> {
  const began = performance.now();
  const grant = await askForCalls(ctx, mostAtOnce(ctx));
  if (grant.calls === 0) sweep.isHeld = true;
  if (sweep.isHeld) return false;
  const claims = await claimBatch(ctx, sweep, grant.calls);
  if (claims.length === 0) {
    await endBatch(ctx, grant, 0, 0);
    return false;
  }
  const { settled, uncalled, calls, outcomes } = await driveAttempts(ctx, claims, grant.turn);
  await endBatch(ctx, grant, claims.length, calls);
  sweep.sent += claims.length - uncalled;
  sweep.isHeld ||= uncalled > 0;
  ctx.log.info({ event: 'batch', queue: 'attempts', claimed: claims.length, settled, outcomes, ms: msSince(began) });
  return true;
}

/** In and after an outage: where no charge could ask whether Truemed is back, something else does; and the last that waited ends it. */
async function endBatch(ctx: Context, grant: CallGrant, claimed: number, calls: number): Promise<void> {
  if (grant.isProbe && calls === 0) await probeByReading(ctx, grant.turn);
  if (grant.isDrain && claimed < grant.calls) await reportNothingWaits(ctx, grant.turn);
}

/**
 * The next ones after the cursor; now and then, and where these are too few, from the beginning, for what came up behind it.
 * Orders of one hour are due at once and stand in no order of planning: a sweep that ends among them finds one or two, and a
 * batch of those would wait behind a whole one and do nothing meanwhile.
 */
async function claimBatch(ctx: Context, sweep: Sweep, limit: number): Promise<Claim[]> {
  const claim = (after: Cursor | null, most: number) =>
    claimDue(ctx.db, 'attempts', ctx.now, { limit: most, leaseSeconds: CALL_LEASE_SECONDS, after });
  sweep.claims += 1;
  if (sweep.claims % LOOK_BACK_EVERY === 0) {
    const oldest = await claim(null, limit);
    sweep.cursor ??= oldest.cursor;
    return oldest.claims;
  }
  const isFromBeginning = sweep.cursor === null;
  const next = await claim(sweep.cursor, limit);
  sweep.cursor = next.cursor;
  if (isFromBeginning || next.claims.length === limit) return next.claims;
  const others = await claim(null, limit - next.claims.length);
  sweep.cursor = others.cursor;
  return [...next.claims, ...others.claims];
}

/** Small enough that the common call limit lets all of it out within its lease. */
function mostAtOnce({ env }: Context): number {
  return Math.max(1, Math.min(BATCH, Math.floor((env.truemed.maxRps * CALL_LEASE_SECONDS) / 6)));
}

function msSince(began: number): number {
  return Math.round(performance.now() - began);
}
