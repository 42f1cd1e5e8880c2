import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmbeddedPostgres } from '@/db/embedded';
import { migrateDatabase } from '@/db/migrate';
import { AppError } from '@/lib/core/errors';
import { type Env, readEnv } from '@/lib/env';
import { settingsOfRunningDemo } from './running-demo';
import { keepSecrets } from './secrets';

export const PROJECT_FOLDER = dirname(import.meta.dirname);
/** Everything that this project makes and keeps on this machine. */
export const DATA_FOLDER = join(PROJECT_FOLDER, '.data');
/** Where a running demo says how to join it. */
export const RUNNING_DEMO = join(DATA_FOLDER, 'demo.json');

/** Settings that are complete, with a database that is up to date. */
export interface PreparedRuntime {
  env: Env;
  /** Leaves the embedded PostgreSQL where this call started or joined it. */
  stop(): Promise<void>;
}

/**
 * Outside `live`: completes `process.env` with the settings of the demo that is running, if one is, and with what
 * contract.md says is made and kept (AUTH_SECRET, VAULT_KEYS, DATABASE_URL with the embedded server behind it), and
 * brings the database up to date. In `live` it only reads the
 * settings. Throws `configuration` where they are wrong, before anything is started.
 */
export async function prepareRuntime(log: (line: string) => void = console.error): Promise<PreparedRuntime> {
  const stopNothing = async () => {};
  if (process.env.APP_ENV === 'live') return { env: readEnv(process.env), stop: stopNothing };
  fillIn(settingsOfRunningDemo(RUNNING_DEMO));
  fillIn({ APP_URL: `http://localhost:${process.env.PORT || 3000}` });
  fillIn(keepSecrets(join(DATA_FOLDER, 'secrets.json')));
  readEnv({ ...process.env, DATABASE_URL: process.env.DATABASE_URL || 'embedded' });
  const stop = process.env.DATABASE_URL ? stopNothing : await startDatabase(log);
  try {
    const env = readEnv(process.env);
    for (const name of await migrateDatabase(env.databaseUrl)) log(`Applied the migration ${name}.`);
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function fillIn(settings: Record<string, string>): void {
  for (const [name, value] of Object.entries(settings)) process.env[name] ||= value;
}

async function startDatabase(log: (line: string) => void): Promise<() => Promise<void>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'main', log });
  process.env.DATABASE_URL = server.url;
  return server.stop;
}

/**
 * The frame of a command: settings and database ready, `run`, and away with what was started, also on Ctrl-C. A failure
 * that has words for people (`AppError`) is printed without its stack, with exit code 1. A `run` that listens to the
 * signal itself is left to finish in its own way.
 */
export async function withRuntime(run: (env: Env) => Promise<void>): Promise<void> {
  try {
    const runtime = await prepareRuntime();
    const unlisten = stopOnSignals(runtime);
    try {
      await run(runtime.env);
    } finally {
      unlisten();
      await runtime.stop();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function stopOnSignals(runtime: PreparedRuntime): () => void {
  let stopping = false;
  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    if (stopping || process.listenerCount(signal) > 1) return;
    stopping = true;
    void runtime.stop().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
