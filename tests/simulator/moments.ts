import { localDate } from '@/lib/core/calendar';
import { chargeInstant } from '@/lib/core/subscription';
import type { Chance } from './chance';
import { expectedStarts, type Ordered, type Person } from './population';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An instant at which a charge falls due, where nobody moves it. */
export interface Moment {
  person: Person;
  ordered: Ordered;
  at: number;
}

/** The moments of a run, in their order. */
export function momentsOf(people: readonly Person[], billingHour: number, untilMs: number): Moment[] {
  const until = new Date(untilMs).toISOString().slice(0, 10);
  return people
    .flatMap((person) => person.subscriptions.filter(({ isOurs }) => isOurs).map((ordered) => ({ person, ordered })))
    .flatMap(({ person, ordered }) =>
      [...expectedStarts(ordered, until)]
        .filter((start) => start >= ordered.firstOn)
        .map((start) => ({
          person,
          ordered,
          at: chargeInstant(localDate(start), ordered.timeZone, billingHour).getTime(),
        })),
    )
    .sort((a, b) => a.at - b.at);
}

/** An instant by which what is due at `at` is planned, on its way, or just over. */
export function closeTo(at: number, chance: Chance): number {
  const offsets = [-2 * HOUR, -MINUTE, 0, 0, MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, 30 * HOUR, 96 * HOUR];
  return at + chance.pick(offsets);
}
