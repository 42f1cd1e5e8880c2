import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProcessLock } from '@/db/process-lock';
import { runProgram, TOOLS } from './processes';
import { DATA_FOLDER, PROJECT_FOLDER } from './runtime';

/** What the web app is made of. Tests and what other processes run are not. */
const SOURCES = [
  'app',
  'components',
  'db',
  'lib',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** Holds the hash of the sources that the build was made from. */
const STAMP = join(PROJECT_FOLDER, '.next', 'built-from');

/** Makes the production build of the web app, unless it is there and its sources are the same. Fetches nothing. */
export async function buildApp(options: {
  output: 'inherit' | 'keep';
  signal?: AbortSignal | undefined;
}): Promise<'built' | 'unchanged'> {
  mkdirSync(DATA_FOLDER, { recursive: true });
  return withProcessLock(join(DATA_FOLDER, 'build.lock'), async () => {
    const hash = hashSources();
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return 'unchanged';
    rmSync(STAMP, { force: true });
    await runProgram(
      { name: 'The build of the web app', file: TOOLS.next, args: ['build'], env: { NODE_ENV: 'production' } },
      options,
    );
    writeFileSync(STAMP, hash);
    return 'built';
  });
}

function hashSources(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of SOURCES.flatMap((source) => filesBelow(source))) {
    hash.update(`\0${file}\0`).update(readFileSync(join(PROJECT_FOLDER, file)));
  }
  return hash.digest('hex');
}

function filesBelow(path: string): string[] {
  const absolute = join(PROJECT_FOLDER, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
