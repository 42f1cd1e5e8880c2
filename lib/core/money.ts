/** US dollars in integer cents: the only form in which money exists here. */
export type Cents = number & { readonly __brand: 'Cents' };

/** One currency; the column beside each amount makes the assumption visible. */
export const CURRENCY = 'USD';

/** Takes a number as cents. Throws on anything that is not a safe integer: a fraction of a cent is a bug. */
export function cents(value: number): Cents {
  if (!Number.isSafeInteger(value)) throw new RangeError(`Not an amount in cents: ${value}`);
  return value as Cents;
}

/** The sum of amounts; 0 for none. Throws where a part or the sum is no safe integer. */
export function sumCents(amounts: readonly number[]): Cents {
  return cents(amounts.reduce<number>((sum, amount) => sum + cents(amount), 0));
}

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: CURRENCY });

/** `218450` as `$2,184.50`. */
export function formatCents(amount: number): string {
  return DOLLARS.format(amount / 100);
}
