import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  daysBetween,
  instantAt,
  isLocalDate,
  isTimeZone,
  localDate,
  localDateAt,
  localHourAt,
  nextStart,
} from './calendar';

const anyDay = fc
  .date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2040-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => localDate(date.toISOString().slice(0, 10)));
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
      for (const hour of [0, 2, 8]) {
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

describe('what was worked out before', () => {
  test('is given again as a Date of its own, and after any number of others', () => {
    const day = localDate('2027-01-12');
    const first = instantAt(day, 8, 'America/New_York');
    first.setTime(0);
    expect(instantAt(day, 8, 'America/New_York').toISOString()).toBe('2027-01-12T13:00:00.000Z');
    expect(instantAt(day, 9, 'America/New_York').toISOString()).toBe('2027-01-12T14:00:00.000Z');
    expect(instantAt(day, 8, 'America/Chicago').toISOString()).toBe('2027-01-12T14:00:00.000Z');
    for (let n = 0; n <= 10_000; n += 1) instantAt(addDays(day, n), 8, 'UTC');
    expect(instantAt(day, 8, 'America/New_York').toISOString()).toBe('2027-01-12T13:00:00.000Z');
  });

  test('is kept apart by each part of a schedule', () => {
    const anchor = localDate('2027-01-31');
    const from = localDate('2027-02-28');
    const next = (unit: 'month' | 'year', count: number) => nextStart({ anchor, interval: { unit, count } }, from);
    expect([next('month', 1), next('month', 2), next('month', 1), next('year', 1)]).toEqual([
      '2027-03-31',
      '2027-03-31',
      '2027-03-31',
      '2028-01-31',
    ]);
    expect(nextStart({ anchor: localDate('2027-01-28'), interval: { unit: 'month', count: 1 } }, from)).toBe(
      '2027-03-28',
    );
  });
});
