import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@/db/embedded';
import { describeFaults } from '@/tests/simulator/fault-places';
import { type Grade, gradeSimulator, medianSeeds } from '@/tests/simulator/grade';
import { PLANTED_BUGS } from '@/tests/simulator/planted';
import { describeFailure, hitsOf, runSeeds, sumOf, traceOf, wantedHits } from '@/tests/simulator/run-shards';
import { PROJECT_FOLDER } from './runtime';
import { runCommand } from './teardown';

/** Seeds of a run that says nothing else, and the most that a planted bug is given. */
const SEEDS = 300;
const SHARDS = 2;

/**
 * `npm run simulate`: `-- --seeds N` (`--from S` on), `--seed S` to replay one, `--planted` to grade the simulator by
 * the planted bugs (`--bug "WORDS|WORDS"` for those whose name has them, `--most-seeds N` for each), `--json` for one object;
 * `--faults` lists what goes wrong where.
 */
await runCommand(async (teardown) => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      from: { type: 'string' },
      planted: { type: 'boolean', default: false },
      bug: { type: 'string', default: '' },
      'most-seeds': { type: 'string' },
      json: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
    },
  });
  if (values.faults) return console.log(describeFaults());
  const say = values.json ? () => {} : (line: string) => console.log(line);
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  teardown.add(() => server.stop());
  const began = performance.now();
  const common = { folder: PROJECT_FOLDER, serverUrl: server.url, shards: SHARDS, signal: teardown.signal };
  const one = values.seed === undefined ? null : Number(values.seed);
  const count = one === null ? Number(values.seeds ?? (values.planted ? 0 : SEEDS)) : 1;
  const results = await runSeeds({
    ...common,
    count,
    first: one ?? Number(values.from ?? 1),
    onSeed: (result) => {
      if (result.violations.length > 0) say(describeFailure(result));
    },
  });
  const bugs = values.planted
    ? PLANTED_BUGS.filter(({ name }) => values.bug.split('|').some((words) => name.includes(words)))
    : [];
  const grades = await gradeSimulator({
    ...common,
    project: PROJECT_FOLDER,
    bugs,
    mostSeeds: Number(values['most-seeds'] ?? SEEDS),
    onGrade: (grade) => say(wordsOf(grade)),
  });
  const hits = hitsOf(results);
  // A run of few seeds does not come by every point.
  const wanted = count < SEEDS ? 0 : wantedHits(count);
  const seldom = hits.filter(({ times }) => times < wanted).map(({ point }) => point);
  const report = {
    seeds: results.length,
    violations: results.reduce((sum, { violations }) => sum + violations.length, 0),
    planted: grades.length,
    killed: grades.filter(({ seeds }) => seeds !== null).length,
    median_seeds_to_kill: medianSeeds(grades),
    seconds: Math.round((performance.now() - began) / 100) / 10,
    trace: traceOf(results),
    charges: results.reduce((sum, { charges }) => sum + charges, 0),
    crash_points: Object.fromEntries(hits.map(({ point, times }) => [point, times])),
    crash_points_hit_too_seldom: seldom,
    faults: sumOf(results.map(({ injected }) => injected)),
    grades,
  };
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
  if (report.violations > 0 || report.killed < report.planted || seldom.length > 0) process.exitCode = 1;
});

function wordsOf({ bug, seeds, invariant }: Grade): string {
  return seeds === null ? `NOT FOUND  ${bug}` : `killed at seed ${String(seeds).padStart(3)}  ${bug}  (${invariant})`;
}

function print(report: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(report)) {
    if (name === 'grades') continue;
    const words = name.replaceAll('_', ' ');
    if (name === 'crash_points') console.log(`${words}, the least hit first:\n${tableOf(value)}`);
    else console.log(`${words}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
}

function tableOf(counts: unknown): string {
  return Object.entries(counts ?? {})
    .map(([point, times]) => `${String(times).padStart(7)}  ${point}`)
    .join('\n');
}
