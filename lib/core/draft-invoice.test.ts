import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineTotal, orderTotal } from './amounts';
import { percentOf } from './discount';
import { draftInvoice, type OrderFacts, type RunningDiscount } from './draft-invoice';

type Facts = OrderFacts<{ quantity: number; unitPriceCents: number; isOnce?: boolean }>;
const anOrder = (facts: Partial<Facts> = {}): Facts => ({
  lines: [{ quantity: 1, unitPriceCents: 4900 }],
  shippingCents: 500,
  taxCents: 330,
  discountCents: 0,
  discounts: [],
  ...facts,
});
const percent = (basisPoints: number, remainingPeriods: number | null = null): RunningDiscount => ({
  id: 'sdc_0000000000000000000001',
  name: 'Percent',
  kind: 'percent',
  basisPoints,
  remainingPeriods,
});
const fixed = (amountCents: number, remainingPeriods: number | null = null): RunningDiscount => ({
  id: 'sdc_0000000000000000000002',
  name: 'Fixed',
  kind: 'fixed',
  amountCents,
  remainingPeriods,
});

const discount = fc.oneof(
  fc.record({ basisPoints: fc.integer({ min: 1, max: 10_000 }), left: fc.option(fc.integer({ min: 1, max: 5 })) }),
  fc.record({ amountCents: fc.integer({ min: 1, max: 100_000 }), left: fc.option(fc.integer({ min: 1, max: 5 })) }),
);
const order = fc
  .record({
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 50 }), unitPriceCents: fc.nat(100_000) }), {
      minLength: 1,
      maxLength: 4,
    }),
    shippingCents: fc.nat(5000),
    taxCents: fc.nat(5000),
    ownPercent: fc.nat(12_000),
    given: fc.array(discount, { maxLength: 4 }),
  })
  .map(({ given, ownPercent, ...facts }): Facts => {
    const goods = facts.lines.reduce((sum, line) => sum + lineTotal(line), 0);
    return {
      ...facts,
      // An imported discount may be more than the goods: then it also pays for shipping.
      discountCents: percentOf(ownPercent, goods),
      discounts: given.map((one) =>
        'basisPoints' in one ? percent(one.basisPoints, one.left) : fixed(one.amountCents, one.left),
      ),
    };
  });

describe('a discount', () => {
  test.each<[string, Partial<Facts>, number, number]>([
    ['of a percentage is of the goods alone', { discounts: [percent(1000)] }, 490, 5240],
    ['of a fixed amount', { discounts: [fixed(900)] }, 900, 4830],
    ['beside the subscription’s own', { discountCents: 900, discounts: [fixed(100)] }, 1000, 4730],
    [
      'of half a cent is rounded up',
      { lines: [{ quantity: 1, unitPriceCents: 5 }], discounts: [percent(1000)] },
      1,
      834,
    ],
    [
      'of less than half a cent is none',
      { lines: [{ quantity: 1, unitPriceCents: 4 }], discounts: [percent(1000)] },
      0,
      834,
    ],
    ['of everything leaves shipping and tax', { discounts: [percent(10_000)] }, 4900, 830],
    ['above the goods takes the goods', { discounts: [fixed(99_999)] }, 4900, 830],
    ['after one that took everything takes nothing', { discounts: [percent(10_000), fixed(5)] }, 4900, 830],
    ['of percentages is not compounded', { discounts: [percent(5000), percent(2500)] }, 3675, 2055],
    ['that is used up', { discounts: [fixed(900, 0)] }, 0, 5730],
    ['imported above the goods stays as it was', { discountCents: 5200, discounts: [fixed(5)] }, 5200, 530],
  ])('%s', (_, facts, discountCents, totalCents) => {
    const draft = draftInvoice(anOrder(facts));
    expect(draft.extras.discountCents).toBe(discountCents);
    expect(draft.totalCents).toBe(totalCents);
  });

  test('for three orders counts for the next, and for two after it', () => {
    const facts = anOrder({ discounts: [fixed(900, 3)] });
    expect([0, 1, 2, 3, 4].map((before) => draftInvoice(facts, before).totalCents)).toEqual([
      4830, 4830, 4830, 5730, 5730,
    ]);
  });
});

describe('whatever an order is made of', () => {
  test('the sum rule holds, in whole cents', () => {
    fc.assert(
      fc.property(order, fc.nat(6), (facts, before) => {
        const { lines, extras, totalCents } = draftInvoice(facts, before);
        expect(orderTotal(lines, extras)).toBe(totalCents);
        expect(Number.isSafeInteger(totalCents)).toBe(true);
      }),
    );
  });

  test('running discounts take no more than is left of the goods, and nothing else is changed', () => {
    fc.assert(
      fc.property(order, fc.nat(6), (facts, before) => {
        const draft = draftInvoice(facts, before);
        const goods = facts.lines.reduce((sum, line) => sum + lineTotal(line), 0);
        const taken = draft.discounts.reduce((sum, { amountCents }) => sum + amountCents, 0);
        expect(taken).toBeLessThanOrEqual(Math.max(0, goods - facts.discountCents));
        expect(draft.discounts.every(({ amountCents }) => amountCents >= 0)).toBe(true);
        expect(draft.extras).toEqual({ ...pickExtras(facts), discountCents: facts.discountCents + taken });
      }),
    );
  });

  test('an order costs no less than one with another discount beside it', () => {
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 10_000 }), (facts, basisPoints) => {
        const more = { ...facts, discounts: [...facts.discounts, percent(basisPoints)] };
        expect(draftInvoice(more).totalCents).toBeLessThanOrEqual(draftInvoice(facts).totalCents);
      }),
    );
  });

  test('a percentage is within half a cent of exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.nat(1_000_000_000), (basisPoints, amount) => {
        const twice = 2 * percentOf(basisPoints, amount) * 10_000 - 2 * amount * basisPoints;
        expect(twice).toBeGreaterThan(-10_000);
        expect(twice).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

function pickExtras({ shippingCents, taxCents }: Facts) {
  return { shippingCents, taxCents };
}

describe('an item for one order', () => {
  const zinc = { quantity: 2, unitPriceCents: 1500, isOnce: true };
  const withZinc = (facts: Facts): Facts => ({ ...facts, lines: [...facts.lines, zinc] });

  test('is in the next order and in none after it', () => {
    expect(draftInvoice(withZinc(anOrder()))).toMatchObject({ totalCents: 8730, lines: [{}, zinc] });
    expect(draftInvoice(withZinc(anOrder()), 1)).toEqual(draftInvoice(anOrder(), 1));
  });

  test('changes no order after the next, whatever is taken off', () => {
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 8 }), (facts, ordersBefore) => {
        expect(draftInvoice(withZinc(facts), ordersBefore)).toEqual(draftInvoice(facts, ordersBefore));
        expect(draftInvoice(withZinc(facts)).totalCents).toBeGreaterThanOrEqual(draftInvoice(facts).totalCents);
      }),
    );
  });
});
