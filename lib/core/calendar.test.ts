import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  anchoredDate,
  daysBetween,
  firstStartOnOrAfter,
  INTERVAL_UNITS,
  type Interval,
  type LocalDate,
  localDate,
  nextStart,
  periodFrom,
  type Schedule,
} from './calendar';

const monthly: Interval = { unit: 'month', count: 1 };
const schedule = (anchor: string, unit: Interval['unit'] = 'month', count = 1): Schedule => ({
  anchor: localDate(anchor),
  interval: { unit, count },
});

/** The first `count` starts from a day on, each found from the one before it. */
function starts(of: Schedule, from: LocalDate, count: number): string[] {
  const found = [from];
  while (found.length < count) found.push(nextStart(of, found.at(-1) ?? from));
  return found;
}

/** A number of periods that reaches from a schedule's anchor to a day, or a little less than one too many. */
function mostPeriods({ anchor, interval }: Schedule, day: LocalDate): number {
  const length = { day: 1, week: 7, month: 30.4, year: 365 }[interval.unit] * interval.count;
  return Math.ceil(daysBetween(anchor, day) / length);
}

const anyDay = fc
  .date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2040-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => localDate(date.toISOString().slice(0, 10)));
const awkwardDay = fc.constantFrom(
  ...['2026-01-29', '2026-01-30', '2026-01-31', '2024-02-29', '2026-02-28', '2026-12-31', '2027-08-31'].map(localDate),
);
const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  anchor: fc.oneof(anyDay, awkwardDay),
  interval: fc.record({ unit: fc.constantFrom(...INTERVAL_UNITS), count: fc.integer({ min: 1, max: 36 }) }),
});

describe('a schedule', () => {
  test.each<[string, Schedule, string[]]>([
    [
      'the 31st lands on the 28th and returns to the 31st',
      schedule('2026-01-31'),
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    ],
    [
      'the 31st lands on the 29th in a leap year',
      schedule('2027-12-31'),
      ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31'],
    ],
    ['the 30th skips only February', schedule('2026-01-30'), ['2026-01-30', '2026-02-28', '2026-03-30', '2026-04-30']],
    [
      'a leap day renews on the 28th until the next leap year',
      schedule('2024-02-29', 'year'),
      ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
    ],
    [
      'every two months from the last of the year',
      schedule('2026-12-31', 'month', 2),
      ['2026-12-31', '2027-02-28', '2027-04-30', '2027-06-30', '2027-08-31'],
    ],
    ['every fortnight', schedule('2026-02-20', 'week', 2), ['2026-02-20', '2026-03-06', '2026-03-20']],
    ['every thirty days', schedule('2026-01-31', 'day', 30), ['2026-01-31', '2026-03-02', '2026-04-01']],
    [
      'every three years from a leap day',
      schedule('2024-02-29', 'year', 3),
      ['2024-02-29', '2027-02-28', '2030-02-28'],
    ],
  ])('%s', (_, given, expected) => {
    expect(starts(given, given.anchor, expected.length)).toEqual(expected);
  });

  test('has no first date: it also counts back from the anchor', () => {
    expect([-1, -2, -11].map((n) => anchoredDate(schedule('2026-01-31'), n))).toEqual([
      '2025-12-31',
      '2025-11-30',
      '2025-02-28',
    ]);
    expect(nextStart(schedule('2026-03-31'), localDate('2025-12-31'))).toBe('2026-01-31');
  });

  test.each(INTERVAL_UNITS)('never drifts to 2100, every 1 to 36 %ss, whatever day it began on', (unit) => {
    const awkward = ['2026-01-29', '2026-01-30', '2026-01-31', '2024-02-29'].map(localDate);
    // No month shortens a day or a week, so each of those is shown in its first and in its last periods.
    const stretch = unit === 'day' || unit === 'week' ? 12 : Number.POSITIVE_INFINITY;
    for (const anchor of awkward) {
      for (let count = 1; count <= 36; count += 1) {
        const given: Schedule = { anchor, interval: { unit, count } };
        const last = mostPeriods(given, localDate('2100-12-31'));
        let start = anchor;
        for (let n = 0; n <= last; n += 1) {
          if (n === stretch) {
            n = Math.max(n, last - stretch);
            start = anchoredDate(given, n);
          }
          const { start: from, end } = periodFrom(given, start);
          if (from !== start || end <= start || end !== anchoredDate(given, n + 1)) {
            throw new Error(`${anchor}, every ${count} ${unit}s: period ${n} is ${from} to ${end}`);
          }
          start = end;
        }
        expect(start > '2099').toBe(true);
      }
    }
  });

  test('keeps the day of the month wherever the month has it', () => {
    fc.assert(
      fc.property(fc.oneof(anyDay, awkwardDay), fc.integer({ min: 1, max: 36 }), fc.nat(400), (anchor, count, n) => {
        const date = anchoredDate({ anchor, interval: { unit: 'month', count } }, n);
        const [year, month] = date.split('-').map(Number);
        const lastOfMonth = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
        expect(Number(date.slice(8))).toBe(Math.min(Number(anchor.slice(8)), lastOfMonth));
      }),
    );
  });
});

