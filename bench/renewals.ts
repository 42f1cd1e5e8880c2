import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { contextFor, openRuntime, type Runtime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { MOST_RENEWALS } from '@/lib/jobs/charge-due';
import { tick } from '@/lib/jobs/tick';
import { freePorts } from '@/scripts/ports';
import { type RunningProgram, startProgram } from '@/scripts/processes';
import { DATA_FOLDER, PROJECT_FOLDER } from '@/scripts/runtime';
import { waitUntilReady } from '@/scripts/stack';
import { addDue, fillBook } from './book';
import { interleaved, medianRatio, type Report } from './pairs';
import { aChargeBody } from './sandbox-charge';

const CONCURRENCY = 16;
/** Renewals of one round of the engine: a tick of a full morning, whose beginning and end weigh as little as they do there. */
const RENEWALS = MOST_RENEWALS;
/** Charges of one round of each stand-in: some seconds. */
const CHARGES = { atOnce: 5000, later: 1000 };
/** What a call takes where the stand-in is one that authorizes a card before it answers. */
const LATENCY_MS = 50;
const WORKER_RENEWALS = 1000;
const NO_LIMIT = '10000';
const POLL_MS = 20;

/**
 * Renewals per second through the whole engine, from due to accepted by the provider, over the most that a fixed stand-in of
 * the provider takes from the same client in the same run: with a thousand subscriptions and with a million. Two stand-ins:
 * one that answers at once, where everything is computing and nothing can be hidden, and one that takes its time. And two
 * and four workers, processes of their own, over one.
 */
export async function benchRenewals(): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  const logs = join(DATA_FOLDER, 'logs');
  const standIns: StandIn[] = [];
  const shops: Shop[] = [];
  try {
    const atOnce = await aStandIn(0, logs);
    standIns.push(atOnce);
    const later = await aStandIn(LATENCY_MS, logs);
    standIns.push(later);
    for (const count of [1000, 1_000_000, 1000]) shops.push(await aShop(server.url, count));
    const [small, large, shared] = shops;
    if (small === undefined || large === undefined || shared === undefined) throw new Error('There are three shops.');
    const raw = await interleaved({
      stand_in: () => chargesPerSecond(small, atOnce, CHARGES.atOnce),
      engine_1k: () => renewalsPerSecond(small, atOnce, RENEWALS),
      engine_1m: () => renewalsPerSecond(large, atOnce, RENEWALS),
      slow_stand_in: () => chargesPerSecond(small, later, CHARGES.later),
      slow_engine_1k: () => renewalsPerSecond(small, later, RENEWALS),
      slow_engine_1m: () => renewalsPerSecond(large, later, RENEWALS),
      workers_1: () => workersPerSecond(shared, atOnce, 1, logs),
      workers_2: () => workersPerSecond(shared, atOnce, 2, logs),
      workers_4: () => workersPerSecond(shared, atOnce, 4, logs),
    });
    return {
      ratios: {
        engine_over_standin_1k: medianRatio(raw.engine_1k, raw.stand_in),
        engine_over_standin_1m: medianRatio(raw.engine_1m, raw.stand_in),
        engine_over_slow_standin_1k: medianRatio(raw.slow_engine_1k, raw.slow_stand_in),
        engine_over_slow_standin_1m: medianRatio(raw.slow_engine_1m, raw.slow_stand_in),
        engine_1m_over_1k: medianRatio(raw.engine_1m, raw.engine_1k),
        workers_2_over_1: medianRatio(raw.workers_2, raw.workers_1),
        workers_4_over_1: medianRatio(raw.workers_4, raw.workers_1),
      },
      raw,
      notes: [`the slow stand-in answers after ${LATENCY_MS} ms; ${CONCURRENCY} calls at once by each process`],
    };
  } finally {
    for (const { program } of standIns) await program.stop();
    for (const shop of shops) {
      for (const { runtime } of shop.engines.values()) await runtime.close();
      await dropDatabase(server.url, shop.url);
    }
    await server.stop();
  }
}

interface StandIn {
  url: string;
  program: RunningProgram;
}

async function aStandIn(latencyMs: number, logs: string): Promise<StandIn> {
  const [port = 0] = await freePorts(1);
  const env = { PORT: String(port), LATENCY_MS: String(latencyMs) };
  const url = `http://127.0.0.1:${port}`;
  const program = startProgram({ name: `bench-stand-in-${latencyMs}`, file: 'bench/stand-in.ts', env }, logs);
  await waitUntilReady(url, program);
  return { url, program };
}

