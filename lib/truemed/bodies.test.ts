import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Extras, Line } from '@/lib/core/amounts';
import { createTokenBytes, orderItems, renewalBytes, sumRuleHolds, updateTokenBytes } from './bodies';

const maya = { email: 'maya@example.com', name: 'Maya Lindqvist', state: 'OR' };
const magnesium: Line = { sku: 'MAG-200', name: 'Magnesium – 200 mg', quantity: 2, unitPriceCents: 2450 };
const frame = {
  successUrl: 'https://shop.example/account/hsa-fsa/prq_1?back=success',
  failureUrl: 'https://shop.example/account/hsa-fsa/prq_1?back=failure',
  idempotencyKey: 'prq_1',
  metadata: 'prq_1',
};
const none: Extras = { shippingCents: 0, taxCents: 0, discountCents: 0 };
const extras: Extras = { shippingCents: 500, taxCents: 330, discountCents: 900 };
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));

const items = [{ name: 'Magnesium – 200 mg', sku: 'MAG-200', quantity: 2, price: 2450 }];
const framed = {
  success_url: frame.successUrl,
  failure_url: frame.failureUrl,
  idempotency_key: 'prq_1',
  metadata: 'prq_1',
};

describe('create payment token', () => {
  test('has what section 4.1 names and no amounts', () => {
    expect(json(createTokenBytes(maya, [magnesium], frame, false))).toEqual({
      customer_email: 'maya@example.com',
      customer_name: 'Maya Lindqvist',
      customer_state: 'OR',
      order_items: items,
      ...framed,
      use_iframe: false,
    });
  });

  test('leaves the state out where it is not known, and asks for a frame where one is wanted', () => {
    const body = json(createTokenBytes({ ...maya, state: null }, [magnesium], frame, true));
    expect(body).not.toHaveProperty('customer_state');
    expect(body.use_iframe).toBe(true);
  });
});

test.each([true, false])(
  'update payment token has the items of all subscriptions, card asked for: %s',
  (updateCard) => {
    expect(json(updateTokenBytes([magnesium, { ...magnesium, sku: 'B' }], updateCard, frame, false))).toEqual({
      update_card_info: updateCard,
      order_items: [...items, { ...items[0], sku: 'B' }],
      ...framed,
      use_iframe: false,
    });
  },
);

describe('a renewal', () => {
  const renewal = (order: { lines: readonly Line[]; extras: Extras }, sign = -1) =>
    json(renewalBytes(maya, order, 'tok_live_1', frame, sign));

  test('has what sections 3.1 and 5.4 name, and never asks for another token or a frame', () => {
    expect(renewal({ lines: [magnesium], extras })).toEqual({
      total_amount: 4830,
      amount_details: { total_additional_charges: 830, total_discounts: -900 },
      order_items: items,
      customer_email: 'maya@example.com',
      customer_name: 'Maya Lindqvist',
      customer_state: 'OR',
      ...framed,
      payment_token: 'tok_live_1',
    });
  });

  test('has a positive discount where the provider counts so, and the same total', () => {
    const body = renewal({ lines: [magnesium], extras }, 1);
    expect(body.amount_details).toEqual({ total_additional_charges: 830, total_discounts: 900 });
    expect(body.total_amount).toBe(4830);
  });

  test.each([-1, 1])('always sends its amounts, zeros if need be (sign %i)', (sign) => {
    const text = Buffer.from(renewalBytes(maya, { lines: [magnesium], extras: none }, 't', frame, sign)).toString();
    expect(text).toContain('"amount_details":{"total_additional_charges":0,"total_discounts":0}');
  });

  test('is the same bytes whenever it is made of the same', () => {
    const make = () => Buffer.from(renewalBytes(maya, { lines: [magnesium], extras }, 'tok_live_1', frame, -1));
    expect(make().equals(make())).toBe(true);
    expect(make().toString()).toContain('Magnesium – 200 mg');
  });

  test.each<[string, Line[], Extras]>([
    ['of nothing', [], none],
    ['that costs nothing', [{ ...magnesium, unitPriceCents: 0 }], none],
    ['of which the discount takes all', [magnesium], { ...none, discountCents: 4900 }],
    ['of which the discount takes more', [magnesium], { ...none, discountCents: 5000 }],
    ['with half a cent', [{ ...magnesium, quantity: 1, unitPriceCents: 0.5 }], none],
    ['with half a cent, twice', [{ ...magnesium, unitPriceCents: 50.5 }], none],
    ['too dear to be exact', [{ ...magnesium, unitPriceCents: Number.MAX_SAFE_INTEGER }], none],
  ])('%s is never made', (_, lines, given) => {
    expect(() => renewal({ lines, extras: given })).toThrow();
  });

  const line = fc.record({
    sku: fc.string(),
    name: fc.string({ unit: 'grapheme' }),
    quantity: fc.integer({ min: 1, max: 99 }),
    unitPriceCents: fc.nat(1_000_000),
  });
  const anyExtras = fc.record({ shippingCents: fc.nat(1e5), taxCents: fc.nat(1e5), discountCents: fc.nat(1e5) });

  test('of any order keeps the sum rule, with either sign, and every letter of every name', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), anyExtras, fc.constantFrom(-1, 1), (lines, given, sign) => {
        const total =
          lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0) +
          (given.shippingCents + given.taxCents - given.discountCents);
        fc.pre(total > 0);
        const body = renewal({ lines, extras: given }, sign);
        expect(body.total_amount).toBe(total);
        expect(sumRuleHolds(body, sign)).toBe(true);
        expect(sumRuleHolds({ ...body, total_amount: total + 1 }, sign)).toBe(false);
        expect(body.order_items).toEqual(orderItems(lines));
        expect(body.order_items.map((item: { name: string }) => item.name)).toEqual(lines.map(({ name }) => name));
      }),
    );
  });
});

