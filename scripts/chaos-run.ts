import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { contextFor } from '@/lib/context';
import { checkInvariants } from '@/lib/views/check-invariants';
import { Ledger } from '@/lib/views/ledger-invariants';
import { type ChaosWorld, openChaosWorld } from './chaos-world';
import type { RunningProgram } from './processes';

/** What a run found, in the words of contract.md. `lost`: charges without a paid invoice, and orders that stay unpaid. */
export interface ChaosFigures {
  kills: number;
  crashes: number;
  renewals: number;
  captured_twice: number;
  lost: number;
  resends: number;
  seconds: number;
}

export interface ChaosReport {
  figures: ChaosFigures;
  /** How many charges were on their way whenever somebody was killed, each counted once: the bound of `resends`. */
  inFlight: number;
  /** The longest time that work lay there after the lease of its dead worker was over. */
  recoverySeconds: number;
  brokenInvariants: string[];
}

const WORKERS = 3;
/** The next worker dies after so long at most, every second one not before a charge is on its way. */
const LONGEST_PAUSE_MS = 2_000;
const LONGEST_WAIT_FOR_A_CHARGE_MS = 5_000;
const POLL_MS = 200;
/** Leases last a minute; what they held, and what was to be sent again, is done soon after. */
const HEALING_MS = 180_000;

/** Kills and crashes as often as was asked, lets everything heal, and compares. */
export async function runChaos(
  wanted: { kills: number; crashes: number },
  say: (line: string) => void,
): Promise<ChaosReport> {
  const start = performance.now();
  const world = await openChaosWorld();
  try {
    const workers = Array.from({ length: WORKERS }, () => world.startWorker());
    say(`${WORKERS} workers are up.`);
    const inFlight = new Set<string>();
    await killAndCrash(world, workers, wanted, inFlight, say);
    say('Nobody is killed any more; waiting for leases and for what must be sent again.');
    const recoverySeconds = await heal(world);
    await Promise.all(workers.map((worker) => worker.stop()));
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    return { ...(await compare(world, wanted, seconds)), inFlight: inFlight.size, recoverySeconds };
  } finally {
    await world.close();
  }
}

/** Slot by slot a worker dies and another takes its place; the stops of the database are spread over the kills. */
async function killAndCrash(
  world: ChaosWorld,
  workers: RunningProgram[],
  wanted: { kills: number; crashes: number },
  inFlight: Set<string>,
  say: (line: string) => void,
): Promise<void> {
  const crashEvery = wanted.crashes === 0 ? Number.POSITIVE_INFINITY : Math.max(1, wanted.kills / wanted.crashes);
  let crashes = 0;
  for (let kills = 0; kills < wanted.kills || crashes < wanted.crashes; ) {
    await delay(Math.random() * LONGEST_PAUSE_MS);
    if (kills % 2 === 0) await untilChargeIsOnItsWay(world);
    if (crashes < wanted.crashes && kills >= crashes * crashEvery) {
      crashes += 1;
      await world.crashDatabase();
      await noteInFlight(world, inFlight);
      say(`PostgreSQL was stopped and started (${crashes} of ${wanted.crashes}).`);
    }
    if (kills < wanted.kills) {
      const slot = kills % WORKERS;
      workers[slot]?.kill('SIGKILL');
      await workers[slot]?.ended;
      await noteInFlight(world, inFlight);
      workers[slot] = world.startWorker();
      kills += 1;
      if (kills % 50 === 0) say(`${kills} workers killed.`);
    }
    if (await isDayDone(world)) await world.truemed.advance({ days: 1 });
  }
}

/** Notes what is marked as sent and not settled, by attempt and try. */
async function noteInFlight({ runtime }: ChaosWorld, inFlight: Set<string>): Promise<void> {
  const read = () =>
    runtime.db.execute<{ id: string; tries: number }>(
      sql`select id, tries from charge_attempts where status in ('sent', 'unknown')`,
    );
  // The first one after a stop of PostgreSQL may find that its connection is gone.
  const rows = await read().catch(() => delay(POLL_MS).then(read));
  for (const { id, tries } of rows) inFlight.add(`${id} ${tries}`);
}

