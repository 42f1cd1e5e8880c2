import { cents } from './money';

/** `fixed`: cents off an order. `percent`: basis points of its goods, without shipping and tax. */
export const DISCOUNT_KINDS = ['fixed', 'percent'] as const;
export type DiscountKind = (typeof DISCOUNT_KINDS)[number];

/** For one order, for a number of orders, or for every order. */
export const DISCOUNT_DURATIONS = ['once', 'periods', 'forever'] as const;
export type DiscountDuration = (typeof DISCOUNT_DURATIONS)[number];

/** What a discount takes off an order. */
export type DiscountTerms = { kind: 'fixed'; amountCents: number } | { kind: 'percent'; basisPoints: number };

/** How long a discount lasts. */
export type DiscountTime = { duration: 'once' | 'forever' } | { duration: 'periods'; periods: number };

const WHOLE = 10_000n;

/** For how many orders a discount is given; null for every order. */
export function periodsOf(time: DiscountTime): number | null {
  if (time.duration === 'periods') return time.periods;
  return time.duration === 'once' ? 1 : null;
}

/**
 * What a discount takes off goods of this worth, where `leftCents` is what earlier discounts have left of them. A percentage
 * is of all the goods, whatever was taken off before, rounded half up to the cent. Never more than is left, never below 0.
 */
export function discountOf(terms: DiscountTerms, goodsCents: number, leftCents: number): number {
  const wanted = terms.kind === 'fixed' ? cents(terms.amountCents) : percentOf(terms.basisPoints, goodsCents);
  return Math.max(0, Math.min(wanted, leftCents));
}

/** Basis points of an amount that is not negative, rounded half up to the cent. Exact for every safe integer. */
export function percentOf(basisPoints: number, amountCents: number): number {
  return Number((BigInt(cents(amountCents)) * BigInt(basisPoints) + WHOLE / 2n) / WHOLE);
}
