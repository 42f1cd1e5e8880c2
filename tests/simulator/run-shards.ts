import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleShard } from './bundle-shard';
import { CRASH_POINTS } from './crash-points';
import type { SeedResult } from './run-seed';

/** A run of seeds in one process: every `step`-th from `first` on. */
export interface ShardPlan {
  /** What it runs: `bundleShard` has made it. */
  program: string;
  serverUrl: string;
  first: number;
  step: number;
  count: number;
  isUntilViolation: boolean;
  signal?: AbortSignal;
  onSeed: (result: SeedResult) => void;
}

/** Nearly everything that a shard makes is gone within a step: it is not looked through again and again. */
const FLAGS = ['--max-semi-space-size=64', '--enable-source-maps'];

/** Runs a shard to its end. Throws with its own words where it breaks. */
export async function runShard(plan: ShardPlan): Promise<void> {
  const { program, serverUrl, first, step, count, isUntilViolation, signal, onSeed } = plan;
  const args = [serverUrl, first, step, count, ...(isUntilViolation ? ['until-violation'] : [])].map(String);
  const child = spawn(process.execPath, [...FLAGS, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-4_000);
  });
  const ended = once(child, 'close');
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) onSeed(JSON.parse(line));
  })();
  const [[code]] = await Promise.race([Promise.all([ended, reading]), failed]);
  if (code !== 0) throw new Error(`A shard of the simulator ended with ${code}.\n${words}`);
}

/** Runs seeds 1 to `count`, or from `first` on, in as many processes as are wanted; results in the order of the seeds. */
export async function runSeeds(
  options: Omit<ShardPlan, 'program' | 'first' | 'step' | 'onSeed' | 'isUntilViolation'> & {
    /** The tree of sources that they run. */
    folder: string;
    first?: number;
    shards: number;
    onSeed?: (result: SeedResult) => void;
  },
): Promise<SeedResult[]> {
  const { folder, first = 1, count, shards, onSeed, ...common } = options;
  const results: SeedResult[] = [];
  const used = Math.min(shards, count);
  const take = (result: SeedResult) => {
    results.push(result);
    onSeed?.(result);
  };
  if (used === 0) return [];
  const place = join(folder, '.data', 'simulator', `seeds-${process.pid}-${first}`);
  try {
    const program = await bundleShard(folder, place);
    await Promise.all(
      Array.from({ length: used }, (_, shard) =>
        runShard({
          ...common,
          program,
          first: first + shard,
          step: used,
          count: Math.ceil((count - shard) / used),
          isUntilViolation: false,
          onSeed: take,
        }),
      ),
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return results.sort((a, b) => a.seed - b.seed);
}

/** One hash for all of a run's seeds. */
export function traceOf(results: readonly SeedResult[]): string {
  const hash = createHash('sha256');
  for (const { seed, trace } of results) hash.update(`${seed} ${trace}\n`);
  return hash.digest('hex');
}

/** What a person reads of a seed that broke something. */
export function describeFailure({ seed, mode, violations, lastLines }: SeedResult): string {
  const broken = violations.map(({ invariant, detail }) => `  ${invariant}: ${detail}`);
  return [
    `Seed ${seed} (${mode}) breaks:`,
    ...broken,
    'The last lines of its trace:',
    ...lastLines.map((line) => `    ${line}`),
    `Again: npm run simulate -- --seed ${seed}`,
  ].join('\n');
}

/** Adds up counts by name. */
export function sumOf(counts: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const count of counts) for (const [name, times] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + times;
  return Object.fromEntries(Object.entries(sum).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How often each crash point was hit, the least first. */
export function hitsOf(results: readonly SeedResult[]): { point: string; times: number }[] {
  const hits = sumOf(results.map(({ crashes }) => crashes));
  return CRASH_POINTS.map(({ point }) => ({ point, times: hits[point] ?? 0 })).sort((a, b) => a.times - b.times);
}

/** Each crash point must be hit so often in so many seeds: 25 times in 1,000. */
export function wantedHits(seeds: number): number {
  return Math.floor((25 * seeds) / 1000);
}