async function untilChargeIsOnItsWay({ runtime }: ChaosWorld): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT_FOR_A_CHARGE_MS; waited += 20) {
    const rows = await runtime.db
      .execute(
        sql`select 1 from charge_attempts where status = 'sent' and lease_until > clock_timestamp() + interval '58 seconds' limit 1`,
      )
      .catch(() => []);
    if (rows.length > 0) return;
    await delay(20);
  }
}

/** Whether nothing is left to be planned or sent but what dead workers hold: then the next day's orders are made due. */
async function isDayDone({ runtime, truemed }: ChaosWorld): Promise<boolean> {
  const { now } = await truemed.clock();
  const rows = await runtime.db
    .execute<{ isDone: boolean }>(sql`
      select not exists (select 1 from subscriptions where next_charge_at <= ${now}::timestamptz)
        and not exists (select 1 from charge_attempts where due_at <= ${now}::timestamptz
          and (lease_until is null or lease_until < clock_timestamp())) as "isDone"`)
    .catch(() => []);
  return rows[0]?.isDone === true;
}

/** Returns how long work lay there after its lease, in seconds. Throws where something is never done. */
async function heal(world: ChaosWorld): Promise<number> {
  let longest = 0;
  for (let waited = 0; waited < HEALING_MS; waited += POLL_MS) {
    // So much business time that what failed is sent again, and never a whole day.
    if (waited % 5_000 === 0 && waited <= 100_000) await world.truemed.advance({ minutes: 10 });
    const [state] = await world.runtime.db.execute<{ waiting: number; overdue: number }>(sql`
      select (select count(*) from subscriptions where next_charge_at <= ${(await world.truemed.clock()).now}::timestamptz)::int
        + (select count(*) from invoices where status = 'open')::int
        + (select count(*) from charge_attempts where status in ('planned', 'sent', 'unknown', 'accepted'))::int
        + (select count(*) from webhook_inbox where status = 'received')::int as waiting,
        coalesce((select max(extract(epoch from clock_timestamp() - lease_until)) from charge_attempts
          where lease_until < clock_timestamp() and due_at is not null), 0)::float8 as overdue`);
    longest = Math.max(longest, state?.overdue ?? 0);
    if (state?.waiting === 0) return Math.round(longest * 10) / 10;
    await delay(POLL_MS);
  }
  return Math.round(longest * 10) / 10;
}

async function compare(
  world: ChaosWorld,
  { kills, crashes }: { kills: number; crashes: number },
  seconds: number,
): Promise<Omit<ChaosReport, 'inFlight' | 'recoverySeconds'>> {
  const { runtime, truemed } = world;
  await truemed.settle();
  const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
  const ledger = Ledger.parse(await truemed.ledger());
  const capturedOf = new Map<string, number>();
  for (const { metadata } of ledger.charges) {
    if (metadata !== null) capturedOf.set(metadata, (capturedOf.get(metadata) ?? 0) + 1);
  }
  const ours = await runtime.db.execute<{ id: string; status: string }>(
    sql`select id, status from invoices where status <> 'skipped'`,
  );
  const paid = new Set(ours.filter(({ status }) => status === 'paid').map(({ id }) => id));
  const chargedUnpaid = [...capturedOf.keys()].filter((id) => !paid.has(id)).length;
  const unpaid = ours.length - paid.size;
  const paidUncharged = [...paid].filter((id) => !capturedOf.has(id)).length;
  const [sent] = await runtime.db.execute<{ again: number }>(
    sql`select coalesce(sum(tries - 1), 0)::int as again from charge_attempts where tries > 1`,
  );
  const invariants = await checkInvariants(ctx, async () => ledger);
  return {
    figures: {
      kills,
      crashes,
      renewals: paid.size,
      captured_twice: [...capturedOf.values()].filter((times) => times > 1).length,
      lost: chargedUnpaid + unpaid + paidUncharged,
      resends: sent?.again ?? 0,
      seconds,
    },
    brokenInvariants: invariants
      .filter(({ violations }) => (violations ?? 0) > 0)
      .map(({ number, title, violations }) => `${number} ${title}: ${violations}`),
  };
}