/** A book of subscriptions, and an engine on it for each stand-in. */
interface Shop {
  url: string;
  engines: Map<StandIn, Engine>;
}

interface Engine {
  settings: Record<string, string>;
  runtime: Runtime;
}

async function aShop(serverUrl: string, count: number): Promise<Shop> {
  const url = await createTestDatabase(serverUrl);
  const connection = postgres(url, { max: 1, onnotice: () => {} });
  await fillBook(connection, count);
  await connection.end();
  return { url, engines: new Map() };
}

function engineOf({ url, engines }: Shop, standIn: StandIn): Engine {
  const known = engines.get(standIn);
  if (known !== undefined) return known;
  const settings = {
    DATABASE_URL: url,
    APP_ENV: 'test',
    APP_URL: 'http://localhost:3000',
    AUTH_SECRET: 'a secret of the bench that is long enough',
    VAULT_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TRUEMED_API_URL: standIn.url,
    TRUEMED_API_KEY: 'bench-key',
    TRUEMED_SIGNING_SECRETS: 'bench-secret',
    TRUEMED_MAX_CONCURRENCY: String(CONCURRENCY),
    TRUEMED_MAX_RPS: NO_LIMIT,
    CLOCK_URL: '',
  };
  const runtime = openRuntime(readEnv(settings), { poolSize: CONCURRENCY, logLevel: 'silent' });
  engines.set(standIn, { settings, runtime });
  return { settings, runtime };
}

async function chargesPerSecond(shop: Shop, standIn: StandIn, count: number): Promise<number> {
  const { truemed } = engineOf(shop, standIn).runtime;
  const body = Buffer.from(aChargeBody(1, 'bench'));
  const start = performance.now();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await truemed.createPaymentSession(body);
      if (answer.kind !== 'accepted') throw new Error(`The stand-in answered ${answer.kind}.`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return (count * 1000) / (performance.now() - start);
}

async function renewalsPerSecond(shop: Shop, standIn: StandIn, count: number): Promise<number> {
  const { runtime } = engineOf(shop, standIn);
  const due = await contextFor(runtime, { kind: 'system', name: 'worker' });
  await settleAccepted(runtime);
  await addDue(runtime, count, due.now);
  const start = performance.now();
  const counts = await tick(await contextFor(runtime, { kind: 'system', name: 'worker' }));
  const seconds = (performance.now() - start) / 1000;
  if (counts.attempts !== count) throw new Error(`${counts.attempts} of ${count} renewals were sent.`);
  return count / seconds;
}

/** The stand-in tells nothing of captures; what it accepted in an earlier round is not looked up in this one. */
async function settleAccepted({ db }: Runtime): Promise<void> {
  await db.execute(sql`update charge_attempts set due_at = null where status = 'accepted'`);
}

/** From when the orders fall due, all at once and with every worker up, to the last accepted charge. */
async function workersPerSecond(shop: Shop, standIn: StandIn, count: number, logs: string): Promise<number> {
  const { runtime, settings } = engineOf(shop, standIn);
  const connection = postgres(shop.url, { max: 1, onnotice: () => {} });
  const since = new Date();
  await settleAccepted(runtime);
  await addDue(runtime, WORKER_RENEWALS, since);
  await connection`update subscriptions set next_charge_at = now() + interval '1 day' where created_at = ${since}`;
  const workers: RunningProgram[] = Array.from({ length: count }, (_, n) =>
    startProgram({ name: `bench-worker-${n}`, file: 'scripts/worker.ts', env: settings }, logs),
  );
  const until = async (isReached: () => Promise<boolean>) => {
    while (!(await isReached())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };
  try {
    await until(async () => {
      const [up] = await connection<{ count: number }[]>`
        select count(*)::int as count from workers where started_at >= ${since}`;
      return up?.count === count;
    });
    const start = performance.now();
    await connection`update subscriptions set next_charge_at = ${since} where created_at = ${since}`;
    await until(async () => {
      const [row] = await connection<{ count: number }[]>`
        select count(*)::int as count from charge_attempts where status = 'accepted' and created_at >= ${since}`;
      return row?.count === WORKER_RENEWALS;
    });
    return (WORKER_RENEWALS * 1000) / (performance.now() - start);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await connection.end();
  }
}
