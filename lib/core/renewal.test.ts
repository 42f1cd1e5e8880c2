import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, anchoredDate, INTERVAL_UNITS, localDate, nextStart, type Schedule } from './calendar';
import { planEarlyRenewal, planRenewal } from './renewal';
import { chargeInstant } from './subscription';

const NEW_YORK = 'America/New_York';
const schedule = (anchor: string, unit: (typeof INTERVAL_UNITS)[number] = 'month', count = 1): Schedule => ({
  anchor: localDate(anchor),
  interval: { unit, count },
});
const the31st = schedule('2026-01-31');

describe('a renewal at eight in the morning in New York', () => {
  test.each([
    ['a second before its hour', '2026-02-28T12:59:59.999Z', null],
    ['at its hour', '2026-02-28T13:00:00Z', '2026-02-28'],
    ['the evening before its day, which is its day in London', '2026-02-28T00:30:00Z', null],
    ['a second before the next one', '2026-03-31T11:59:59Z', '2026-02-28'],
  ])('%s', (_, now, billed) => {
    const plan = planRenewal(the31st, localDate('2026-02-28'), new Date(now), NEW_YORK, 8);
    expect(plan?.billed.start ?? null).toBe(billed);
    expect(plan?.skipped ?? []).toEqual([]);
  });

  test('is billed up to the day on which the next one starts', () => {
    expect(planRenewal(the31st, localDate('2026-02-28'), new Date('2026-03-01T00:00:00Z'), NEW_YORK, 8)).toEqual({
      skipped: [],
      billed: { start: '2026-02-28', end: '2026-03-31' },
      nextChargeOn: '2026-03-31',
    });
  });

  test('after a summer of silence only the latest period is billed, the others are kept as skipped', () => {
    const now = new Date('2026-05-31T12:00:00Z');
    expect(planRenewal(the31st, localDate('2026-01-31'), now, NEW_YORK, 8)).toEqual({
      skipped: [
        { start: '2026-01-31', end: '2026-02-28' },
        { start: '2026-02-28', end: '2026-03-31' },
        { start: '2026-03-31', end: '2026-04-30' },
        { start: '2026-04-30', end: '2026-05-31' },
      ],
      billed: { start: '2026-05-31', end: '2026-06-30' },
      nextChargeOn: '2026-06-30',
    });
  });

  test('three days of silence skip nothing of a monthly order', () => {
    const plan = planRenewal(the31st, localDate('2026-01-31'), new Date('2026-02-03T20:00:00Z'), NEW_YORK, 8);
    expect(plan?.skipped).toEqual([]);
    expect(plan?.billed.start).toBe('2026-01-31');
  });

  test('an order moved by hand is billed on its new day and then returns to the 31st', () => {
    const plan = planRenewal(the31st, localDate('2026-02-10'), new Date('2026-02-10T13:00:00Z'), NEW_YORK, 8);
    expect(plan?.billed).toEqual({ start: '2026-02-10', end: '2026-02-28' });
    expect(nextStart(the31st, localDate('2026-02-28'))).toBe('2026-03-31');
  });

  test.each([
    ['Pacific/Honolulu', '2026-02-28T18:00:00Z'],
    ['America/New_York', '2026-02-28T13:00:00Z'],
    ['Australia/Lord_Howe', '2026-02-27T21:00:00Z'],
  ])('in %s its hour is %s', (zone, instant) => {
    const at = (ms: number) =>
      planRenewal(the31st, localDate('2026-02-28'), new Date(new Date(instant).getTime() + ms), zone, 8);
    expect([at(-1), at(0)?.billed.start]).toEqual([null, '2026-02-28']);
  });

  test('an hour that summer time leaves out is billed on its day all the same', () => {
    const at = (now: string) =>
      planRenewal(schedule('2026-03-08'), localDate('2026-03-08'), new Date(now), NEW_YORK, 2);
    expect(at('2026-03-08T06:59:59Z')).toBeNull();
    expect(at('2026-03-08T07:00:00Z')?.billed.start).toBe('2026-03-08');
  });

  test('an hour that comes twice is billed once, the first time', () => {
    const daily = schedule('2026-11-01', 'day');
    const first = planRenewal(daily, localDate('2026-11-01'), new Date('2026-11-01T05:00:00Z'), NEW_YORK, 1);
    expect(first?.nextChargeOn).toBe('2026-11-02');
    expect(planRenewal(daily, localDate('2026-11-02'), new Date('2026-11-01T06:00:00Z'), NEW_YORK, 1)).toBeNull();
  });
});