describe('the sum rule', () => {
  const truemedsExample = {
    total_amount: 100_000,
    amount_details: { total_additional_charges: 42_500 },
    order_items: [
      {
        name: 'Item A',
        sku: 'A',
        quantity: 3,
        price: 5500,
        amount_details: { total_additional_charges: 4500, total_discounts: -1000 },
      },
      { name: 'Item B', sku: 'B', quantity: 2, price: 15_000 },
      { name: 'Item C', sku: 'C', quantity: 4, price: 2000, amount_details: { total_discounts: -500 } },
    ],
  };
  type Body = Parameters<typeof sumRuleHolds>[0];
  const body = (change: Partial<Body>): Body => ({
    total_amount: 4830,
    amount_details: { total_additional_charges: 830, total_discounts: -900 },
    order_items: [{ quantity: 1, price: 4900 }],
    ...change,
  });
  const oneItem = (price: number, quantity = 1) => [{ quantity, price }];

  test("holds for the example of Truemed's guide, item by item and for the order", () => {
    expect(sumRuleHolds(truemedsExample, -1)).toBe(true);
    expect(sumRuleHolds({ ...truemedsExample, total_amount: 99_999 }, -1)).toBe(false);
  });

  test.each<[string, Body, number, boolean]>([
    ['a discount below zero, added', body({}), -1, true],
    [
      'a discount above zero, added',
      body({ amount_details: { total_additional_charges: 830, total_discounts: 900 } }),
      -1,
      false,
    ],
    [
      'a discount above zero, subtracted',
      body({ amount_details: { total_additional_charges: 830, total_discounts: 900 } }),
      1,
      true,
    ],
    ['a discount below zero, subtracted', body({}), 1, false],
    ['a cent too much', body({ total_amount: 4831 }), -1, false],
    ['a cent too little', body({ total_amount: 4829 }), -1, false],
    ['a total of nothing', body({ total_amount: 0, order_items: oneItem(70) }), -1, false],
    ['a total below zero', body({ total_amount: -70, order_items: oneItem(0) }), -1, false],
    ['half a cent', body({ total_amount: 4830.5, order_items: oneItem(4900.5) }), -1, false],
    ['half a cent, twice', body({ total_amount: 31, order_items: oneItem(50.5, 2) }), -1, false],
    ['no number', body({ total_amount: Number.NaN }), -1, false],
  ])('%s', (_, given, sign, holds) => {
    expect(sumRuleHolds(given, sign)).toBe(holds);
  });
});
