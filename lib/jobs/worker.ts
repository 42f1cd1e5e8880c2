import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { lt, sql } from 'drizzle-orm';
import { databaseNow, queueState } from '@/db/claims';
import { openDatabase } from '@/db/client';
import { workers } from '@/db/schema/operations';
import { contextFor, type Runtime } from '@/lib/context';
import type { Principal } from '@/lib/core/principal';
import { BATCH, MOST_RENEWALS, takeUpLapsed } from './charge-due';
import { type ChargeCounts, runErrands, type TickCounts, tellMerchant, tick, tickCharges } from './tick';

const WORKER: Principal = { kind: 'system', name: 'worker' };
/** Pauses between ticks: while there was work, and when there was none. */
const BUSY_PAUSE_MS = 250;
const IDLE_PAUSE_MS = 500;
/** So often is looked for what a dead worker held, however long a tick takes: it is taken up within a second after its lease. */
const LAPSED_PAUSE_MS = 250;
/** While the database does not answer it is asked so often: what is leased is late by no more than that. */
const AWAY_PAUSE_MS = 250;
/** Pauses after any other failure: doubled each time, up to half a minute. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 30_000;
/** In a tick that takes long, such as that of a month's first morning, the worker says so often that it is at it. */
const BEAT_MS = 30_000;
/** After a signal the batch in hand has this long to end; a call to Truemed takes 20 seconds at most. */
const LEAVE_WITHIN_MS = 25_000;

/**
 * Ticks until `signal` is given, charges, errands and what the merchant is told each in a loop of their own, and so what dead workers held; then finishes the batch in hand, for 25 seconds at most: leases make leaving safe at any
 * moment. Any number of workers may run against one database. Nothing that a tick throws ends the loop: an outage of the
 * database or of the clock is logged and survived.
 */
export async function runWorker(runtime: Runtime, signal: AbortSignal): Promise<void> {
  const workerId = randomUUID();
  runtime.log.info({ event: 'worker.started', workerId });
  const charging = repeat(signal, runtime, workerId, async () => pauseAfter(await tickOnce(runtime, workerId, signal)));
  const errands = repeat(signal, runtime, workerId, async () =>
    pauseAfter(await runErrands(await contextFor(runtime, WORKER), signal)),
  );
  const telling = repeat(signal, runtime, workerId, async () =>
    pauseAfter(await tellMerchant(await contextFor(runtime, WORKER), signal)),
  );
  const takingUp = takeUp(runtime, workerId, signal);
  await Promise.race([Promise.all([charging, errands, telling, takingUp]), leaveAfter(signal)]);
  runtime.log.info({ event: 'worker.stopped', workerId });
}

/** What still waits in a queue when nothing can be done now: how many rows, and when the first of them is due. */
export interface Remaining {
  queue: string;
  waiting: number;
  nextAt: Date | null;
}

/**
 * Ticks while anything is due at the current clock and not leased, and returns what remains. It waits for its own calls and
 * for the common rate limit, not for back-offs, nor for what another worker holds. Throws when database or clock is out.
 */
export async function runOnce(runtime: Runtime): Promise<Remaining[]> {
  for (;;) {
    const ctx = await contextFor(runtime, WORKER);
    const counts = await tick(ctx);
    const queues = await queueState(ctx.db, ctx.now);
    const isReady = queues.some((queue) => queue.ready > 0);
    // A tick that got nothing although something is ready means that another process has its hands on it.
    if (!isReady || !didAnything(counts)) return queues.filter((queue) => queue.waiting > 0);
  }
}

/**
 * What was taken up is sent while the next is looked for already; at the end it is waited for. It is looked for on a connection
 * of its own: in a long tick a query may wait for seconds behind those that the pool has already.
 */
async function takeUp(runtime: Runtime, workerId: string, signal: AbortSignal): Promise<void> {
  const own = openDatabase(runtime.env.databaseUrl, { poolSize: 1 });
  const sendings = new Set<Promise<void>>();
  await repeat(signal, runtime, workerId, async () => {
    const ctx = await contextFor(runtime, WORKER);
    const next = () => (signal.aborted ? null : takeUpLapsed(ctx, own.db));
    for (let taken = await next(); taken !== null; taken = await next()) {
      const sending = taken.sending.finally(() => sendings.delete(sending));
      sendings.add(sending);
    }
    return LAPSED_PAUSE_MS;
  });
  await Promise.all([own.close(), ...sendings]);
}

/**
 * Acts again and again; `act` gives the pause after it, in milliseconds. After a failure it waits until the database answers,
 * and where that did, for longer each time.
 */
async function repeat(
  signal: AbortSignal,
  runtime: Runtime,
  workerId: string,
  act: () => Promise<number>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const pauseMs = await act();
      failures = 0;
      await pause(pauseMs, signal);
    } catch (error) {
      runtime.log.error({ event: 'worker.tick_failed', workerId, error });
      if (await wasDatabaseAway(runtime, signal)) continue;
      await pause(Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS), signal);
      failures += 1;
    }
  }
}

/** Returns when the database answers: whether it did not at first. */
async function wasDatabaseAway({ db }: Runtime, signal: AbortSignal): Promise<boolean> {
  const answers = () =>
    db.execute(sql`select 1`).then(
      () => true,
      () => false,
    );
  for (let wasAway = false; ; wasAway = true) {
    if (signal.aborted || (await answers())) return wasAway;
    await pause(AWAY_PAUSE_MS, signal);
  }
}

async function tickOnce(runtime: Runtime, workerId: string, signal: AbortSignal): Promise<ChargeCounts> {
  const ctx = await contextFor(runtime, WORKER);
  const beating = setInterval(() => {
    beat(runtime, workerId).catch((error) => runtime.log.warn({ event: 'worker.beat_failed', workerId, error }));
  }, BEAT_MS);
  try {
    const began = performance.now();
    const counts = await tickCharges(ctx, signal);
    await beat(runtime, workerId, Math.round(performance.now() - began));
    return counts;
  } finally {
    clearInterval(beating);
  }
}

/** Stamps the worker's row with the database's time, so that neither a moved nor a wrong clock makes it look dead; after a tick also with how long it took. */
async function beat(runtime: Runtime, workerId: string, lastTickMs?: number): Promise<void> {
  const took = lastTickMs === undefined ? {} : { lastTickMs };
  const [row] = await runtime.db
    .insert(workers)
    .values({ id: workerId, startedAt: databaseNow, lastTickAt: databaseNow, ...took })
    .onConflictDoUpdate({ target: workers.id, set: { lastTickAt: databaseNow, ...took } })
    .returning({ isNew: sql<boolean>`xmax = 0` });
  if (row?.isNew)
    await runtime.db.delete(workers).where(lt(workers.lastTickAt, sql`${databaseNow} - interval '7 days'`));
}

/** None where a tick ended because it had done its share: more is due already. */
function pauseAfter(counts: Partial<TickCounts>): number {
  const { renewals = 0, attempts = 0, deliveries = 0 } = counts;
  if (renewals >= MOST_RENEWALS || attempts >= MOST_RENEWALS || deliveries >= BATCH) return 0;
  return didAnything(counts) ? BUSY_PAUSE_MS : IDLE_PAUSE_MS;
}

function didAnything(counts: Partial<TickCounts>): boolean {
  return Object.values(counts).some((count) => count > 0);
}

async function leaveAfter(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  await wait(LEAVE_WITHIN_MS, undefined, { ref: false });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
