import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, localDate, localDateAt, nextStart } from './calendar';
import { decideEarlyCharge, type EarlyFacts, formerChargeOn } from './early-charge';
import type { Standing } from './schedule-change';
import { chargeInstant } from './subscription';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = new Date('2027-01-12T14:00:00Z');
const SHOWN = localDate('2027-02-03');

const MONTHLY: Standing = {
  status: 'active',
  billingMethod: 'hsa_fsa',
  schedule: { anchor: SHOWN, interval: { unit: 'month', count: 1 } },
  nextChargeOn: SHOWN,
  isScheduled: true,
  timeZone: 'America/New_York',
  billingHour: 8,
  pauseUntil: null,
  cancelOn: null,
  lastPeriods: [],
};
const FREE: EarlyFacts = {
  isAllowed: true,
  hasToken: true,
  tokenUpdatingUntil: null,
  hasOpenOrder: false,
  lastPaidAt: null,
  formerChargeOn: null,
};
const decide = (standing: Partial<Standing> = {}, facts: Partial<EarlyFacts> = {}, shown = SHOWN, now = NOW) =>
  decideEarlyCharge({ ...MONTHLY, ...standing }, { ...FREE, ...facts }, shown, now);

describe('an order before its day', () => {
  it('bills the next period, and the one after it stays where it was', () => {
    expect(decide()).toEqual({
      ok: true,
      plan: { skipped: [], billed: { start: '2027-02-03', end: '2027-03-03' }, nextChargeOn: '2027-03-03' },
      nextCharges: ['2027-03-03', '2027-04-03'],
    });
  });

  it.each([
    ['switched_off', {}, { isAllowed: false }],
    ['billed_elsewhere', { billingMethod: 'external' }, {}],
    ['hand_over_not_confirmed', { isScheduled: false }, {}],
    ['not_active', { status: 'paused' }, {}],
    ['not_active', { status: 'canceled' }, {}],
    ['not_active', { status: 'trialing' }, {}],
    ['cancel_scheduled', { cancelOn: SHOWN }, {}],
    ['no_token', {}, { hasToken: false }],
    ['order_open', { status: 'past_due' }, { hasOpenOrder: true }],
    ['changed_meanwhile', { nextChargeOn: localDate('2027-03-03') }, {}],
    ['token_updating', {}, { tokenUpdatingUntil: new Date(NOW.getTime() + 1) }],
  ] as const)('is refused: %s', (reason, standing, facts) => {
    expect(decide(standing, facts)).toEqual({ ok: false, reason, from: null });
  });

  it('is left to the renewal once its day has come, and not held by an update that is over', () => {
    const due = chargeInstant(SHOWN, 'America/New_York', 8);
    expect(decide({}, {}, SHOWN, due)).toMatchObject({ reason: 'charge_due' });
    expect(decide({}, { tokenUpdatingUntil: NOW })).toMatchObject({ ok: true });
  });

  it('comes no closer than five days to the last order, paid by us or by the former processor', () => {
    const fiveDaysAgo = new Date(NOW.getTime() - 5 * DAY_MS);
    expect(decide({}, { lastPaidAt: fiveDaysAgo })).toMatchObject({ ok: true });
    expect(decide({}, { lastPaidAt: new Date(fiveDaysAgo.getTime() + 1) })).toEqual({
      ok: false,
      reason: 'too_soon',
      from: '2027-01-13',
    });
    expect(decide({}, { formerChargeOn: localDate('2027-01-14') })).toEqual({
      ok: false,
      reason: 'too_soon',
      from: '2027-01-19',
    });
  });

  it('knows the order that a move left to the former processor', () => {
    const schedule = { anchor: localDate('2026-03-14'), interval: { unit: 'month', count: 1 } } as const;
    expect(formerChargeOn(schedule, localDate('2027-01-12'), 3)).toBe('2027-01-14');
    expect(formerChargeOn(schedule, localDate('2027-01-18'), 3)).toBe('2027-01-14');
    expect(formerChargeOn(schedule, localDate('2027-01-20'), 3)).toBeNull();
  });

  it('never puts two charges closer together than five days, or a period where that is shorter', () => {
    const interval = fc.record({
      unit: fc.constantFrom('day', 'week', 'month', 'year'),
      count: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(
        interval,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 60 * 24 }),
        fc.integer({ min: -30 * 24, max: 0 }),
        fc.constantFrom('America/New_York', 'Pacific/Auckland', 'UTC'),
        (every, ahead, hoursOn, paidHoursAgo, timeZone) => {
          const anchor = addDays(localDate('2027-01-01'), ahead);
          const start = chargeInstant(anchor, timeZone, 8);
          const now = new Date(start.getTime() - hoursOn * 3_600_000);
          const lastPaidAt = new Date(now.getTime() + paidHoursAgo * 3_600_000);
          const schedule = { anchor, interval: every };
          const decision = decide({ schedule, nextChargeOn: anchor, timeZone }, { lastPaidAt }, anchor, now);
          const end = nextStart(schedule, anchor);
          const space = Math.min(5, daysBetween(anchor, end)) * DAY_MS;
          if (!decision.ok) {
            expect(['too_soon', 'charge_due']).toContain(decision.reason);
            if (decision.reason === 'too_soon') {
              expect(now.getTime() - lastPaidAt.getTime()).toBeLessThan(space);
              expect(decision.from !== null && decision.from >= localDateAt(now, timeZone)).toBe(true);
            }
            return;
          }
          expect(now.getTime() - lastPaidAt.getTime()).toBeGreaterThanOrEqual(space);
          // An hour of summer time more or less is no shorter distance of days.
          const next = chargeInstant(decision.plan.nextChargeOn, timeZone, 8).getTime();
          expect(next - now.getTime()).toBeGreaterThanOrEqual(space - 3_600_000);
          expect(decision.plan.nextChargeOn).toBe(end);
        },
      ),
    );
  });
});
