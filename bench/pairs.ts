/** One benchmark's report: ratios first, then what they were made of, and where. A page has several figures. */
export interface Report {
  name: string;
  ratios: Record<string, number | null | Record<string, number>>;
  raw: Record<string, number[]>;
  /** What else was seen, for people. */
  notes?: string[];
  machine: { cpus: number; model: string; node: string; platform: string };
}

/** How often each pair is taken. */
export const PAIRS = 5;

/** The median of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return sorted.length % 2 === 1 ? middle : ((sorted[sorted.length / 2 - 1] ?? middle) + middle) / 2;
}

/**
 * Measures several things in turn, five rounds, each round in the other order than the last, so that a slow moment of the
 * machine falls on all of them. A round before them is thrown away: it compiles and prepares what the others use. Returns
 * the figures of each.
 */
export async function interleaved<N extends string>(
  measures: Record<N, () => Promise<number>>,
): Promise<Record<N, number[]>> {
  const names = Object.keys(measures) as N[];
  const figures = Object.fromEntries(names.map((name): [N, number[]] => [name, []])) as Record<N, number[]>;
  for (const name of names) await measures[name]();
  for (let round = 0; round < PAIRS; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) figures[name].push(await measures[name]());
  }
  return figures;
}

/** The median of the ratios of the pairs, each taken in one round. */
export function medianRatio(above: readonly number[], below: readonly number[]): number {
  const ratios = above.map((figure, round) => figure / (below[round] ?? Number.NaN));
  return Math.round(median(ratios) * 1000) / 1000;
}
