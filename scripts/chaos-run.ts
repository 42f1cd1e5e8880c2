import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type Comparison, compare, readInFlight, readTakeOvers, type Stop, type TakeOvers } from './chaos-figures';
import { type ChaosWorld, openChaosWorld } from './chaos-world';
import type { RunningProgram } from './processes';

/** What a run found. */
export interface ChaosReport extends Comparison {
  kills: number;
  crashes: number;
  seconds: number;
  /** How many charges were on their way whenever somebody was killed, each try counted once: the bound of `resends`. */
  inFlight: number;
  /** Workers that ended by themselves when PostgreSQL was stopped. */
  left: number;
  /** Leases that ran out while PostgreSQL was there, and while it was stopped. */
  takenUp: { running: TakeOvers; stopped: TakeOvers };
}

const WORKERS = 4;
/** The next worker dies after so long at most, every second one not before a charge is on its way. */
const LONGEST_PAUSE_MS = 1_200;
const LONGEST_WAIT_FOR_A_CHARGE_MS = 3_000;
/**
 * What each dead worker had in hand stays there until its lease is over, a minute later; with so many subscribers for each
 * kill, enough is left for the others to be in the middle of something.
 */
const SUBSCRIBERS_PER_KILL = 40;
const MOST_SUBSCRIBERS = 8_000;
const POLL_MS = 500;
/** Leases last a minute; what they held, and what was to be sent again, is done soon after. */
const HEALING_MS = 300_000;

/** Kills and crashes as often as was asked, lets everything heal, and compares. */
export async function runChaos(
  wanted: { kills: number; crashes: number },
  say: (line: string) => void,
): Promise<ChaosReport> {
  const start = performance.now();
  const subscribers = Math.min(MOST_SUBSCRIBERS, Math.max(400, wanted.kills * SUBSCRIBERS_PER_KILL));
  const world = await openChaosWorld(subscribers);
  try {
    const pool = startPool(world);
    say(`${WORKERS} workers are up, ${subscribers} subscribers have an order every day (${secondsSince(start)} s).`);
    const run: Run = {
      world,
      pool,
      wanted,
      inFlight: new Set(),
      stops: [],
      say: (line) => say(`${line} (${secondsSince(start)} s)`),
    };
    await killAndCrash(run);
    run.say('Nobody is killed any more; waiting for leases and for what must be sent again.');
    await heal(world);
    await pool.stop();
    run.say('Comparing the ledger with the tables.');
    const found = await compare(world);
    const takenUp = await readTakeOvers(world.runtime.db, run.stops);
    return { ...wanted, ...found, inFlight: run.inFlight.size, left: pool.left, takenUp, seconds: secondsSince(start) };
  } finally {
    await world.close();
  }
}

interface Run {
  world: ChaosWorld;
  pool: Pool;
  wanted: { kills: number; crashes: number };
  inFlight: Set<string>;
  stops: Stop[];
  say: (line: string) => void;
}

/** Workers that are started again whenever they end, at once, as whatever runs them in earnest does. */
interface Pool {
  /** How many have ended by themselves: one whose database goes away in the middle of something may (a known fault of the driver). */
  readonly left: number;
  /** Kills one, and returns when it is gone. */
  kill(slot: number): Promise<void>;
  stop(): Promise<void>;
}

