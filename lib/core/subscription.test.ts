import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  daysBetween,
  INTERVAL_UNITS,
  type IntervalUnit,
  localDate,
  nextStart,
  type Schedule,
} from './calendar';
import {
  BILLING_METHODS,
  chargeInstant,
  firstChargeAfterMove,
  nextStatus,
  RENEWABLE,
  SUBSCRIPTION_STATUSES,
  type SubscriptionEvent,
  type SubscriptionStatus,
} from './subscription';

const EVENTS = [
  'payment_failed',
  'payment_recovered',
  'paused',
  'resumed',
  'canceled',
  'reactivated',
  'trial_ended',
] as const satisfies readonly SubscriptionEvent[];

/** By status, what each of EVENTS leads to; `-` is refused. */
const LEADS_TO: Record<SubscriptionStatus, string> = {
  trialing: 'past_due  -         -       -       canceled  -       active',
  active: '  past_due  active    paused  -       canceled  -       -',
  past_due: 'past_due  active    paused  -       canceled  -       -',
  paused: '  paused    paused    -       active  canceled  -       -',
  canceled: 'canceled  canceled  -       -       -         active  -',
};

describe('a subscription', () => {
  const cases = SUBSCRIPTION_STATUSES.flatMap((status) =>
    LEADS_TO[status]
      .trim()
      .split(/ +/)
      .map((to, index) => [status, EVENTS[index] ?? 'paused', to === '-' ? null : (to as SubscriptionStatus)] as const),
  );

  test.each(cases)('that is %s, when %s: %s', (status, event, to) => {
    expect(nextStatus(status, event)).toBe(to);
  });

  test('has an answer for every event in every status', () => {
    expect(cases).toHaveLength(SUBSCRIPTION_STATUSES.length * EVENTS.length);
  });

  test('can be canceled from every status but canceled, and comes back from every status', () => {
    for (const status of SUBSCRIPTION_STATUSES) {
      expect(nextStatus(status, 'canceled') ?? status).toBe('canceled');
      const reachable = new Set<SubscriptionStatus>([status]);
      for (const from of reachable) for (const event of EVENTS) reachable.add(nextStatus(from, event) ?? from);
      expect(reachable.has('active')).toBe(true);
    }
  });

  test('that is paused or canceled is not moved by a late payment or a late refusal', () => {
    for (const status of ['paused', 'canceled'] as const) {
      expect(nextStatus(status, 'payment_failed')).toBe(status);
      expect(nextStatus(status, 'payment_recovered')).toBe(status);
    }
  });

  test('renews while it is active or on trial', () => {
    expect(SUBSCRIPTION_STATUSES.filter((status) => RENEWABLE.includes(status))).toEqual(['trialing', 'active']);
    expect(BILLING_METHODS).toEqual(['external', 'hsa_fsa']);
  });
});

describe('the first charge after a move', () => {
  const monthly: Schedule = { anchor: localDate('2026-01-28'), interval: { unit: 'month', count: 1 } };
  const every = (unit: IntervalUnit, count = 1): Schedule => ({ ...monthly, interval: { unit, count } });

  test.each<[string, Schedule, string, string, number, string, string | null]>([
    ['far enough away', monthly, '2026-01-28', '2026-01-20', 3, '2026-01-28', null],
    ['exactly three days away', monthly, '2026-01-28', '2026-01-25', 3, '2026-01-28', null],
    ['two days away: that order stays', monthly, '2026-01-28', '2026-01-26', 3, '2026-02-28', '2026-01-28'],
    ['today: that order stays', monthly, '2026-01-28', '2026-01-28', 3, '2026-02-28', '2026-01-28'],
    ['yesterday: it was billed', monthly, '2026-01-28', '2026-01-29', 3, '2026-02-28', null],
    ['projected months ago', monthly, '2025-11-28', '2026-02-26', 3, '2026-03-28', '2026-02-28'],
    ['today and no days are kept', monthly, '2026-01-28', '2026-01-28', 0, '2026-01-28', null],
    ['weekly, tomorrow', every('week'), '2026-01-28', '2026-01-27', 3, '2026-02-04', '2026-01-28'],
    [
      'daily: the last order there is the one of the day before',
      every('day'),
      '2026-01-28',
      '2026-01-28',
      3,
      '2026-01-31',
      '2026-01-30',
    ],
    [
      'weekly with two weeks kept: two orders stay',
      every('week'),
      '2026-01-28',
      '2026-01-28',
      14,
      '2026-02-11',
      '2026-02-04',
    ],
  ])('when the next order is %s', (_, schedule, projected, today, days, first, last) => {
    expect(firstChargeAfterMove(schedule, localDate(projected), localDate(today), days)).toEqual({
      firstChargeOn: first,
      lastExternalOn: last,
    });
  });

  test('is the soonest order of the schedule that leaves the days, and the order before it is the last there', () => {
    const inputs = fc.record({
      unit: fc.constantFrom(...INTERVAL_UNITS),
      count: fc.integer({ min: 1, max: 36 }),
      projected: fc.integer({ min: -60, max: 60 }),
      days: fc.nat(60),
    });
    const today = localDate('2026-01-20');
    fc.assert(
      fc.property(inputs, ({ unit, count, projected, days }) => {
        const schedule = every(unit, count);
        const orders = [addDays(today, projected)];
        while (daysBetween(today, orders.at(-1) ?? today) < days)
          orders.push(nextStart(schedule, orders.at(-1) ?? today));
        const answer = firstChargeAfterMove(schedule, addDays(today, projected), today, days);
        expect(answer.firstChargeOn).toBe(orders.at(-1));
        const before = orders.at(-2);
        expect(answer.lastExternalOn).toBe(before !== undefined && before >= today ? before : null);
      }),
    );
  });
});

test('a charge is made at the billing hour of the customer, not of the shop', () => {
  const day = localDate('2026-02-28');
  expect(chargeInstant(day, 'America/New_York', 8).toISOString()).toBe('2026-02-28T13:00:00.000Z');
  expect(chargeInstant(day, 'America/Anchorage', 8).toISOString()).toBe('2026-02-28T17:00:00.000Z');
});
