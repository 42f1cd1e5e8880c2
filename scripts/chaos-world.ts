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
import { freePorts } from './ports';
import { type RunningProgram, startProgram } from './processes';
import { DATA_FOLDER, PROJECT_FOLDER } from './runtime';
import { sandboxProgram, sandboxSettings, sandboxUrlOf, waitUntilReady, workerProgram } from './stack';

/** A deployment whose parts are processes of their own, so that each can be killed: PostgreSQL, sandbox, workers. */
export interface ChaosWorld {
  runtime: Runtime;
  truemed: SandboxControl;
  startWorker(): RunningProgram;
  /** Stops PostgreSQL as a power cut of its process would, and starts it again. */
  crashDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** Each dead worker holds a batch until its lease is over; enough is left for the others to be in the middle of something. */
const SUBSCRIBERS = 800;

/** Starts everything but the workers, with subscribers on HSA/FSA cards whose daily orders are due. */
export async function openChaosWorld(): Promise<ChaosWorld> {
  mkdirSync(DATA_FOLDER, { recursive: true });
  const folder = mkdtempSync(join(DATA_FOLDER, 'chaos-'));
  const cluster = openCluster(prepareEmbeddedHost(PROJECT_FOLDER), `chaos-${process.pid}`);
  mkdirSync(cluster.folder, { recursive: true });
  await createCluster(cluster);
  const databaseUrl = await startServer(cluster);
  await migrateDatabase(databaseUrl);
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
  const runtime = openRuntime(readEnv(settings), { poolSize: 8, logLevel: 'silent' });
  const receiver = await startReceiver(runtime, web);
  await importCharged(runtime, truemed);
  let workers = 0;
  return {
    runtime,
    truemed,
    startWorker: () => {
      workers += 1;
      return startProgram({ ...workerProgram(settings), name: `worker-${workers}` }, folder);
    },
    crashDatabase: async () => {
      await stopServer(cluster, 'immediate');
      await startServer(cluster);
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
async function startReceiver(runtime: Runtime, port: number): Promise<Server> {
  const openContext = () => contextFor(runtime, { kind: 'system', name: 'receiver' });
  const server = createServer(
    (incoming, response) => void answerIncoming(incoming, response, openContext, runtime.log),
  );
  await once(server.listen(port), 'listening');
  return server;
}

async function importCharged(runtime: Runtime, truemed: SandboxControl): Promise<void> {
  const ctx = await contextFor(runtime, { kind: 'system', name: 'import' });
  const today = localDateAt(ctx.now, ctx.env.merchant.timeZone);
  const head =
    'subscription_id,email,name,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on,billing,payment_token';
  const lines = [head];
  for (let n = 0; n < SUBSCRIBERS; n += 1) {
    const [email, paymentToken] = [`chaos-${n}@example.com`, `pt_chaos_${n}`];
    await truemed.seedToken({ email, name: 'Ada Park', payment_token: paymentToken, card_expires: '2059-12' });
    lines.push(
      `C-${n},${email},Ada Park,DAILY,Daily Essentials,1,4900,day,1,${addDays(today, -1)},hsa_fsa,${paymentToken}`,
    );
  }
  const outcome = await importSubscribers(ctx, {
    fileName: 'chaos.csv',
    bytes: Readable.from([Buffer.from(`${lines.join('\n')}\n`)]),
    isDryRun: false,
  });
  if (outcome.kind !== 'imported' || outcome.created !== SUBSCRIBERS)
    throw new Error('The subscribers were not taken.');
}
