import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate } from './calendar';
import type { Standing } from './schedule-change';
import { decideStop, formatStopChoices, parseStopChoices, STOP_CHOICES, stopChoicesOf } from './stop-hsa-fsa';
import { SUBSCRIPTION_STATUSES } from './subscription';

const NOW = new Date('2027-01-12T14:00:00Z');
const AT = { now: NOW, mayPause: true };
const STANDING: Standing = {
  status: 'active',
  billingMethod: 'hsa_fsa',
  schedule: { anchor: localDate('2027-02-03'), interval: { unit: 'month', count: 1 } },
  nextChargeOn: localDate('2027-02-03'),
  isScheduled: true,
  timeZone: 'America/New_York',
  billingHour: 8,
  pauseUntil: null,
  cancelOn: null,
  lastPeriods: [],
};

describe('a subscription whose customer stops using HSA/FSA', () => {
  it('can always be canceled, and charges nothing more by any choice that it takes', () => {
    for (const status of SUBSCRIPTION_STATUSES.filter((one) => one !== 'canceled'))
      for (const cancelOn of [null, localDate('2027-02-03')])
        for (const pauseUntil of [null, localDate('2027-03-01')])
          for (const mayPause of [true, false]) {
            const standing = {
              ...STANDING,
              status,
              cancelOn: status === 'paused' ? null : cancelOn,
              pauseUntil: status === 'paused' ? pauseUntil : null,
            };
            const choices = stopChoicesOf(standing, { now: NOW, mayPause });
            expect(choices).toContain('cancel');
            for (const choice of choices) {
              const decision = decideStop(standing, choice, { now: NOW, mayPause });
              if (decision.ok && decision.change !== null) {
                expect(decision.change.nextCharges).toEqual([]);
                expect(decision.change.changeAt).toBeNull();
              }
            }
          }
  });

  it('is paused where that is possible, and stays paused without a day on which it would go on', () => {
    expect(decideStop(STANDING, 'pause', AT)).toMatchObject({
      ok: true,
      change: { event: 'paused', pauseUntil: null },
    });
    expect(decideStop({ ...STANDING, status: 'paused' }, 'pause', AT)).toEqual({ ok: true, change: null });
    const until = localDate('2027-03-01');
    expect(decideStop({ ...STANDING, status: 'paused', pauseUntil: until }, 'pause', AT)).toMatchObject({
      ok: true,
      change: { event: null, pauseUntil: null, changeAt: null },
    });
    expect(stopChoicesOf({ ...STANDING, status: 'trialing' }, AT)).toEqual(['cancel']);
    expect(stopChoicesOf({ ...STANDING, cancelOn: until }, AT)).toEqual(['cancel']);
    expect(stopChoicesOf(STANDING, { now: NOW, mayPause: false })).toEqual(['cancel']);
  });

  it('is named in a form that is read as it was written, and as nothing else', () => {
    const id = fc.integer({ min: 0, max: 99 }).map((n) => `sub_${String(n).padStart(22, '0')}` as const);
    fc.assert(
      fc.property(fc.dictionary(id, fc.constantFrom(...STOP_CHOICES)), (wanted) => {
        const choices = parseStopChoices(
          Object.entries(wanted)
            .map((pair) => pair.join(':'))
            .join(' '),
        );
        expect(choices).not.toBeNull();
        if (choices !== null) expect(parseStopChoices(formatStopChoices(choices))).toEqual(choices);
      }),
    );
    const one = `sub_${'0'.repeat(22)}`;
    for (const text of ['x', `${one}:skip`, `${one}:pause ${one}:cancel`, `${one}:pause:x`, `${one}:pause  `])
      expect(parseStopChoices(text)).toBeNull();
  });
});
