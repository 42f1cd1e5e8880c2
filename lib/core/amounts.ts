import { type Cents, cents, sumCents } from './money';

/** One line of a subscription or an invoice; `unitPriceCents` for one piece. */
export interface Line {
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

/** What is added to and taken off the lines of one order, each >= 0; the discount is subtracted. */
export interface Extras {
  shippingCents: number;
  taxCents: number;
  discountCents: number;
}

/** quantity x unit price of a line. Throws on half a piece or half a cent. */
export function lineTotal(line: Pick<Line, 'quantity' | 'unitPriceCents'>): Cents {
  if (!Number.isSafeInteger(line.quantity)) throw new RangeError(`Not a number of pieces: ${line.quantity}`);
  return cents(line.quantity * cents(line.unitPriceCents));
}

/** What one period costs: lines + shipping + tax - discount. Throws where a part or the sum is no safe integer. */
export function orderTotal(lines: readonly Pick<Line, 'quantity' | 'unitPriceCents'>[], extras: Extras): Cents {
  return sumCents([...lines.map(lineTotal), extras.shippingCents, extras.taxCents, -extras.discountCents]);
}
