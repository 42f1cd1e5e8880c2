import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVAL_UNITS } from './calendar';
import { intervalKey, intervalOf, type PlanTerms, problemOfTerms } from './plan';

const TERMS: PlanTerms = {
  description: 'One bottle of 120 capsules.',
  intervals: [{ unit: 'month', count: 1 }],
  trialDays: 0,
  shippingCents: 595,
};

describe('the terms of a plan', () => {
  it('are taken as the merchant means them', () => {
    expect(problemOfTerms(TERMS)).toBeNull();
    expect(problemOfTerms({ ...TERMS, trialDays: 14, shippingCents: 0 })).toBeNull();
  });

  it.each<[string, Partial<PlanTerms>]>([
    ['no_description', { description: ' ' }],
    ['no_description', { description: 'x'.repeat(301) }],
    ['no_interval', { intervals: [] }],
    ['no_interval', { intervals: [{ unit: 'month', count: 0 }] }],
    [
      'no_interval',
      {
        intervals: [
          { unit: 'month', count: 1 },
          { unit: 'month', count: 1 },
        ],
      },
    ],
    ['no_trial_length', { trialDays: 6 }],
    ['no_trial_length', { trialDays: 366 }],
    ['no_trial_length', { trialDays: 14.5 }],
    ['no_amount', { shippingCents: -1 }],
    ['no_amount', { shippingCents: 1.5 }],
  ])('are refused as %s', (problem, wrong) => {
    expect(problemOfTerms({ ...TERMS, ...wrong })).toBe(problem);
  });
});

describe('an interval in an address', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERVAL_UNITS), fc.integer({ min: 1, max: 36 }), (unit, count) => {
        expect(intervalOf(intervalKey({ unit, count }))).toEqual({ unit, count });
      }),
    );
  });

  it.each(['', 'month', '0-month', '37-month', '01-month', '1-months', '1-fortnight', '-1-month', '1-month '])(
    '%j is none',
    (text) => {
      expect(intervalOf(text)).toBeNull();
    },
  );
});
