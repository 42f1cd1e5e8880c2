/**
 * How many calls one worker may have on their way at once: additive increase, multiplicative decrease. Every call that is
 * answered well adds a share, so that a full round of them adds one; a 429 or a ServerError halves. A round that went
 * out together counts as one signal: calls that were begun before the last cut do not cut again.
 */
export interface Concurrency {
  /** From 1 to the bound; calls at once are its whole part. */
  limit: number;
  /** How often it was cut; a call remembers the number under which it began. */
  cuts: number;
}

/** How a call went, as far as the provider's load goes. */
export type Strain = 'eased' | 'strained';

/** Begins at the bound that the settings give: the provider says when that is too much. */
export function fullConcurrency(bound: number): Concurrency {
  return { limit: bound, cuts: 0 };
}

/** What one answered call makes of it. `begunUnder` is the number of cuts when the call began. */
export function adaptConcurrency(now: Concurrency, strain: Strain, begunUnder: number, bound: number): Concurrency {
  if (strain === 'eased') return { ...now, limit: Math.min(bound, now.limit + 1 / now.limit) };
  if (begunUnder < now.cuts) return now;
  return { limit: Math.max(1, now.limit / 2), cuts: now.cuts + 1 };
}
