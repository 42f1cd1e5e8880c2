/** Delays after the first attempts, in seconds; the last one repeats until seven days are over (ASSUMED, section 7.3). */
const RETRY_SECONDS = [10, 60, 300, 1800, 7200, 21_600, 43_200] as const;
const GIVE_UP_SECONDS = 7 * 86_400;

/**
 * When a delivery is tried again after its `attempts`-th failure at `now`, or null where that would be more than seven
 * days after it was created. `scale` stretches or shrinks the whole schedule.
 */
export function nextAttemptAt(createdAt: Date, attempts: number, now: Date, scale: number): Date | null {
  const seconds = RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length) - 1] ?? 0;
  const next = new Date(now.getTime() + seconds * 1000 * scale);
  return next.getTime() - createdAt.getTime() > GIVE_UP_SECONDS * 1000 * scale ? null : next;
}
