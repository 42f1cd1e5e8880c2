import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anchorUnder,
  INTERVAL_UNITS,
  type IntervalUnit,
  instantAt,
  localDate,
  nextStart,
  periodsBefore,
} from './calendar';

/** A day of the naive calendar: counted one by one, with the Gregorian rule for leap years and nothing else. */
interface Day {
  year: number;
  month: number;
  day: number;
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function lengthOf(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : (LENGTHS[month - 1] ?? 0);
}

function dayAfter({ year, month, day }: Day): Day {
  if (day < lengthOf(year, month)) return { year, month, day: day + 1 };
  return month < 12 ? { year, month: month + 1, day: 1 } : { year: year + 1, month: 1, day: 1 };
}

const write = ({ year, month, day }: Day) =>
  localDate(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);

/** Every date of a schedule from its anchor to the end of 2100, by asking of each day whether it is one. */
function datesByEnumeration(anchor: Day, unit: IntervalUnit, count: number): string[] {
  const dates: string[] = [];
  let passed = 0;
  for (let day = anchor; day.year <= 2100; day = dayAfter(day)) {
    if (isDate(anchor, unit, count, day, passed)) dates.push(write(day));
    passed += 1;
  }
  return dates;
}

function isDate(anchor: Day, unit: IntervalUnit, count: number, day: Day, passed: number): boolean {
  if (unit === 'day') return passed % count === 0;
  if (unit === 'week') return passed % (7 * count) === 0;
  const last = lengthOf(day.year, day.month);
  const isItsDay = day.day === anchor.day || (day.day === last && anchor.day > last);
  const years = day.year - anchor.year;
  if (unit === 'year') return isItsDay && day.month === anchor.month && years % count === 0;
  return isItsDay && (12 * years + day.month - anchor.month) % count === 0;
}

const anyAnchor: fc.Arbitrary<Day> = fc.oneof(
  fc
    .record({ year: fc.integer({ min: 2024, max: 2032 }), month: fc.integer({ min: 1, max: 12 }) })
    .chain(({ year, month }) =>
      fc.integer({ min: 1, max: lengthOf(year, month) }).map((day) => ({ year, month, day })),
    ),
  fc.constantFrom(
    ...[29, 30, 31].flatMap((day) => [1, 3, 8, 12].map((month) => ({ year: 2027, month, day }))),
    { year: 2024, month: 2, day: 29 },
    { year: 2028, month: 2, day: 29 },
    { year: 2027, month: 2, day: 28 },
  ),
);
const anyInterval = fc.record({ unit: fc.constantFrom(...INTERVAL_UNITS), count: fc.integer({ min: 1, max: 36 }) });

test('the dates of any interval are, to the end of 2100, those that a day-by-day calendar finds', () => {
  fc.assert(
    fc.property(anyAnchor, anyInterval, (anchor, interval) => {
      const expected = datesByEnumeration(anchor, interval.unit, interval.count);
      const schedule = { anchor: write(anchor), interval };
      const found: string[] = [];
      for (let date = schedule.anchor; date < '2101'; date = nextStart(schedule, date)) found.push(date);
      expect(found).toEqual(expected);
    }),
    {
      numRuns: 60,
      examples: [
        [
          { year: 2024, month: 2, day: 29 },
          { unit: 'year', count: 1 },
        ],
      ],
    },
  );
});

test('what passed before a day is every period up to the first date that is not before it', () => {
  fc.assert(
    fc.property(anyAnchor, anyInterval, fc.nat(3000), (anchor, interval, ahead) => {
      let target = anchor;
      for (let n = 0; n < ahead; n += 1) target = dayAfter(target);
      const dates = datesByEnumeration(anchor, interval.unit, interval.count);
      const schedule = { anchor: write(anchor), interval };
      const passed = periodsBefore(schedule, schedule.anchor, write(target));
      expect(passed.map(({ start }) => start)).toEqual(dates.filter((date) => date < write(target)));
      for (const [n, period] of passed.entries()) expect(period.end).toBe(dates[n + 1]);
    }),
    { numRuns: 60 },
  );
});

test('under a new interval the next date stays where it is, and months keep their day wherever they have it', () => {
  const inMonths = fc.record({ unit: fc.constantFrom('month', 'year'), count: fc.integer({ min: 1, max: 36 }) });
  fc.assert(
    fc.property(anyAnchor, inMonths, inMonths, fc.nat(20), (anchor, old, interval, nth) => {
      const next = datesByEnumeration(anchor, old.unit, old.count)[nth];
      if (next === undefined) return;
      const kept = anchorUnder({ anchor: write(anchor), interval: old }, localDate(next), interval);
      const [year = 0, month = 0, day = 0] = kept.split('-').map(Number);
      const dates = datesByEnumeration({ year, month, day }, interval.unit, interval.count);
      expect(dates).toContain(next);
      if (interval.unit !== 'month' || interval.count > 11) return;
      expect(day).toBe(anchor.day);
    }),
    { numRuns: 60 },
  );
});

test.each(['America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Europe/Warsaw', 'America/St_Johns'])(
  'in %s every day to 2040 has one billing instant, later than that of the day before, at any hour',
  (zone) => {
    for (const hour of [0, 1, 2, 3, 8, 23]) {
      let before = 0;
      for (let day: Day = { year: 2026, month: 1, day: 1 }; day.year < 2040; day = dayAfter(day)) {
        const at = instantAt(write(day), hour, zone).getTime();
        if (at <= before) throw new Error(`${write(day)} at ${hour} in ${zone} is not later than the day before.`);
        before = at;
      }
    }
  },
);
