import { describe, expect, it } from 'vitest';
import { localDate } from './calendar';
import {
  decideImport,
  eventsToward,
  fingerprintOf,
  formatFingerprint,
  type Known,
  parseFingerprint,
} from './subscriber-change';
import type { FileSubscription } from './subscriber-gather';
import type { SubscriberPerson, SubscriberTerms } from './subscriber-row';
import { SUBSCRIPTION_STATUSES } from './subscription';

interface Facts {
  person?: Partial<SubscriberPerson>;
  terms?: Partial<SubscriberTerms>;
  token?: string;
}

function aFileSubscription({ person, terms, token }: Facts = {}): FileSubscription {
  return {
    subscriptionId: 'AH-1',
    lines: [2, 3],
    person: { name: 'Maya Okafor', state: 'CA', ...person },
    terms: {
      email: 'maya@example.com',
      timeZone: null,
      interval: { unit: 'month', count: 1 },
      anchorDate: localDate('2027-01-31'),
      nextChargeOn: localDate('2027-01-31'),
      status: 'active',
      billingMethod: token === undefined ? 'external' : 'hsa_fsa',
      shippingCents: 0,
      taxCents: 0,
      discountCents: 0,
      letterExpiresOn: null,
      ...terms,
    },
    paymentToken: token ?? null,
    items: [
      { sku: 'A', name: 'One', quantity: 1, unitPriceCents: 1850 },
      { sku: 'B', name: 'Two', quantity: 2, unitPriceCents: 2900 },
    ],
  };
}

const NOTHING: Known = { subscription: null, lastImported: null, token: 'none', hasAnotherToken: false };
const ELSEWHERE = { isOwned: false, status: 'active', isSameCustomer: true, hasProvisionRequest: false } as const;
const OURS = { ...ELSEWHERE, isOwned: true } as const;
const LAST = fingerprintOf(aFileSubscription());

describe('a fingerprint', () => {
  it('survives being stored', () => {
    expect(parseFingerprint(formatFingerprint(LAST))).toEqual(LAST);
  });

  it('does not depend on the order of the rows, and tells the person from the terms', () => {
    const file = aFileSubscription();
    expect(fingerprintOf({ ...file, items: file.items.toReversed() })).toEqual(LAST);
    const renamed = fingerprintOf(aFileSubscription({ person: { name: 'Maya Cohen' } }));
    expect(renamed.person).not.toBe(LAST.person);
    expect(renamed.terms).toBe(LAST.terms);
  });

  it('does not hold the payment token', () => {
    expect(fingerprintOf(aFileSubscription({ token: 'pt_1' }))).toEqual(
      fingerprintOf(aFileSubscription({ token: 'pt_2' })),
    );
  });
});

describe('a subscription that is new', () => {
  it.each([
    ['is created', {}, { kind: 'create' }],
    ['is created with a new token', { token: 'unknown' }, { kind: 'create' }],
    ["is created with its customer's live token", { token: 'live' }, { kind: 'create' }],
    [
      'is refused with the token of another customer',
      { token: 'of_another_customer' },
      { kind: 'refuse', reason: 'token_of_another_customer' },
    ],
    [
      'is refused where its customer has another token',
      { token: 'unknown', hasAnotherToken: true },
      { kind: 'refuse', reason: 'customer_has_another_token' },
    ],
    [
      'is refused with a token that Truemed took away',
      { token: 'revoked' },
      { kind: 'refuse', reason: 'owned_by_perennial' },
    ],
    ["is created, billed elsewhere, beside its customer's token", { hasAnotherToken: true }, { kind: 'create' }],
  ] as const)('%s', (_fact, known, decision) => {
    expect(decideImport(aFileSubscription(), { ...NOTHING, ...known })).toEqual(decision);
  });
});

