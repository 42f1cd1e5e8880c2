import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { freePorts } from '@/scripts/ports';
import { startProgram } from '@/scripts/processes';
import { DATA_FOLDER, PROJECT_FOLDER } from '@/scripts/runtime';
import { webProgram } from '@/scripts/stack';
import { BENCH_BUILD, buildForBench } from './build';
import { interleaved, medianRatio, type Report } from './pairs';

const CONNECTIONS = 32;
const SECONDS = 6;
const SECRET = 'bench-signing-secret';
const run = promisify(execFile);

/**
 * The receiver of the web server, over a route handler of the same build that does nothing, and over single-row durable inserts by
 * pgbench on the same server. Each request has a fresh delivery id and a real signature; fsync and synchronous_commit are on.
 */
export async function benchWebhook(): Promise<Pick<Report, 'ratios' | 'raw'>> {
  await buildForBench();
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  try {
    const databaseUrl = await createTestDatabase(server.url);
    const measured = await measureOn(databaseUrl);
    await dropDatabase(server.url, databaseUrl);
    return measured;
  } finally {
    await server.stop();
  }
}

async function measureOn(databaseUrl: string): Promise<Pick<Report, 'ratios' | 'raw'>> {
  await refuseFastAndLoose(databaseUrl);
  const [port = 0] = await freePorts(1);
  const appUrl = `http://localhost:${port}`;
  const app = startProgram(
    { ...webProgram('start', port, { ...BENCH_BUILD, ...settings(databaseUrl, appUrl) }), name: 'bench-app' },
    join(DATA_FOLDER, 'logs'),
  );
  try {
    await untilLive(appUrl);
    const hasPgbench = await isPgbenchInstalled();
    const raw = await interleaved({
      receiver: () => requestsPerSecond(`${appUrl}/api/webhooks/truemed`),
      no_op_route: () => requestsPerSecond(`${appUrl}/api/no-op`),
      pgbench: async () => (hasPgbench ? insertsPerSecond(databaseUrl) : Number.NaN),
    });
    return {
      ratios: {
        webhook_over_noop_route: medianRatio(raw.receiver, raw.no_op_route),
        webhook_over_pgbench: hasPgbench ? medianRatio(raw.receiver, raw.pgbench) : null,
      },
      raw: hasPgbench ? raw : { receiver: raw.receiver, no_op_route: raw.no_op_route },
    };
  } finally {
    await app.stop();
  }
}

function settings(databaseUrl: string, appUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    APP_URL: appUrl,
    APP_ENV: 'test',
    AUTH_SECRET: randomUUID(),
    VAULT_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TRUEMED_SIGNING_SECRETS: SECRET,
    TRUEMED_API_KEY: 'bench',
    CLOCK_URL: '',
  };
}

// A server that does not flush would make every figure meaningless.
async function refuseFastAndLoose(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  const [row] = await sql<
    { fsync: string; commit: string }[]
  >`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
  await sql.end();
  if (row?.fsync !== 'on' || row.commit !== 'on') throw new Error('fsync and synchronous_commit must be on.');
}

async function untilLive(appUrl: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${appUrl}/api/health/live`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The web app did not come up.');
}

function aDelivery(): { body: string; header: string } {
  // About 0.9 kB, as a session event with a few items is.
  const body = JSON.stringify({
    webhook_delivery_id: randomUUID(),
    event_type: 'payment_session.updated',
    data: {
      payment_id: randomUUID(),
      status: 'captured',
      metadata: `inv_${randomUUID()}`,
      order_items: Array.from({ length: 5 }, (_, n) => ({
        item_id: randomUUID(),
        name: `Item number ${n}`,
        sku: `SKU-${n}`,
        quantity: 1,
        price: 4900,
      })),
    },
  });
  return { body, header: signatureHeader([SECRET], Math.floor(Date.now() / 1000), Buffer.from(body)) };
}

/** The load is the same for every route: bodies and signatures are made by the generator in both cases. */
async function requestsPerSecond(url: string): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: 'POST',
    requests: [
      {
        setupRequest: (request) => {
          const { body, header } = aDelivery();
          return {
            ...request,
            body,
            headers: { ...request.headers, 'content-type': 'application/json', [SIGNATURE_HEADER]: header },
          };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url} refused ${result.non2xx} and failed ${result.errors} requests.`);
  return result['2xx'] / result.duration;
}

async function isPgbenchInstalled(): Promise<boolean> {
  try {
    await run('pgbench', ['--version']);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function insertsPerSecond(databaseUrl: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-bench-'));
  const script = join(folder, 'insert.sql');
  writeFileSync(
    script,
    `insert into webhook_inbox (id, delivery_key, event_type, is_signed, is_late, body, status, due_at, received_at)
     values ('whk_' || gen_random_uuid(), 'pgbench:' || gen_random_uuid(), 'payment_session.updated', true, false,
       decode(repeat('ab', 980), 'hex'), 'received', now(), now()) on conflict do nothing;\n`,
  );
  try {
    const args = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(CONNECTIONS),
      '-j',
      '2',
      '-T',
      String(SECONDS),
      '-f',
      script,
      databaseUrl,
    ];
    const { stdout } = await run('pgbench', args);
    const tps = stdout.match(/tps = ([\d.]+)/)?.[1];
    if (tps === undefined) throw new Error(`pgbench printed no tps:\n${stdout}`);
    return Number(tps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