test('a charge made before its day bills the next period and leaves the one after it where it was', () => {
  expect(planEarlyRenewal(the31st, localDate('2026-02-28'))).toEqual({
    skipped: [],
    billed: { start: '2026-02-28', end: '2026-03-31' },
    nextChargeOn: '2026-03-31',
  });
});

const anyCase = fc.record({
  anchor: fc
    .integer({ min: 0, max: 1500 })
    .map((days) => addDays(localDate('2024-01-01'), days))
    .chain((day) => fc.constantFrom(day, ...['2026-01-31', '2024-02-29', '2026-01-30'].map(localDate))),
  interval: fc.record({ unit: fc.constantFrom(...INTERVAL_UNITS), count: fc.integer({ min: 1, max: 36 }) }),
  offset: fc.constantFrom(0, 0, 0, 1, 5, 11),
  first: fc.nat(3),
  hours: fc.integer({ min: 0, max: 24 * 400 }),
  zone: fc.constantFrom('America/New_York', 'Pacific/Honolulu', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'UTC'),
  billingHour: fc.nat(23),
});

test('whenever it runs, it bills the latest started period only, and no day is lost or counted twice', () => {
  fc.assert(
    fc.property(anyCase, ({ anchor, interval, offset, first, hours, zone, billingHour }) => {
      const given = { anchor, interval };
      const nextChargeOn = addDays(anchoredDate(given, first), offset);
      const now = new Date(chargeInstant(nextChargeOn, zone, billingHour).getTime() + hours * 3_600_000);
      const plan = planRenewal(given, nextChargeOn, now, zone, billingHour);
      if (plan === null) throw new Error('It has started, so it is planned.');
      const periods = [...plan.skipped, plan.billed];
      expect(periods[0]?.start).toBe(nextChargeOn);
      for (const [index, period] of periods.entries()) {
        expect(period.end > period.start).toBe(true);
        expect(period.end).toBe(periods[index + 1]?.start ?? plan.nextChargeOn);
      }
      expect(chargeInstant(plan.billed.start, zone, billingHour) <= now).toBe(true);
      expect(chargeInstant(plan.nextChargeOn, zone, billingHour) > now).toBe(true);
      expect(planRenewal(given, plan.nextChargeOn, now, zone, billingHour)).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('run every day or once a year, the same periods come out', () => {
  const given = schedule('2026-01-31');
  const at = (day: string) => chargeInstant(localDate(day), NEW_YORK, 8);
  const daily: string[] = [];
  let nextChargeOn = given.anchor;
  for (let day = given.anchor; day < '2027-01-31'; day = addDays(day, 1)) {
    const plan = planRenewal(given, nextChargeOn, at(day), NEW_YORK, 8);
    if (plan === null) continue;
    expect(plan.skipped).toEqual([]);
    daily.push(plan.billed.start);
    nextChargeOn = plan.nextChargeOn;
  }
  const once = planRenewal(given, given.anchor, at('2027-01-30'), NEW_YORK, 8);
  expect([...(once?.skipped ?? []), once?.billed].map((period) => period?.start)).toEqual(daily);
  expect(daily).toHaveLength(12);
});

test('where each missed period is billed, the oldest comes first and none is skipped', () => {
  const now = new Date('2026-05-31T12:00:00Z');
  const billed: string[] = [];
  let nextChargeOn = localDate('2026-02-28');
  for (;;) {
    const plan = planRenewal(the31st, nextChargeOn, now, NEW_YORK, 8, 'each');
    if (plan === null) break;
    expect(plan.skipped).toEqual([]);
    billed.push(plan.billed.start);
    nextChargeOn = plan.nextChargeOn;
  }
  expect(billed).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
});

test('what was over before it was ours to charge is never billed, whatever the policy', () => {
  const now = new Date('2026-05-31T12:00:00Z');
  const since = new Date('2026-04-30T12:00:00Z');
  const plan = planRenewal(the31st, localDate('2026-01-31'), now, NEW_YORK, 8, 'each', since);
  expect(plan?.skipped.map(({ start }) => start)).toEqual(['2026-01-31', '2026-02-28', '2026-03-31']);
  expect(plan?.billed.start).toBe('2026-04-30');
  expect(planRenewal(the31st, localDate('2026-05-31'), now, NEW_YORK, 8, 'each', now)?.billed.start).toBe('2026-05-31');
});
