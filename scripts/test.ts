import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildApp } from './app-build';
import { ensureBrowser } from './browser';
import { type Program, TOOLS, tryProgram } from './processes';
import { Progress } from './progress';
import { DATA_FOLDER } from './runtime';
import { type CheckResult, checkMigrations, checkSources, checkVersionFloors } from './static-checks';
import { runCommand } from './teardown';

/** How many tests passed and failed. A run that broke without a failed test counts as one. */
interface Count {
  passed: number;
  failed: number;
}

const REPORTS = join(DATA_FOLDER, 'test-reports');
const VitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });
const PlaywrightReport = z.object({ stats: z.object({ expected: z.number(), unexpected: z.number() }) });

const progress = new Progress();

/** `npm test`: all that CI runs. Ends with the line `N passed, N failed`. */
await runCommand(async ({ signal }) => {
  const counts = [await runStaticChecks(signal), await runVitest(signal), await runBrowserTests(signal)];
  const passed = sum(counts.map((count) => count.passed));
  const failed = sum(counts.map((count) => count.failed));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
});

/** Counts only what failed: the checks are not tests. */
async function runStaticChecks(signal: AbortSignal): Promise<Count> {
  const results = [
    checkVersionFloors(),
    ...(await check('format, lint and types', () => checkSources(signal))),
    ...(await check('migrations', async () => [await checkMigrations(signal)])),
  ];
  const failed = results.filter((result) => result.problems !== '');
  for (const { name, problems } of failed) progress.line(`\n✗ ${name}\n${problems}\n`);
  return { passed: 0, failed: failed.length };
}

function check(label: string, run: () => Promise<CheckResult[]>): Promise<CheckResult[]> {
  return progress.step(label, `Checked: ${label}`, run);
}

async function runVitest(signal: AbortSignal): Promise<Count> {
  const report = newReport('vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run({ name: 'unit and integration tests', file: TOOLS.vitest, args }, signal);
  const { numPassedTests, numFailedTests } = readReport(report, VitestReport) ?? {
    numPassedTests: 0,
    numFailedTests: 0,
  };
  return countOf(numPassedTests, numFailedTests, code);
}

async function runBrowserTests(signal: AbortSignal): Promise<Count> {
  try {
    await progress.step(
      'browser',
      (browser) => `Browser: ${browser.executablePath ?? "Playwright's Chromium"}`,
      () => ensureBrowser((line) => progress.line(`    ${line}`), signal),
    );
    await progress.step(
      'web app',
      (outcome) => `The web app is ${outcome === 'built' ? 'built' : 'built already'}`,
      () => buildApp({ output: 'keep', signal }),
    );
  } catch (error) {
    signal.throwIfAborted();
    progress.line(`\n✗ browser tests could not start\n${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1 };
  }
  const report = newReport('playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const code = await run({ name: 'browser tests', file: TOOLS.playwright, args: ['test'], env }, signal);
  const { expected, unexpected } = readReport(report, PlaywrightReport)?.stats ?? { expected: 0, unexpected: 0 };
  return countOf(expected, unexpected, code);
}

async function run(program: Program, signal: AbortSignal): Promise<number> {
  const { code } = await tryProgram(program, { output: 'inherit', signal });
  return code;
}

function countOf(passed: number, failed: number, code: number): Count {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function newReport(name: string): string {
  mkdirSync(REPORTS, { recursive: true });
  const path = join(REPORTS, name);
  rmSync(path, { force: true });
  return path;
}

/** Null where the run broke before it could report. */
function readReport<T>(path: string, schema: z.ZodType<T>): T | null {
  return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
