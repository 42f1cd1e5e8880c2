import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createCluster, openCluster, startServer, stopServer } from '@/db/embedded-cluster';
import { prepareEmbeddedHost } from '@/db/embedded-host';
import { migrateDatabase } from '@/db/migrate';
import { contextFor, openRuntime, type Runtime } from '@/lib/context';
import { addDays, localDateAt } from '@/lib/core/calendar';
import { readEnv } from '@/lib/env';
import { answerIncoming } from '@/lib/receiver/answer-delivery';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import { bundleProgram } from './bundle';
import { keepTakeOvers } from './chaos-figures';
import { freePorts } from './ports';
import { type RunningProgram, startProgram } from './processes';
import { DATA_FOLDER, PROJECT_FOLDER } from './runtime';
import { sandboxProgram, sandboxSettings, sandboxUrlOf, waitUntilReady } from './stack';

/** A deployment whose parts are processes of their own, so that each can be killed: PostgreSQL, sandbox, workers. */
export interface ChaosWorld {
  /** Another one after each stop of PostgreSQL. */
  readonly runtime: Runtime;
  truemed: SandboxControl;
  startWorker(): RunningProgram;
  /** Stops PostgreSQL as a power cut of its process would, and starts it again. */
  crashDatabase(): Promise<void>;
  close(): Promise<void>;
}

const SEEDED_AT_ONCE = 16;

/** Starts everything but the workers, with so many subscribers on HSA/FSA cards whose daily orders are due. */
export async function openChaosWorld(subscribers: number): Promise<ChaosWorld> {
  mkdirSync(DATA_FOLDER, { recursive: true });
  const folder = mkdtempSync(join(DATA_FOLDER, 'chaos-'));
  const cluster = openCluster(prepareEmbeddedHost(PROJECT_FOLDER), `chaos-${process.pid}`);
  mkdirSync(cluster.folder, { recursive: true });
  await createCluster(cluster);
  const databaseUrl = await startServer(cluster);
  await migrateDatabase(databaseUrl);
  const workerFile = await bundleProgram('scripts/chaos-worker.ts', folder);
  const [web = 0, sandboxPort = 0, smtp = 0] = await freePorts(3);
  const ports = { web, sandbox: sandboxPort, smtp };
  const settings = {
    ...sandboxSettings(ports, 'test', `http://localhost:${web}`),
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: randomBytes(32).toString('hex'),
    VAULT_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
    TRUEMED_MAX_RPS: '1000',
    SANDBOX_DATA: 'memory',
  };
  const sandbox = startProgram(sandboxProgram(settings), folder);
  await waitUntilReady(`${sandboxUrlOf(ports)}/__sandbox/clock`, sandbox);
  const truemed = createSandboxControl(sandboxUrlOf(ports));
  const open = () => openRuntime(readEnv(settings), { poolSize: 8, logLevel: 'silent' });
  let runtime = open();
  const receiver = await startReceiver(() => runtime, web);
  await importCharged(runtime, truemed, subscribers);
  await keepTakeOvers(runtime.db);
  let workers = 0;
  return {
    get runtime() {
      return runtime;
    },
    truemed,
    startWorker: () => {
      workers += 1;
      return startProgram({ name: `worker-${workers}`, file: workerFile, env: settings }, folder);
    },
    crashDatabase: async () => {
      await stopServer(cluster, 'immediate');
      await startServer(cluster);
      // What this process asked of the stopped server is not waited for.
      const former = runtime;
      runtime = open();
      former.close().catch(() => {});
    },
    close: async () => {
      await sandbox.stop();
      receiver.closeAllConnections();
      receiver.close();
      await runtime.close();
      await stopServer(cluster, 'immediate');
      rmSync(cluster.folder, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The receiver of the web server without its pages: what could not be stored is answered 503, and comes again. */
async function startReceiver(runtime: () => Runtime, port: number): Promise<Server> {
  const openContext = () => contextFor(runtime(), { kind: 'system', name: 'receiver' });
  const server = createServer(
    (incoming, response) => void answerIncoming(incoming, response, openContext, runtime().log),
  );
  await once(server.listen(port), 'listening');
  return server;
}

async function importCharged(runtime: Runtime, truemed: SandboxControl, subscribers: number): Promise<void> {
  const ctx = await contextFor(runtime, { kind: 'system', name: 'import' });
  const today = localDateAt(ctx.now, ctx.env.merchant.timeZone);
  const people = Array.from({ length: subscribers }, (_, n) => ({
    n,
    email: `chaos-${n}@example.com`,
    paymentToken: `pt_chaos_${n}`,
  }));
  const unseeded = [...people];
  const lane = async () => {
    for (let one = unseeded.pop(); one !== undefined; one = unseeded.pop()) {
      const { email, paymentToken } = one;
      await truemed.seedToken({ email, name: 'Ada Park', payment_token: paymentToken, card_expires: '2059-12' });
    }
  };
  await Promise.all(Array.from({ length: SEEDED_AT_ONCE }, lane));
  const head =
    'subscription_id,email,name,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on,billing,payment_token';
  const lines = people.map(
    ({ n, email, paymentToken }) =>
      `C-${n},${email},Ada Park,DAILY,Daily Essentials,1,4900,day,1,${addDays(today, -1)},hsa_fsa,${paymentToken}`,
  );
  const outcome = await importSubscribers(ctx, {
    fileName: 'chaos.csv',
    bytes: Readable.from([Buffer.from(`${[head, ...lines].join('\n')}\n`)]),
    isDryRun: false,
  });
  if (outcome.kind !== 'imported' || outcome.created !== subscribers)
    throw new Error('The subscribers were not taken.');
}