describe('a start that was moved by hand', () => {
  test.each([
    ['a few days later: the next one comes early', '2026-02-10', '2026-02-28'],
    ['so far that the next is near: it is passed over', '2026-02-20', '2026-03-31'],
    ['exactly half an interval before the next', '2026-03-16', '2026-03-31'],
    ['a day less than half an interval before the next', '2026-03-17', '2026-04-30'],
    ['to before the anchor', '2026-01-20', '2026-02-28'],
  ])('moved %s', (_, moved, next) => {
    expect(nextStart(schedule('2026-01-31'), localDate(moved))).toBe(next);
  });

  test('returns to the anchor after half an interval at least and one and a half at most', () => {
    fc.assert(
      fc.property(anySchedule, anyDay, (given, start) => {
        const next = nextStart(given, start);
        const isAnchored = (day: LocalDate) => anchoredDate(given, indexOf(given, day)) === day;
        expect(isAnchored(next)).toBe(true);
        const index = indexOf(given, next);
        if (isAnchored(start)) {
          expect(index).toBe(indexOf(given, start) + 1);
          return;
        }
        // An interval is measured where the return lands; the length month stands for those of unequal length.
        const before = daysBetween(anchoredDate(given, index - 1), next);
        const after = daysBetween(next, anchoredDate(given, index + 1));
        const gap = daysBetween(start, next);
        expect(2 * gap).toBeGreaterThanOrEqual(Math.min(before, after));
        expect(2 * gap).toBeLessThanOrEqual(
          3 * Math.max(before, after, daysBetween(anchoredDate(given, index - 2), anchoredDate(given, index - 1))),
        );
      }),
      { numRuns: 500 },
    );
  });

  function indexOf(given: Schedule, day: LocalDate): number {
    let low = -mostPeriods(given, addDays(given.anchor, 25_000));
    let high = -low;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (anchoredDate(given, middle) <= day) low = middle;
      else high = middle - 1;
    }
    return low;
  }
});

describe('the first start that is not before a day', () => {
  test.each([
    ['2026-01-31', '2026-01-31', '2026-01-31'],
    ['2026-01-31', '2025-12-01', '2026-01-31'],
    ['2026-01-31', '2026-02-01', '2026-02-28'],
    ['2026-02-10', '2026-02-11', '2026-02-28'],
    ['2026-01-31', '2027-03-01', '2027-03-31'],
  ])('counted from %s, %s or later: %s', (start, day, expected) => {
    expect(firstStartOnOrAfter(schedule('2026-01-31'), localDate(start), localDate(day))).toBe(expected);
  });
});

test('a monthly period is half-open: it ends on the day on which the next one starts', () => {
  expect(periodFrom({ anchor: localDate('2026-01-31'), interval: monthly }, localDate('2026-02-28'))).toEqual({
    start: '2026-02-28',
    end: '2026-03-31',
  });
});
