import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@/lib/core/errors';
import { buildApp } from './app-build';
import { choosePorts } from './demo-ports';
import { type DemoPeople, fillDemoShop } from './demo-shop';
import { endOfLog, type Program, ProgramFailure, type RunningProgram, runProgram, startProgram } from './processes';
import { Progress } from './progress';
import { announceDemo } from './running-demo';
import { DATA_FOLDER, PROJECT_FOLDER, prepareRuntime, RUNNING_DEMO } from './runtime';
import {
  type StackPorts,
  sandboxProgram,
  sandboxSettings,
  sandboxUrlOf,
  waitUntilReady,
  webProgram,
  workerProgram,
} from './stack';
import { runCommand, type Teardown } from './teardown';
import { runTour } from './tour';

const { values: options } = parseArgs({
  options: {
    reload: { type: 'boolean', default: false },
    tour: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
  },
});
const LOGS = join(DATA_FOLDER, 'logs');

const progress = new Progress();

await runCommand(runDemo);

/** `npm run demo`, and with `--reload` `npm run dev`: everything on this machine, until Ctrl-C. */
async function runDemo(teardown: Teardown): Promise<void> {
  teardown.signal.addEventListener('abort', () => {
    if (teardown.wasInterrupted) progress.line('Stopping.');
  });
  if (process.env.APP_ENV === 'live') {
    throw new AppError('configuration', 'The demo fills the shop with invented people: APP_ENV must not be live.');
  }
  const ports = await choosePorts(options.reload ? 'npm run dev' : 'npm run demo');
  const sandboxUrl = sandboxUrlOf(ports);
  const appUrl = process.env.APP_URL || `http://localhost:${ports.web}`;
  const settings = sandboxSettings(ports, 'demo', appUrl);
  Object.assign(process.env, settings);
  console.log(`Starting Perennial. Logs are in ${relativeToProject(LOGS)}.`);
  const [people] = await teardown.together(fillShop(teardown, sandboxUrl), buildUnlessReloading(teardown));
  const programs = await startApp(teardown, ports);
  teardown.add(announceDemo(RUNNING_DEMO, settings));
  printWhereToLook(appUrl, sandboxUrl, people);
  if (options.tour) {
    await takeTour(appUrl, sandboxUrl, people.billedElsewhere);
    if (options.exit) return;
  }
  await untilInterrupted(teardown, programs);
}

function start(teardown: Teardown, program: Program): RunningProgram {
  const running = startProgram(program, LOGS);
  teardown.add(running.stop);
  return running;
}

async function fillShop(teardown: Teardown, sandboxUrl: string): Promise<DemoPeople> {
  const { env } = await progress.step('database', 'PostgreSQL is ready', async () => {
    const runtime = await prepareRuntime((line) => progress.line(`    ${line}`));
    teardown.add(runtime.stop);
    return runtime;
  });
  await progress.step('sandbox', 'The Truemed sandbox is ready', () =>
    waitUntilReady(`${sandboxUrl}/__sandbox/clock`, start(teardown, sandboxProgram({})), teardown.signal),
  );
  const { timeZone } = env.merchant;
  return progress.step('subscribers', 'The demo shop is imported', () =>
    fillDemoShop({ sandboxUrl, timeZone, signal: teardown.signal }),
  );
}

async function buildUnlessReloading(teardown: Teardown): Promise<void> {
  if (options.reload) return;
  const words = { built: 'The web app is built', unchanged: 'The web app is built already' };
  await progress.step(
    'web app',
    (outcome: keyof typeof words) => words[outcome],
    () => buildApp({ output: 'keep', signal: teardown.signal }),
  );
}

async function startApp(teardown: Teardown, ports: StackPorts): Promise<RunningProgram[]> {
  const web = start(teardown, webProgram(options.reload ? 'dev' : 'start', ports.web, {}));
  const worker = start(teardown, workerProgram({}));
  await progress.step('start', 'Web app and worker are up', () =>
    waitUntilReady(`http://localhost:${ports.web}/api/health/ready`, web, teardown.signal),
  );
  return [web, worker];
}

async function takeTour(appUrl: string, sandboxUrl: string, customerEmail: string): Promise<void> {
  try {
    await runTour({ appUrl, sandboxUrl, customerEmail, print: (line) => progress.line(line) });
    await checkInvariants();
  } catch (cause) {
    throw new ProgramFailure(`The tour ends here. ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** What the tour left behind must agree with Truemed's own ledger. Throws with the invariants that do not hold. */
async function checkInvariants(): Promise<void> {
  const program = { name: 'check:invariants', file: 'scripts/check-invariants.ts' };
  const output = await runProgram(program, { output: 'keep' });
  if (output.includes('not checked')) throw new Error(`Not every invariant could be checked.\n${output}`);
  progress.line(`    npm run check:invariants: ${output.trimEnd().split('\n').at(-1)}`);
}

/** Returns on Ctrl-C; throws where one of the programs ends by itself. */
async function untilInterrupted(teardown: Teardown, programs: RunningProgram[]): Promise<void> {
  if (teardown.signal.aborted) return;
  const interrupted = once(teardown.signal, 'abort').then(() => null);
  const ended = await Promise.race([interrupted, ...programs.map((program) => program.ended.then(() => program))]);
  if (ended === null || teardown.wasInterrupted) return;
  throw new ProgramFailure(`The ${ended.name} has ended. It said last:\n\n${endOfLog(ended.logFile)}`);
}

function printWhereToLook(appUrl: string, sandboxUrl: string, people: DemoPeople): void {
  progress.line(`
Perennial is running.

  The shop          ${appUrl}
  Mailbox           ${sandboxUrl}/mail
  Truemed sandbox   ${sandboxUrl}

Sign in at ${appUrl}/sign-in as one of these; the link comes to the mailbox.

  ${people.billedElsewhere.padEnd(32)}billed elsewhere, can move to HSA/FSA
  ${people.onHsaFsa.padEnd(32)}on HSA/FSA, renews every month
  ${people.staff.padEnd(32)}staff: ${appUrl}/admin

Move time with the buttons of the sandbox, or
  curl ${sandboxUrl}/__sandbox/clock -d '{"advance":{"days":1}}'

Ctrl-C stops everything and keeps the data; remove ${relativeToProject(DATA_FOLDER)} to begin anew.
`);
}

function relativeToProject(path: string): string {
  return path.slice(PROJECT_FOLDER.length + 1);
}
