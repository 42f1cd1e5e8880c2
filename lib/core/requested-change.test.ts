import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDate } from './calendar';
import { CANCEL_REASONS, cancelOffer } from './cancel-reason';
import { EVERYTHING_ON, SWITCHABLE_ACTIONS } from './customer-switches';
import { decideRequested, offeredChanges, type RequestedChange } from './requested-change';
import type { Standing } from './schedule-change';
import { BILLING_METHODS, SUBSCRIPTION_STATUSES } from './subscription';

const NOW = new Date('2027-01-12T14:00:00Z');
const TODAY = localDate('2027-01-12');

const aStanding: fc.Arbitrary<Standing> = fc
  .record({
    status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
    billingMethod: fc.constantFrom(...BILLING_METHODS),
    days: fc.integer({ min: -40, max: 400 }),
    unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
    count: fc.integer({ min: 1, max: 6 }),
    isScheduled: fc.boolean(),
    endsIn: fc.option(fc.integer({ min: 1, max: 60 })),
  })
  .map(({ status, billingMethod, days, unit, count, isScheduled, endsIn }) => {
    const nextChargeOn = addDays(TODAY, days);
    const mayEnd = status === 'trialing' || status === 'active' || status === 'past_due';
    return {
      status,
      billingMethod,
      schedule: { anchor: nextChargeOn, interval: { unit, count } },
      nextChargeOn,
      isScheduled,
      timeZone: 'America/New_York',
      billingHour: 8,
      pauseUntil: null,
      cancelOn: endsIn !== null && mayEnd ? addDays(TODAY, endsIn) : null,
      lastPeriods: [],
    };
  });

const ALL_OFF = { switchedOff: SWITCHABLE_ACTIONS };

describe('the changes that are offered', () => {
  it('are those that the decision takes, whatever the standing', () => {
    fc.assert(
      fc.property(aStanding, fc.boolean(), (standing, hasToken) => {
        const at = { now: NOW, hasToken, switches: EVERYTHING_ON };
        const shown = standing.nextChargeOn;
        const simplest: RequestedChange[] = [
          { kind: 'skip', shown },
          { kind: 'unskip', shown },
          { kind: 'pause', until: null },
          { kind: 'resume' },
          { kind: 'undo_cancel' },
          { kind: 'reactivate' },
        ];
        const offered = offeredChanges(standing, at);
        for (const change of simplest)
          expect(offered.includes(change.kind)).toBe(decideRequested(standing, change, at).ok);
      }),
    );
  });

  it('move the date and the interval wherever the next order can be changed at all', () => {
    fc.assert(
      fc.property(aStanding, (standing) => {
        const at = { now: NOW, hasToken: true, switches: EVERYTHING_ON };
        const shown = standing.nextChargeOn;
        const interval = { unit: standing.schedule.interval.unit, count: standing.schedule.interval.count + 1 };
        const offered = offeredChanges(standing, at);
        expect(offered.includes('interval')).toBe(
          decideRequested(standing, { kind: 'interval', shown, interval }, at).ok,
        );
        expect(offered.includes('move')).toBe(offered.includes('interval'));
      }),
    );
  });

  it('never leave a subscription of ours without a way to cancel, unless it has ended or is about to', () => {
    fc.assert(
      fc.property(aStanding, (standing) => {
        const mayCancel =
          standing.billingMethod === 'hsa_fsa' && standing.status !== 'canceled' && standing.cancelOn === null;
        expect(offeredChanges(standing, { now: NOW, hasToken: true, switches: ALL_OFF }).includes('cancel')).toBe(
          mayCancel,
        );
      }),
    );
  });
});

describe('what the merchant has switched off', () => {
  it('is neither offered nor taken, and nothing else changes', () => {
    fc.assert(
      fc.property(aStanding, fc.subarray([...SWITCHABLE_ACTIONS]), (standing, switchedOff) => {
        const at = { now: NOW, hasToken: true };
        const free = offeredChanges(standing, { ...at, switches: EVERYTHING_ON });
        const left = offeredChanges(standing, { ...at, switches: { switchedOff } });
        expect(left).toEqual(free.filter((kind) => !switchedOff.some((off) => off === kind)));
        const paused = decideRequested(standing, { kind: 'pause', until: null }, { ...at, switches: { switchedOff } });
        if (switchedOff.includes('pause')) expect(paused).toEqual({ ok: false, reason: 'switched_off' });
      }),
    );
  });
});

describe('the offer beside a cancellation', () => {
  it('is one change that the subscription takes, or none', () => {
    expect(cancelOffer('away', ['skip', 'pause', 'cancel'])).toBe('pause');
    expect(cancelOffer('away', ['skip', 'cancel'])).toBe('skip');
    expect(cancelOffer('away', ['cancel'])).toBeNull();
    expect(cancelOffer('too_much', ['skip', 'interval', 'cancel', 'quantity'])).toBe('quantity');
    expect(cancelOffer('too_much', ['skip', 'interval', 'cancel'])).toBe('interval');
    expect(cancelOffer('away', ['quantity'])).toBeNull();
    expect(cancelOffer('not_wanted', ['skip', 'pause', 'interval'])).toBeNull();
    for (const reason of CANCEL_REASONS) expect(cancelOffer(reason, [])).toBeNull();
  });
});
