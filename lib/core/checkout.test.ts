import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, localDate } from './calendar';
import {
  CHECKOUT_STATUSES,
  type CheckoutFacts,
  checkoutMayBecome,
  checkoutState,
  checkoutTerms,
  firstChargeAfterTrial,
} from './checkout';
import { consentText } from './checkout-consent';

const PLAN = { sku: 'MAG', name: 'Magnesium', unitPriceCents: 1950, shippingCents: 595, trialDays: 0 };
const MONTHLY = { unit: 'month', count: 1 } as const;
const TODAY = localDate('2027-01-31');

describe('what an order leads to', () => {
  it('is the first order now, and the next on its dates, the last day of the month too', () => {
    const terms = checkoutTerms(PLAN, { quantity: 2, interval: MONTHLY }, TODAY);
    expect(terms).toMatchObject({ dueNowCents: 4495, trialEndsOn: null });
    expect(terms.nextCharges).toEqual(['2027-02-28', '2027-03-31', '2027-04-30']);
  });

  it('is nothing now in a trial, and the whole order when it ends', () => {
    const terms = checkoutTerms({ ...PLAN, trialDays: 14 }, { quantity: 1, interval: MONTHLY }, TODAY);
    expect(terms).toMatchObject({ dueNowCents: 0, trialEndsOn: '2027-02-14' });
    expect(terms.order.totalCents).toBe(2545);
    expect(terms.nextCharges).toEqual(['2027-02-14', '2027-03-14', '2027-04-14']);
  });

  it('adds up, and its charges follow each other, whatever is ordered', () => {
    const orders = fc.record({
      unitPriceCents: fc.integer({ min: 1, max: 1_000_000 }),
      shippingCents: fc.integer({ min: 0, max: 10_000 }),
      trialDays: fc.constantFrom(0, 7, 14, 365),
      quantity: fc.integer({ min: 1, max: 99 }),
      unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
      count: fc.integer({ min: 1, max: 36 }),
      startsIn: fc.integer({ min: 0, max: 1500 }),
    });
    fc.assert(
      fc.property(orders, ({ unitPriceCents, shippingCents, trialDays, quantity, unit, count, startsIn }) => {
        const startsOn = addDays(TODAY, startsIn);
        const plan = { ...PLAN, unitPriceCents, shippingCents, trialDays };
        const terms = checkoutTerms(plan, { quantity, interval: { unit, count } }, startsOn);
        const total = unitPriceCents * quantity + shippingCents;
        expect(terms.order.totalCents).toBe(total);
        expect(terms.dueNowCents).toBe(trialDays === 0 ? total : 0);
        const days = [startsOn, ...terms.nextCharges];
        for (const [index, day] of days.entries()) expect(day > (days[index - 1] ?? '')).toBe(true);
        if (trialDays > 0) expect(daysBetween(startsOn, terms.nextCharges[0])).toBe(trialDays);
      }),
    );
  });
});

describe('the first charge after a trial', () => {
  it('is never before the day that was told, and never on the day on which it is confirmed', () => {
    const days = fc.integer({ min: -30, max: 30 });
    fc.assert(
      fc.property(days, (away) => {
        const first = firstChargeAfterTrial(addDays(TODAY, away), TODAY);
        expect(first >= addDays(TODAY, away) && first > TODAY).toBe(true);
        expect(first).toBe(addDays(TODAY, Math.max(away, 1)));
      }),
    );
  });
});

describe('what the customer agrees to', () => {
  it('names who charges, what, when, until when, and how it ends', () => {
    const text = (trialDays: number, hasCard = false) => {
      const terms = checkoutTerms({ ...PLAN, trialDays }, { quantity: 1, interval: MONTHLY }, TODAY);
      return consentText('Alder Health', terms, MONTHLY, TODAY, hasCard);
    };
    expect(text(0)).toBe(
      'I agree that Alder Health charges the card that I give at Truemed $25.45 now, and $25.45 every month from Sunday, 28 February on, until I cancel. I can cancel at any time in my account; nothing more is charged from then on.',
    );
    expect(text(0, true)).toContain('charges my card at Truemed $25.45 now');
    expect(text(14)).toContain('nothing now, and $25.45 every month from Sunday, 14 February on, when my trial ends,');
  });
});

describe('the state of an order', () => {
  const at = (minutes: number) => new Date(Date.parse('2027-01-12T14:00:00Z') + minutes * 60_000);
  const FACTS: CheckoutFacts = {
    status: 'open',
    createdAt: at(0),
    returnedAt: null,
    declinedAt: null,
    isTrial: false,
    firstOrder: null,
  };

  it.each<[string, Partial<CheckoutFacts>]>([
    ['Confirming', { status: 'planned' }],
    ['Not completed', {}],
    ['Confirming', { returnedAt: at(9) }],
    ['Being reviewed', { returnedAt: at(5) }],
    ['Not completed', { returnedAt: at(5), declinedAt: at(6) }],
    ['Confirming', { declinedAt: at(5), returnedAt: at(9) }],
    ['Being reviewed', { status: 'processing' }],
    ['Paid', { status: 'completed', firstOrder: 'paid' }],
    ['Waiting for Truemed', { status: 'completed', firstOrder: 'open' }],
    ['Action needed', { status: 'completed', firstOrder: 'held' }],
    ['Waiting for Truemed', { status: 'completed', firstOrder: null }],
    ['Trial', { status: 'completed', isTrial: true }],
    ['Canceled', { status: 'completed', firstOrder: 'over' }],
    ['Not taken', { status: 'rejected' }],
    ['Refunded', { status: 'duplicate' }],
    ['Not completed', { status: 'canceled' }],
    ['Needs attention', { status: 'refused' }],
  ])('is %s for %j', (state, facts) => {
    expect(checkoutState({ ...FACTS, ...facts }, at(10))).toBe(state);
  });

  it('never says paid before Truemed has taken the payment', () => {
    for (const status of CHECKOUT_STATUSES.filter((one) => one !== 'completed'))
      for (const returnedAt of [null, at(9)])
        expect(['Paid', 'Trial']).not.toContain(checkoutState({ ...FACTS, status, returnedAt }, at(10)));
  });

  it('believes a payment from every status, and forgets none', () => {
    for (const status of CHECKOUT_STATUSES) {
      const isOver = status === 'completed' || status === 'duplicate';
      expect(checkoutMayBecome(status, 'completed')).toBe(!isOver);
      if (isOver) expect(CHECKOUT_STATUSES.filter((to) => checkoutMayBecome(status, to))).toEqual([]);
    }
  });
});
