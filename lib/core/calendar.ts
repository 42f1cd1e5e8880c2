import { Temporal } from 'temporal-polyfill';

/** A calendar day as `YYYY-MM-DD`, without a zone. */
export type LocalDate = string & { readonly __brand: 'LocalDate' };

export const INTERVAL_UNITS = ['day', 'week', 'month', 'year'] as const;
export type IntervalUnit = (typeof INTERVAL_UNITS)[number];

/** How often a subscription renews: every `count` units, 1 to 36. */
export interface Interval {
  unit: IntervalUnit;
  count: number;
}

/** One billing period, half-open: `[start, end)`. */
export interface Period {
  start: LocalDate;
  end: LocalDate;
}

/** What a schedule is derived from: the anchor is kept, so 31 January renews on 28 February and returns to 31 March. */
export interface Schedule {
  anchor: LocalDate;
  interval: Interval;
}

/** Takes `YYYY-MM-DD` of a day that exists. Throws a RangeError on anything else. */
export function localDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError(`Not a calendar date: ${text}`);
  return text;
}

/** Whether a text is `YYYY-MM-DD` of a day that exists (2027-02-30 does not). */
export function isLocalDate(text: string): text is LocalDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether this is a time zone of the IANA database, such as `America/Anchorage`. Offsets and abbreviations are not. */
export function isTimeZone(name: string): boolean {
  if (name !== 'UTC' && !/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The day that it is at an instant in a zone. */
export function localDateAt(instant: Date, timeZone: string): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString() as LocalDate;
}

/** The hour of the day, 0 to 23, at an instant in a zone. */
export function localHourAt(instant: Date, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).hour;
}

/**
 * The instant of a whole hour on a day in a zone. An hour that the change to summer time leaves out moves forward; one
 * that happens twice is taken the first time (design.md section 4).
 */
export function instantAt(date: LocalDate, hour: number, timeZone: string): Date {
  const key = `${date} ${hour} ${timeZone}`;
  const milliseconds = remembered(
    INSTANTS,
    key,
    () =>
      Temporal.PlainDate.from(date)
        .toPlainDateTime({ hour })
        .toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds,
  );
  return new Date(milliseconds);
}

/** Orders of one day share their dates, and working one out costs more than all else that decides a renewal. */
const INSTANTS = new Map<string, number>();
const STARTS = new Map<string, LocalDate>();
const MOST_REMEMBERED = 10_000;

function remembered<T>(known: Map<string, T>, key: string, workOut: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = workOut();
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(key, made);
  return made;
}

/** The day `days` after (or, negative, before) a day. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as LocalDate;
}

/** Whole days from one day to another; negative when `to` lies before `from`. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** The n-th date of a schedule, the anchor being number 0. Derived from the anchor each time, so short months leave no trace. */
export function anchoredDate(schedule: Schedule, n: number): LocalDate {
  const { unit, count } = schedule.interval;
  return Temporal.PlainDate.from(schedule.anchor)
    .add({ [`${unit}s`]: n * count }, { overflow: 'constrain' })
    .toString() as LocalDate;
}

/**
 * The start of the period after the one that starts on `start`. From an anchored date it is the next anchored one. A
 * `start` off the schedule (moved by hand) returns to it: at the first anchored date at least half an interval away.
 */
export function nextStart(schedule: Schedule, start: LocalDate): LocalDate {
  const { anchor, interval } = schedule;
  const key = `${anchor} ${interval.count} ${interval.unit} ${start}`;
  return remembered(STARTS, key, () => startAfter(schedule, start));
}

function startAfter(schedule: Schedule, start: LocalDate): LocalDate {
  const n = indexOnOrBefore(schedule, start);
  const next = anchoredDate(schedule, n + 1);
  if (anchoredDate(schedule, n) === start) return next;
  const afterNext = anchoredDate(schedule, n + 2);
  return 2 * daysBetween(start, next) >= daysBetween(next, afterNext) ? next : afterNext;
}

/** The period that starts on a day. */
export function periodFrom(schedule: Schedule, start: LocalDate): Period {
  return { start, end: nextStart(schedule, start) };
}

/** The first start of a period, counted on from `start`, that is not before `day`. */
export function firstStartOnOrAfter(schedule: Schedule, start: LocalDate, day: LocalDate): LocalDate {
  let current = start;
  while (current < day) current = nextStart(schedule, current);
  return current;
}

/** The periods of a schedule from `start` up to the first one that does not start before `day`, oldest first. */
export function periodsBefore(schedule: Schedule, start: LocalDate, day: LocalDate): Period[] {
  const periods: Period[] = [];
  for (let current = start; current < day; current = periods.at(-1)?.end ?? day)
    periods.push(periodFrom(schedule, current));
  return periods;
}

/** Whether a day is one of a schedule's own, and not one that was moved by hand. */
export function isAnchored(schedule: Schedule, day: LocalDate): boolean {
  return anchoredDate(schedule, indexOnOrBefore(schedule, day)) === day;
}

/** An interval in months has its anchor's day of the month found again this many intervals back: a leap day needs eight years. */
const ANCHOR_SEARCH = 12;

/**
 * The anchor under a new interval that leaves the next date where it is. From months to months the day of the month is
 * kept, so the 31st whose next date is 28 February returns to the 31st; otherwise, and where the interval never meets a
 * month that has the day, the next date is the anchor.
 */
export function anchorUnder(schedule: Schedule, next: LocalDate, interval: Interval): LocalDate {
  const isInMonths = [schedule.interval, interval].every(({ unit }) => unit === 'month' || unit === 'year');
  if (!isInMonths || !isAnchored(schedule, next)) return next;
  const { day } = Temporal.PlainDate.from(schedule.anchor);
  for (let n = 0; n <= ANCHOR_SEARCH; n += 1) {
    const month = Temporal.PlainDate.from(anchoredDate({ anchor: next, interval }, -n));
    const candidate = month.with({ day }).toString() as LocalDate;
    if (Number(candidate.slice(8)) === day && anchoredDate({ anchor: candidate, interval }, n) === next)
      return candidate;
  }
  return next;
}

// The largest n whose anchored date is not after `date`: an estimate from the mean length of the unit, then steps.
function indexOnOrBefore(schedule: Schedule, date: LocalDate): number {
  const meanDays = { day: 1, week: 7, month: 30.4375, year: 365.25 }[schedule.interval.unit] * schedule.interval.count;
  let n = Math.floor(daysBetween(schedule.anchor, date) / meanDays);
  while (anchoredDate(schedule, n) > date) n -= 1;
  while (anchoredDate(schedule, n + 1) <= date) n += 1;
  return n;
}
