import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleShard } from './bundle-shard';
import { plantInto } from './plant';
import type { PlantedBug } from './planted';
import type { SeedResult } from './run-seed';
import { runShard } from './run-shards';

/** How a planted bug was found, or that it was not. */
export interface Grade {
  bug: string;
  /** How many seeds it took; null: none of them broke anything. */
  seeds: number | null;
  /** What the oracle said first. */
  invariant: string | null;
}

/** Plants the bugs one after the other in `shards` places at once, and runs each until something breaks. */
export async function gradeSimulator(options: {
  project: string;
  serverUrl: string;
  bugs: readonly PlantedBug[];
  mostSeeds: number;
  shards: number;
  signal: AbortSignal;
  onGrade: (grade: Grade) => void;
  /** Where the copies are made, below the project. */
  place?: string;
}): Promise<Grade[]> {
  const { project, bugs, shards, signal, onGrade, place = join('.data', 'simulator') } = options;
  const waiting = [...bugs];
  const grades: Grade[] = [];
  const lane = async (number: number) => {
    const folder = join(project, place, `${process.pid}-${number}`);
    for (let bug = waiting.shift(); bug !== undefined && !signal.aborted; bug = waiting.shift()) {
      plantInto(folder, project, bug);
      const grade = await gradeOne(folder, bug.name, options);
      grades.push(grade);
      onGrade(grade);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  await Promise.all(Array.from({ length: shards }, (_, number) => lane(number)));
  return grades;
}

async function gradeOne(
  folder: string,
  bug: string,
  { serverUrl, mostSeeds, signal }: { serverUrl: string; mostSeeds: number; signal: AbortSignal },
): Promise<Grade> {
  const results: SeedResult[] = [];
  const program = await bundleShard(folder, join(folder, 'program'));
  const onSeed = (result: SeedResult) => void results.push(result);
  await runShard({ program, serverUrl, first: 1, step: 1, count: mostSeeds, isUntilViolation: true, signal, onSeed });
  const killer = results.at(-1)?.violations[0];
  return { bug, seeds: killer === undefined ? null : results.length, invariant: killer?.invariant ?? null };
}

/** The middle of how many seeds each took; null where none was found. */
export function medianSeeds(grades: readonly Grade[]): number | null {
  const seeds = grades.flatMap((grade) => (grade.seeds === null ? [] : [grade.seeds])).sort((a, b) => a - b);
  return seeds[Math.floor((seeds.length - 1) / 2)] ?? null;
}
