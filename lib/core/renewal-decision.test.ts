import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type LocalDate, localDate } from './calendar';
import { decidedPeriod, decideRenewal, type RenewalFacts, RULE_VERSION, VERDICTS } from './renewal-decision';
import { SUBSCRIPTION_STATUSES } from './subscription';

const DUE: RenewalFacts = {
  now: '2027-02-12T13:00:00.000Z',
  status: 'active',
  billingMethod: 'hsa_fsa',
  anchorDate: localDate('2027-01-12'),
  intervalUnit: 'month',
  intervalCount: 1,
  nextChargeOn: localDate('2027-02-12'),
  timeZone: 'America/New_York',
  billingHour: 8,
  cancelOn: null,
  awaitsHandOver: false,
  openInvoiceId: null,
  hasLiveToken: true,
  tokenUpdatingUntil: null,
};

describe('the decision of a renewal', () => {
  test.each<[string, Partial<RenewalFacts>, string, string | null | undefined]>([
    ['all is in order', {}, 'charge', undefined],
    ['its trial ends', { status: 'trialing' }, 'charge', undefined],
    ['it is billed elsewhere', { billingMethod: 'external' }, 'billed_elsewhere', null],
    ['it is canceled', { status: 'canceled' }, 'canceled', null],
    ['it is paused', { status: 'paused' }, 'paused', null],
    ['its hand-over is not confirmed', { awaitsHandOver: true }, 'hand_over', null],
    ['it ends with its period', { cancelOn: localDate('2027-02-12') }, 'ends_with_period', null],
    ['the hour has not come', { now: '2027-02-12T12:59:59.999Z' }, 'not_due', '2027-02-12T13:00:00.000Z'],
    ['an earlier order is open', { openInvoiceId: 'inv_1' }, 'previous_open', '2027-02-12T14:00:00.000Z'],
    ['it is past due', { status: 'past_due' }, 'previous_open', null],
    [
      'its token is being updated',
      { tokenUpdatingUntil: '2027-02-13T00:00:00.000Z' },
      'token_updating',
      '2027-02-12T14:00:00.000Z',
    ],
    [
      'the update is nearly over',
      { tokenUpdatingUntil: '2027-02-12T13:20:00.000Z' },
      'token_updating',
      '2027-02-12T13:20:00.000Z',
    ],
    ['the update is over', { tokenUpdatingUntil: '2027-02-12T13:00:00.000Z' }, 'charge', undefined],
    ['there is no token', { hasLiveToken: false }, 'no_token', undefined],
    ['staff ask for it before its hour', { askedBy: 'staff', now: '2027-02-03T09:00:00.000Z' }, 'charge', undefined],
    ['staff ask for it, past due with nothing open', { askedBy: 'staff', status: 'past_due' }, 'charge', undefined],
    [
      'staff ask for it during an update',
      { askedBy: 'staff', tokenUpdatingUntil: '2027-02-13T00:00:00.000Z' },
      'charge',
      undefined,
    ],
    ['staff ask for it while it is paused', { askedBy: 'staff', status: 'paused' }, 'paused', null],
    ['it is paused and its order open', { status: 'paused', openInvoiceId: 'inv_1' }, 'paused', null],
  ])('where %s', (_, facts, kind, until) => {
    const verdict = decideRenewal({ ...DUE, ...facts });
    expect(verdict.kind).toBe(kind);
    if (until !== undefined) expect(verdict).toEqual({ kind, until: until === null ? null : new Date(until) });
    else expect('plan' in verdict && verdict.plan.billed).toEqual({ start: '2027-02-12', end: '2027-03-12' });
  });

  it('of several periods bills the oldest where the policy says each, and what was over before it was ours not', () => {
    const missed = { ...DUE, now: '2027-05-01T13:00:00.000Z' };
    const billed = (facts: Partial<RenewalFacts>) => {
      const stored: RenewalFacts = JSON.parse(JSON.stringify({ ...missed, ...facts }));
      const verdict = decideRenewal(stored);
      return 'plan' in verdict ? [verdict.plan.skipped.length, verdict.plan.billed.start] : verdict.kind;
    };
    expect(billed({})).toEqual([2, '2027-04-12']);
    expect(billed({ catchUp: 'each', chargedSince: '2027-01-01T00:00:00.000Z' })).toEqual([0, '2027-02-12']);
    expect(billed({ catchUp: 'each', chargedSince: '2027-03-13T00:00:00.000Z' })).toEqual([1, '2027-03-12']);
  });

  it('charges nothing but what is due, active, ours, in order and has a token', () => {
    const instants = fc.date({ min: new Date('2027-01-01'), max: new Date('2028-12-31'), noInvalidDate: true });
    const facts = fc.record({
      now: instants.map((at) => at.toISOString()),
      status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
      billingMethod: fc.constantFrom('external' as const, 'hsa_fsa' as const),
      nextChargeOn: instants.map((at) => at.toISOString().slice(0, 10) as LocalDate),
      cancelOn: fc.option(fc.constant(localDate('2027-06-01'))),
      awaitsHandOver: fc.boolean(),
      openInvoiceId: fc.option(fc.constant('inv_1')),
      hasLiveToken: fc.boolean(),
      tokenUpdatingUntil: fc.option(instants.map((at) => at.toISOString())),
    });
    fc.assert(
      fc.property(facts, (some) => {
        const all = { ...DUE, ...some, anchorDate: some.nextChargeOn };
        const verdict = decideRenewal(all);
        expect(VERDICTS).toContain(verdict.kind);
        expect(decideRenewal(JSON.parse(JSON.stringify(all)))).toEqual(verdict);
        if (!('plan' in verdict)) return;
        expect(all).toMatchObject({
          billingMethod: 'hsa_fsa',
          cancelOn: null,
          awaitsHandOver: false,
          openInvoiceId: null,
        });
        expect(['active', 'trialing']).toContain(all.status);
        expect(all.hasLiveToken).toBe(verdict.kind === 'charge');
        expect(decidedPeriod(all, verdict) >= all.nextChargeOn).toBe(true);
        expect(`${decidedPeriod(all, verdict)}` <= all.now.slice(0, 10)).toBe(true);
      }),
    );
  });
});

/** Decisions as they were stored: those of former rules stay, and every new rule adds its own. */
const stored: { verdict: string; periodStart: string; ruleVersion: number; inputs: RenewalFacts }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../tests/fixtures/decisions.json'), 'utf8'),
);

describe('stored decisions', () => {
  it('are there for every verdict that is stored, under the rule of today', () => {
    const current = stored.filter(({ ruleVersion }) => ruleVersion === RULE_VERSION).map(({ verdict }) => verdict);
    const onRecord = ['charge', 'ends_with_period', 'no_token', 'paused', 'previous_open', 'token_updating'];
    expect([...new Set(current)].sort()).toEqual(onRecord);
  });

  test.each(stored.map((one) => [one.verdict, one.inputs.now, one] as const))(
    '%s at %s is decided alike today, or under a newer rule',
    (verdict, _, { inputs, periodStart, ruleVersion }) => {
      const today = decideRenewal(inputs);
      if (ruleVersion === RULE_VERSION)
        expect([today.kind, decidedPeriod(inputs, today)]).toEqual([verdict, periodStart]);
    },
  );
});
