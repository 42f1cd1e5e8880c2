import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Program, TOOLS, tryProgram } from './processes';
import { DATA_FOLDER, PROJECT_FOLDER } from './runtime';
import { findOldPackages } from './version-floors';

/** A check that needs to run nothing of the product. `problems` is empty where it holds. */
export interface CheckResult {
  name: string;
  problems: string;
}

/** Format and lint, and the types of every file; side by side. */
export function checkSources(signal: AbortSignal): Promise<CheckResult[]> {
  return Promise.all([
    runCheck(
      { name: 'format and lint', file: TOOLS.biome, args: ['ci', '--error-on-warnings', '--colors=off'] },
      signal,
    ),
    runCheck({ name: 'types', file: TOOLS.tsc, args: ['--noEmit', '--project', '.'] }, signal),
  ]);
}

/** No package in the lockfile is older than its floor. */
export function checkVersionFloors(): CheckResult {
  const problems = findOldPackages(join(PROJECT_FOLDER, 'package-lock.json'));
  return { name: 'version floors', problems: problems.join('\n') };
}

/** The migrations make the tables that db/schema describes: generating once more, beside them, adds none. */
export async function checkMigrations(signal: AbortSignal): Promise<CheckResult> {
  const name = 'migrations agree with the schema';
  const copy = join(DATA_FOLDER, 'migrations-check');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(DATA_FOLDER, { recursive: true });
  cpSync(join(PROJECT_FOLDER, 'db/migrations'), copy, { recursive: true });
  const before = readdirSync(copy).length;
  const args = [
    'generate',
    '--dialect=postgresql',
    '--schema=./db/schema/*.ts',
    `--out=./${relative(PROJECT_FOLDER, copy)}`,
  ];
  const generated = await runCheck({ name, file: TOOLS.drizzle, args }, signal);
  const isSame = readdirSync(copy).length === before;
  rmSync(copy, { recursive: true, force: true });
  if (generated.problems !== '' || isSame) return generated;
  return { name, problems: 'db/schema has changes without a migration. Make one: npm run db:generate -- --name NAME' };
}

async function runCheck(program: Program, signal: AbortSignal): Promise<CheckResult> {
  const { code, output } = await tryProgram(program, { output: 'keep', signal });
  return { name: program.name, problems: code === 0 ? '' : output.trim() || `exit code ${code}` };
}
