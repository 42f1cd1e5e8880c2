import { z } from 'zod';
import { AppError } from '@/lib/core/errors';

/** Reads business time. The one place where the time comes from; below it, time is an argument. */
export type Clock = () => Promise<Date>;

const ClockReply = z.object({ now: z.iso.datetime() });

/** The system's clock, or that of CLOCK_URL, which answers a GET with `{"now": "<ISO instant>"}`. Throws `provider_unavailable` when that does not answer. */
export function openClock(clockUrl: string | null): Clock {
  if (clockUrl === null) return async () => new Date();
  return async () => {
    try {
      const response = await fetch(clockUrl, { signal: AbortSignal.timeout(5_000), cache: 'no-store' });
      return new Date(ClockReply.parse(await response.json()).now);
    } catch (cause) {
      throw new AppError('provider_unavailable', `The clock at CLOCK_URL does not answer.`, { cause, retryable: true });
    }
  };
}
