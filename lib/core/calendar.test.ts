import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  anchoredDate,
  daysBetween,
  firstStartOnOrAfter,
  INTERVAL_UNITS,
  type Interval,
  instantAt,
  isLocalDate,
  isTimeZone,
  type LocalDate,
  localDate,
  localDateAt,
  localHourAt,
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
const zones = [
  'America/New_York',
  'Pacific/Honolulu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Europe/Dublin',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'UTC',
] as const;

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
    const awkward = ['2026-01-29', '2026-01-30', '2026-01-31', '2024-02-29', '2026-02-28', '2026-12-31'].map(localDate);
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
    ['half an interval before the next', '2026-03-15', '2026-03-31'],
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

describe('a billing hour', () => {
  test.each([
    ['an ordinary morning', '2026-01-31', 8, 'America/New_York', '2026-01-31T13:00:00.000Z'],
    ['a summer morning', '2026-07-31', 8, 'America/New_York', '2026-07-31T12:00:00.000Z'],
    ['the hour that summer time leaves out', '2026-03-08', 2, 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['the first of the two hours in autumn', '2026-11-01', 1, 'America/New_York', '2026-11-01T05:00:00.000Z'],
    ['a zone without summer time', '2026-03-08', 2, 'Pacific/Honolulu', '2026-03-08T12:00:00.000Z'],
    ['a change of half an hour', '2026-10-04', 2, 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['before the change of half an hour', '2026-10-04', 1, 'Australia/Lord_Howe', '2026-10-03T14:30:00.000Z'],
    ['a midnight that did not exist', '2018-11-04', 0, 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['the last midnight of summer time', '2018-02-18', 0, 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['an hour that came twice before midnight', '2018-02-17', 23, 'America/Sao_Paulo', '2018-02-18T01:00:00.000Z'],
    ['a day that a country left out', '2011-12-30', 8, 'Pacific/Apia', '2011-12-30T18:00:00.000Z'],
    ['midnight in UTC', '2026-01-01', 0, 'UTC', '2026-01-01T00:00:00.000Z'],
  ])('%s: %s %i:00 in %s', (_, date, hour, zone, instant) => {
    expect(instantAt(localDate(date), hour, zone).toISOString()).toBe(instant);
  });

  test('is on its day, never before its hour, and the first of its kind', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(23), fc.constantFrom(...zones), (date, hour, zone) => {
        const instant = instantAt(date, hour, zone);
        expect(localDateAt(instant, zone)).toBe(date);
        const local = localHourAt(instant, zone);
        expect(local - hour === 0 || local - hour === 1).toBe(true);
        const anHourBefore = new Date(instant.getTime() - 3_600_000);
        expect([localDateAt(anHourBefore, zone), localHourAt(anHourBefore, zone)]).not.toEqual([date, hour]);
      }),
      { numRuns: 500 },
    );
  });

  test('comes later on each later day, also where the clocks are changed', () => {
    for (const zone of zones) {
      for (const hour of [0, 1, 2, 3, 8, 23]) {
        let date = localDate('2026-01-01');
        let before = instantAt(date, hour, zone);
        while (date < '2027-01-01') {
          date = addDays(date, 1);
          const instant = instantAt(date, hour, zone);
          const hours = (instant.getTime() - before.getTime()) / 3_600_000;
          if (hours < 22 || hours > 26) throw new Error(`${zone} ${date} ${hour}:00 comes after ${hours} h`);
          before = instant;
        }
      }
    }
  });
});

describe('days', () => {
  test.each(['2026-01-01', '2024-02-29', '2100-12-31'])('%s is a day', (text) => {
    expect(isLocalDate(text)).toBe(true);
    expect(localDate(text)).toBe(text);
  });

  test.each([
    '2027-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '26-01-01',
    '2026/01/01',
    '2026-01-01T00:00',
    '2026-01-01\n',
    ' 2026-01-01',
    '+002026-01-01',
    '２０２６-01-01',
    '',
  ])('%j is none', (text) => {
    expect(isLocalDate(text)).toBe(false);
    expect(() => localDate(text)).toThrow(RangeError);
  });

  test('are counted over leap days and the ends of years', () => {
    expect(daysBetween(localDate('2024-02-28'), localDate('2024-03-01'))).toBe(2);
    expect(daysBetween(localDate('2026-03-01'), localDate('2025-12-31'))).toBe(-60);
    expect(addDays(localDate('2025-12-31'), 1)).toBe('2026-01-01');
    expect(addDays(localDate('2024-03-01'), -1)).toBe('2024-02-29');
  });

  test('added and counted agree', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
      }),
    );
  });

  test('begin and end where the zone says', () => {
    const instant = new Date('2026-02-01T04:30:00Z');
    expect(localDateAt(instant, 'America/New_York')).toBe('2026-01-31');
    expect(localHourAt(instant, 'America/New_York')).toBe(23);
    expect(localDateAt(instant, 'Pacific/Honolulu')).toBe('2026-01-31');
    expect(localDateAt(instant, 'Asia/Kathmandu')).toBe('2026-02-01');
    expect(localHourAt(instant, 'Asia/Kathmandu')).toBe(10);
  });
});

describe('time zones', () => {
  test.each([...zones, 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince', 'Etc/GMT+5'])(
    '%s is one',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  test.each(['', 'EST', '-05:00', '+00:00', 'America', 'Mars/Olympus', 'America/New York', 'America/', 'utc+1', 'Z'])(
    '%j is none',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});

test('a monthly period is half-open: it ends on the day on which the next one starts', () => {
  expect(periodFrom({ anchor: localDate('2026-01-31'), interval: monthly }, localDate('2026-02-28'))).toEqual({
    start: '2026-02-28',
    end: '2026-03-31',
  });
});
