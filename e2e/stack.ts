import { join } from 'node:path';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { buildApp } from '@/scripts/app-build';
import { freePorts } from '@/scripts/ports';
import { type Program, type RunningProgram, startProgram } from '@/scripts/processes';
import { DATA_FOLDER, PROJECT_FOLDER } from '@/scripts/runtime';
import {
  sandboxProgram,
  sandboxSettings,
  sandboxUrlOf,
  waitUntilReady,
  webProgram,
  workerProgram,
} from '@/scripts/stack';

/** A whole Perennial of its own for browser scenarios: real processes on free ports, an empty database, its own clock. */
export interface Stack {
  appUrl: string;
  sandboxUrl: string;
  databaseUrl: string;
  /** The settings that its processes have, for commands that are to run beside them. */
  settings: Readonly<Record<string, string>>;
  worker: WorkerControl;
  /** Stops every process and removes the database. */
  stop(): Promise<void>;
}

/** The worker's process, which scenarios kill. */
export interface WorkerControl {
  /** Starts it where it does not run. */
  start(): void;
  /** Ends it with a signal, and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts one. `name` tells its logs apart, in `.data/logs/e2e-NAME`. Builds the web app first where that is needed, or takes
 * the build that these settings name.
 */
export async function startStack(name: string, build?: Readonly<Record<string, string>>): Promise<Stack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
  };
  try {
    if (build === undefined) await buildApp({ output: 'keep' });
    const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
    stops.push(server.stop);
    const databaseUrl = await createTestDatabase(server.url);
    stops.push(() => dropDatabase(server.url, databaseUrl));
    return { ...(await startPrograms(name, databaseUrl, stops, build)), databaseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPrograms(
  name: string,
  databaseUrl: string,
  stops: (() => Promise<void>)[],
  build: Readonly<Record<string, string>> = {},
) {
  const [web = 0, sandbox = 0, smtp = 0] = await freePorts(3);
  const ports = { web, sandbox, smtp };
  const appUrl = `http://localhost:${web}`;
  const sandboxUrl = sandboxUrlOf(ports);
  const settings = {
    ...sandboxSettings(ports, 'test', appUrl),
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: 'only-for-browser-tests-0123456789abcdef',
    VAULT_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    SANDBOX_DATA: 'memory',
  };
  const start = (program: Program) => startProgram(program, join(DATA_FOLDER, 'logs', `e2e-${name}`));
  const provider = start(sandboxProgram(settings));
  stops.push(provider.stop);
  await waitUntilReady(`${sandboxUrl}/__sandbox/clock`, provider);
  const app = start(webProgram('start', web, { ...settings, ...build }));
  stops.push(app.stop);
  const worker = controlWorker(() => start(workerProgram(settings)));
  stops.push(worker.stop);
  worker.start();
  await waitUntilReady(`${appUrl}/api/health/ready`, app);
  return { appUrl, sandboxUrl, settings, worker };
}

function controlWorker(launch: () => RunningProgram): WorkerControl & { stop(): Promise<void> } {
  let running: RunningProgram | null = null;
  return {
    start: () => {
      running ??= launch();
    },
    kill: async (signal) => {
      running?.kill(signal);
      await running?.ended;
      running = null;
    },
    stop: async () => {
      await running?.stop();
      running = null;
    },
  };
}
