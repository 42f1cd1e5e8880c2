import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { contextFor, openRuntime, type Runtime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { tick } from '@/lib/jobs/tick';
import { freePorts } from '@/scripts/ports';
import { type RunningProgram, startProgram } from '@/scripts/processes';
import { DATA_FOLDER, PROJECT_FOLDER } from '@/scripts/runtime';
import { addDue, fillBook } from './book';
import { interleaved, medianRatio, type Report } from './pairs';
import { aChargeBody } from './sandbox-charge';

const CONCURRENCY = 16;
/** Charges of one round of the stand-in, and renewals of one round of the engine. */
const CHARGES = 5000;
const RENEWALS = 500;
const WORKER_RENEWALS = 1000;
const NO_LIMIT = '10000';
const POLL_MS = 20;

/**
 * Renewals per second through the whole engine, from due to accepted by the provider, over the most that a fixed stand-in of
 * the provider takes from the same client in the same run: with a thousand subscriptions and with a million. And two and four
 * workers, processes of their own, over one.
 */
export async function benchRenewals(): Promise<Pick<Report, 'ratios' | 'raw'>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  const [port = 0] = await freePorts(1);
  const logs = join(DATA_FOLDER, 'logs');
  const standIn = startProgram(
    { name: 'bench-stand-in', file: 'bench/stand-in.ts', env: { PORT: String(port) } },
    logs,
  );
  const shops: Shop[] = [];
  try {
    for (const count of [1000, 1_000_000]) shops.push(await aShop(server.url, `http://127.0.0.1:${port}`, count));
    const [small, large] = shops;
    if (small === undefined || large === undefined) throw new Error('There are two shops.');
    const raw = await interleaved({
      stand_in: () => chargesPerSecond(small.runtime),
      engine_1k: () => renewalsPerSecond(small),
      engine_1m: () => renewalsPerSecond(large),
      workers_1: () => workersPerSecond(small, 1, logs),
      workers_2: () => workersPerSecond(small, 2, logs),
      workers_4: () => workersPerSecond(small, 4, logs),
    });
    return {
      ratios: {
        engine_over_standin_1k: medianRatio(raw.engine_1k, raw.stand_in),
        engine_over_standin_1m: medianRatio(raw.engine_1m, raw.stand_in),
        workers_2_over_1: medianRatio(raw.workers_2, raw.workers_1),
        workers_4_over_1: medianRatio(raw.workers_4, raw.workers_1),
      },
      raw,
    };
  } finally {
    await standIn.stop();
    for (const { runtime, url } of shops) {
      await runtime.close();
      await dropDatabase(server.url, url);
    }
    await server.stop();
  }
}

interface Shop {
  url: string;
  settings: Record<string, string>;
  runtime: Runtime;
}

async function aShop(serverUrl: string, providerUrl: string, count: number): Promise<Shop> {
  const url = await createTestDatabase(serverUrl);
  const connection = postgres(url, { max: 1, onnotice: () => {} });
  await fillBook(connection, count);
  await connection.end();
  const settings = {
    DATABASE_URL: url,
    APP_ENV: 'test',
    APP_URL: 'http://localhost:3000',
    AUTH_SECRET: 'a secret of the bench that is long enough',
    VAULT_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TRUEMED_API_URL: providerUrl,
    TRUEMED_API_KEY: 'bench-key',
    TRUEMED_SIGNING_SECRETS: 'bench-secret',
    TRUEMED_MAX_CONCURRENCY: String(CONCURRENCY),
    TRUEMED_MAX_RPS: NO_LIMIT,
    CLOCK_URL: '',
  };
  return { url, settings, runtime: openRuntime(readEnv(settings), { poolSize: CONCURRENCY, logLevel: 'silent' }) };
}

async function chargesPerSecond({ truemed }: Runtime): Promise<number> {
  const body = Buffer.from(aChargeBody(1, 'bench'));
  const start = performance.now();
  let left = CHARGES;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await truemed.createPaymentSession(body);
      if (answer.kind !== 'accepted') throw new Error(`The stand-in answered ${answer.kind}.`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return (CHARGES * 1000) / (performance.now() - start);
}

async function renewalsPerSecond({ runtime }: Shop): Promise<number> {
  const due = await contextFor(runtime, { kind: 'system', name: 'worker' });
  await settleAccepted(runtime);
  await addDue(runtime, RENEWALS, due.now);
  const start = performance.now();
  const counts = await tick(await contextFor(runtime, { kind: 'system', name: 'worker' }));
  const seconds = (performance.now() - start) / 1000;
  if (counts.attempts !== RENEWALS) throw new Error(`${counts.attempts} of ${RENEWALS} renewals were sent.`);
  return RENEWALS / seconds;
}

/** The stand-in tells nothing of captures; what it accepted in an earlier round is not looked up in this one. */
async function settleAccepted({ db }: Runtime): Promise<void> {
  await db.execute(sql`update charge_attempts set due_at = null where status = 'accepted'`);
}

/** From the first planned charge to the last accepted one, so that the start of the processes is not counted. */
async function workersPerSecond(shop: Shop, count: number, logs: string): Promise<number> {
  const connection = postgres(shop.url, { max: 1, onnotice: () => {} });
  const since = new Date();
  await settleAccepted(shop.runtime);
  await addDue(shop.runtime, WORKER_RENEWALS, since);
  const workers: RunningProgram[] = Array.from({ length: count }, (_, n) =>
    startProgram({ name: `bench-worker-${n}`, file: 'scripts/worker.ts', env: shop.settings }, logs),
  );
  try {
    for (;;) {
      const [row] = await connection<{ accepted: number; seconds: number }[]>`
        select count(*)::int as accepted, extract(epoch from clock_timestamp() - min(planned.created_at))::float8 as seconds
        from charge_attempts planned where created_at >= ${since} and status = 'accepted'`;
      if (row?.accepted === WORKER_RENEWALS) return WORKER_RENEWALS / row.seconds;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await connection.end();
  }
}