describe('a subscription that is billed elsewhere', () => {
  const known: Known = { ...NOTHING, subscription: ELSEWHERE, lastImported: LAST };

  it('is unchanged where its rows are equal to those last imported, whatever it has become since', () => {
    expect(decideImport(aFileSubscription(), known)).toEqual({ kind: 'unchanged' });
    const canceledHere: Known = { ...known, subscription: { ...ELSEWHERE, status: 'canceled' } };
    expect(decideImport(aFileSubscription(), canceledHere)).toEqual({ kind: 'unchanged' });
  });

  it('takes every difference, and the events that lead to a new status', () => {
    expect(decideImport(aFileSubscription({ terms: { taxCents: 5 } }), known)).toEqual({
      kind: 'update',
      hasNewPerson: false,
      events: [],
    });
    expect(decideImport(aFileSubscription({ person: { state: null }, terms: { status: 'paused' } }), known)).toEqual({
      kind: 'update',
      hasNewPerson: true,
      events: ['paused'],
    });
  });

  it('is updated as a person only where nothing else differs', () => {
    expect(decideImport(aFileSubscription({ person: { name: 'Maya Cohen' } }), known)).toEqual({
      kind: 'update',
      hasNewPerson: true,
      events: null,
    });
  });

  it('may pass to another customer, unless the present one has begun to move it', () => {
    const file = aFileSubscription({ terms: { email: 'kai@example.com' } });
    const passed: Known = { ...known, subscription: { ...ELSEWHERE, isSameCustomer: false } };
    expect(decideImport(file, passed)).toMatchObject({ kind: 'update' });
    const moving: Known = {
      ...known,
      subscription: { ...ELSEWHERE, isSameCustomer: false, hasProvisionRequest: true },
    };
    expect(decideImport(file, moving)).toEqual({ kind: 'refuse', reason: 'owned_by_perennial' });
  });

  it('may become hsa_fsa by a file, under the rules for tokens', () => {
    const file = aFileSubscription({ token: 'pt_1' });
    expect(decideImport(file, { ...known, token: 'unknown' })).toMatchObject({ kind: 'update', events: [] });
    expect(decideImport(file, { ...known, token: 'unknown', hasAnotherToken: true })).toEqual({
      kind: 'refuse',
      reason: 'customer_has_another_token',
    });
  });

  it('is refused in a status from which no way leads to that of the file', () => {
    const pastDue: Known = { ...known, subscription: { ...ELSEWHERE, status: 'past_due' } };
    expect(decideImport(aFileSubscription({ terms: { taxCents: 5 } }), pastDue)).toEqual({
      kind: 'refuse',
      reason: 'owned_by_perennial',
    });
  });
});

describe('a subscription that is hsa_fsa with us', () => {
  const file = aFileSubscription({ token: 'pt_1' });
  const known: Known = { ...NOTHING, subscription: OURS, lastImported: fingerprintOf(file), token: 'live' };

  it('is unchanged by its rows, also after Truemed replaced its token', () => {
    expect(decideImport(file, known)).toEqual({ kind: 'unchanged' });
    expect(decideImport(file, { ...known, token: 'revoked', hasAnotherToken: true })).toEqual({ kind: 'unchanged' });
  });

  it('takes a name and a state', () => {
    const renamed = aFileSubscription({ token: 'pt_1', person: { name: 'Maya Cohen', state: 'NY' } });
    expect(decideImport(renamed, known)).toEqual({ kind: 'update', hasNewPerson: true, events: null });
  });

  it.each([
    ['an amount', { terms: { shippingCents: 1 }, token: 'pt_1' }],
    ['a date', { terms: { nextChargeOn: localDate('2027-02-28') }, token: 'pt_1' }],
    ['a status', { terms: { status: 'canceled' }, token: 'pt_1' }],
    ['an e-mail', { terms: { email: 'kai@example.com' }, token: 'pt_1' }],
    ['a letter', { terms: { letterExpiresOn: localDate('2027-06-30') }, token: 'pt_1' }],
    ['a way back to external', {}],
    ['a name beside an amount', { person: { name: 'Maya Cohen' }, terms: { taxCents: 1 }, token: 'pt_1' }],
  ] as const)('refuses %s', (_what, facts) => {
    expect(decideImport(aFileSubscription(facts), known)).toEqual({ kind: 'refuse', reason: 'owned_by_perennial' });
  });

  it('refuses another token', () => {
    const other = aFileSubscription({ token: 'pt_2' });
    expect(decideImport(other, { ...known, token: 'unknown', hasAnotherToken: true })).toEqual({
      kind: 'refuse',
      reason: 'owned_by_perennial',
    });
    expect(decideImport(other, { ...known, token: 'of_another_customer' })).toEqual({
      kind: 'refuse',
      reason: 'token_of_another_customer',
    });
  });

  it('that the customer moved is unchanged while the file still says external, and refuses what the file changes', () => {
    const moved: Known = { ...NOTHING, subscription: OURS, lastImported: LAST };
    expect(decideImport(aFileSubscription(), moved)).toEqual({ kind: 'unchanged' });
    expect(decideImport(aFileSubscription({ terms: { taxCents: 1 } }), moved)).toEqual({
      kind: 'refuse',
      reason: 'owned_by_perennial',
    });
  });

  it('that was never imported keeps all of its own', () => {
    expect(decideImport(file, { ...known, lastImported: null })).toEqual({
      kind: 'refuse',
      reason: 'owned_by_perennial',
    });
  });
});

describe('the events that lead to the status of a file', () => {
  it.each(SUBSCRIPTION_STATUSES)('from %s', (from) => {
    const ways = { active: eventsToward(from, 'active'), paused: eventsToward(from, 'paused') };
    expect(ways).toEqual(
      {
        trialing: { active: null, paused: null },
        active: { active: [], paused: ['paused'] },
        past_due: { active: null, paused: ['paused'] },
        paused: { active: ['resumed'], paused: [] },
        canceled: { active: ['reactivated'], paused: ['reactivated', 'paused'] },
      }[from],
    );
    expect(eventsToward(from, 'canceled')).toEqual(from === 'canceled' ? [] : ['canceled']);
  });
});
