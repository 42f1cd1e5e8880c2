import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cents, formatCents, sumCents } from './money';

describe('an amount', () => {
  test.each([0, 1, -1, 218_450, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('%d cents is one', (value) => {
    expect(cents(value)).toBe(value);
  });

  test.each([0.5, 19.99, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])('%d is none', (value) => {
    expect(() => cents(value)).toThrow(RangeError);
  });
});

describe('a sum', () => {
  test.each<[number[], number]>([
    [[], 0],
    [[4900, 830, -900], 4830],
    [[-1, 1], 0],
  ])('of %j is %d', (amounts, sum) => {
    expect(sumCents(amounts)).toBe(sum);
  });

  test('does not depend on the order', () => {
    const amount = fc.integer({ min: -100_000_000, max: 100_000_000 });
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        expect(sumCents(amounts.toReversed())).toBe(sumCents(amounts));
      }),
    );
  });

  test('is refused where it is too large to be exact', () => {
    expect(() => sumCents([Number.MAX_SAFE_INTEGER, 1])).toThrow(RangeError);
  });

  test('of two half cents is no cent: each part is refused', () => {
    expect(() => sumCents([0.5, 0.5])).toThrow(RangeError);
  });
});

describe('an amount for people', () => {
  test.each([
    [0, '$0.00'],
    [5, '$0.05'],
    [4830, '$48.30'],
    [218_450, '$2,184.50'],
    [123_456_789, '$1,234,567.89'],
    [-900, '-$9.00'],
  ])('%d cents are written %s', (amount, text) => {
    expect(formatCents(amount)).toBe(text);
  });

  test('loses no cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (amount) => {
        expect(Number(formatCents(amount).replace(/[$,.]/g, ''))).toBe(amount);
      }),
    );
  });
});