function startPool(world: ChaosWorld): Pool {
  const workers: RunningProgram[] = [];
  let isOver = false;
  let ends = 0;
  let kills = 0;
  const start = (slot: number) => {
    const worker = world.startWorker();
    workers[slot] = worker;
    worker.ended.then(() => {
      if (isOver) return;
      ends += 1;
      start(slot);
    });
  };
  for (let slot = 0; slot < WORKERS; slot += 1) start(slot);
  return {
    get left() {
      return ends - kills;
    },
    kill: async (slot) => {
      const worker = workers[slot];
      worker?.kill('SIGKILL');
      kills += 1;
      await worker?.ended;
    },
    stop: async () => {
      isOver = true;
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/** Slot by slot a worker dies and another takes its place, while what the dead ones held still waits; the stops of the database are spread over the kills. */
async function killAndCrash(run: Run): Promise<void> {
  const { world, pool, wanted, say } = run;
  const crashEvery = wanted.crashes === 0 ? Number.POSITIVE_INFINITY : Math.max(1, wanted.kills / wanted.crashes);
  for (let kills = 0; kills < wanted.kills || run.stops.length < wanted.crashes; ) {
    await delay(Math.random() * LONGEST_PAUSE_MS);
    if (kills % 2 === 0) await untilChargeIsOnItsWay(world);
    if (run.stops.length < wanted.crashes && kills >= run.stops.length * crashEvery) {
      await crash(run);
      say(`PostgreSQL was stopped and started, ${run.stops.length} of ${wanted.crashes}.`);
    }
    if (kills < wanted.kills) {
      await pool.kill(kills % WORKERS);
      await noteInFlight(run);
      kills += 1;
      if (kills % 50 === 0) say(`${kills} workers killed.`);
    }
    if (await isDayDone(world)) await world.truemed.advance({ days: 1 });
  }
}

async function crash(run: Run): Promise<void> {
  const from = new Date();
  await run.world.crashDatabase();
  await noteInFlight(run);
  run.stops.push({ from, until: new Date() });
}

async function noteInFlight({ world: { runtime }, inFlight }: Run): Promise<void> {
  // The first one after a stop of PostgreSQL may find that its connection is gone.
  const read = () => readInFlight(runtime.db);
  for (const one of await read().catch(() => delay(POLL_MS).then(read))) inFlight.add(one);
}

async function untilChargeIsOnItsWay({ runtime }: ChaosWorld): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT_FOR_A_CHARGE_MS; waited += 20) {
    const rows = await runtime.db
      .execute(
        sql`select 1 from charge_attempts where due_at is not null and status = 'sent'
          and lease_until > clock_timestamp() + interval '58 seconds' limit 1`,
      )
      .catch(() => []);
    if (rows.length > 0) return;
    await delay(20);
  }
}

/**
 * Whether nothing is left to be planned or sent but what dead workers hold, and nothing of the day before waits for its
 * lease: then the next day's orders are made due. In two days Truemed may have forgotten a key, and staff would be asked.
 */
async function isDayDone({ runtime, truemed }: ChaosWorld): Promise<boolean> {
  const { now } = await truemed.clock();
  const rows = await runtime.db
    .execute<{ isDone: boolean }>(sql`
      select not exists (select 1 from subscriptions where next_charge_at <= ${now}::timestamptz)
        and not exists (select 1 from charge_attempts where due_at <= ${now}::timestamptz
          and (lease_until is null or lease_until < clock_timestamp()
            or status in ('sent', 'unknown') and sent_at < ${now}::timestamptz - interval '12 hours')) as "isDone"`)
    .catch(() => []);
  return rows[0]?.isDone === true;
}

/** Returns when nothing waits any more, or has for far too long. */
async function heal({ runtime, truemed }: ChaosWorld): Promise<void> {
  for (let waited = 0; waited < HEALING_MS; waited += POLL_MS) {
    // So much business time that what failed is sent again, and never a whole day.
    if (waited % 5_000 === 0 && waited <= 100_000) await truemed.advance({ minutes: 10 });
    const [state] = await runtime.db.execute<{ waiting: number }>(sql`
      select (select count(*) from subscriptions where next_charge_at <= ${(await truemed.clock()).now}::timestamptz)::int
        + (select count(*) from invoices where status = 'open')::int
        + (select count(*) from charge_attempts where status in ('planned', 'sent', 'unknown', 'accepted'))::int
        + (select count(*) from webhook_inbox where status = 'received')::int as waiting`);
    if (state?.waiting === 0) return;
    await delay(POLL_MS);
  }
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}
