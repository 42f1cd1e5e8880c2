import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Extras, lineTotal, orderTotal } from './amounts';

const none: Extras = { shippingCents: 0, taxCents: 0, discountCents: 0 };

describe('an order', () => {
  test.each<[string, [number, number][], Partial<Extras>, number]>([
    ['one piece', [[1, 4900]], {}, 4900],
    ['three pieces', [[3, 5500]], {}, 16_500],
    ['shipping and tax are added', [[1, 4900]], { shippingCents: 500, taxCents: 330 }, 5730],
    ['the discount is taken off', [[1, 4900]], { shippingCents: 500, taxCents: 330, discountCents: 900 }, 4830],
    [
      "Truemed's example of three items",
      [
        [3, 5500],
        [2, 15_000],
        [4, 2000],
      ],
      { shippingCents: 27_500, taxCents: 19_500, discountCents: 1500 },
      100_000,
    ],
    ['a trial: the discount takes everything off', [[1, 4900]], { discountCents: 4900 }, 0],
    ['a line without a price', [[2, 0]], {}, 0],
    ['no line', [], { shippingCents: 500 }, 500],
  ])('%s', (_, lines, extras, total) => {
    const order = lines.map(([quantity, unitPriceCents]) => ({ quantity, unitPriceCents }));
    expect(orderTotal(order, { ...none, ...extras })).toBe(total);
  });

  test('costs what its lines cost, one by one, and the extras', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 1000 }), unitPriceCents: fc.nat(10_000_000) });
    const extras = fc.record({ shippingCents: fc.nat(1e6), taxCents: fc.nat(1e6), discountCents: fc.nat(1e6) });
    fc.assert(
      fc.property(fc.array(line), extras, (lines, given) => {
        let total = given.shippingCents + given.taxCents - given.discountCents;
        for (const { quantity, unitPriceCents } of lines) {
          for (let piece = 0; piece < quantity; piece += 1) total += unitPriceCents;
        }
        expect(orderTotal(lines, given)).toBe(total);
      }),
      { numRuns: 50 },
    );
  });
});

describe('is refused', () => {
  test('a line too dear to be exact', () => {
    expect(() => lineTotal({ quantity: 3, unitPriceCents: Number.MAX_SAFE_INTEGER })).toThrow(RangeError);
  });

  test.each<[string, { quantity: number; unitPriceCents: number }]>([
    ['a price with half a cent', { quantity: 1, unitPriceCents: 50.5 }],
    ['a price with half a cent, twice', { quantity: 2, unitPriceCents: 50.5 }],
    ['half a piece', { quantity: 0.5, unitPriceCents: 100 }],
    ['no number', { quantity: Number.NaN, unitPriceCents: 100 }],
  ])('%s', (_, line) => {
    expect(() => lineTotal(line)).toThrow(RangeError);
  });

  test.each<[string, Partial<Extras>]>([
    ['half a cent of tax', { taxCents: 0.5 }],
    ['half a cent of tax and half a cent of shipping', { taxCents: 0.5, shippingCents: 0.5 }],
  ])('%s', (_, extras) => {
    expect(() => orderTotal([{ quantity: 1, unitPriceCents: 100 }], { ...none, ...extras })).toThrow(RangeError);
  });
});
