import { type Extras, type Line, lineTotal, orderTotal } from './amounts';
import { type DiscountTerms, discountOf } from './discount';
import type { Id } from './id';
import { sumCents } from './money';

/** A discount that a subscription has, in the order in which it was given. */
export type RunningDiscount = DiscountTerms & {
  id: Id<'subscriptionDiscount'>;
  name: string;
  /** Orders that it still takes something off; null for every order. */
  remainingPeriods: number | null;
};

/** A line of an order, and whether it comes with the next order only. */
export type OrderLine = Pick<Line, 'quantity' | 'unitPriceCents'> & { isOnce?: boolean };

/** What one order of a subscription is made of. The discount of `Extras` is the subscription's own, the same for every order. */
export interface OrderFacts<L extends OrderLine> extends Extras {
  lines: readonly L[];
  discounts: readonly RunningDiscount[];
}

/** What one order costs, and why. */
export interface InvoiceDraft<L> {
  lines: readonly L[];
  /** Shipping and tax as they are; all that is taken off as one discount. */
  extras: Extras;
  totalCents: number;
  /** What each running discount takes off this order; 0 where others have left nothing. */
  discounts: { id: Id<'subscriptionDiscount'>; name: string; amountCents: number }[];
}

/**
 * What an order of a subscription costs: the one function behind every amount that is shown and every invoice that is
 * planned. `ordersBefore` counts the orders that are billed before this one, which use up discounts and items for one order
 * only; 0 is the next.
 *
 * Lines + shipping + tax - discounts = total, in whole cents. The subscription's own discount counts as it was imported.
 * Running discounts come after it, one by one, and take no more than is left of the goods: shipping and tax are always paid.
 */
export function draftInvoice<L extends OrderLine>(order: OrderFacts<L>, ordersBefore = 0): InvoiceDraft<L> {
  const { shippingCents, taxCents } = order;
  const lines = ordersBefore === 0 ? order.lines : everyOrder(order.lines);
  const goodsCents = sumCents(lines.map(lineTotal));
  let discountCents = order.discountCents;
  const discounts = order.discounts
    .filter(({ remainingPeriods }) => remainingPeriods === null || remainingPeriods > ordersBefore)
    .map((discount) => {
      const amountCents = discountOf(discount, goodsCents, goodsCents - discountCents);
      discountCents += amountCents;
      return { id: discount.id, name: discount.name, amountCents };
    });
  const extras = { shippingCents, taxCents, discountCents };
  return { lines, extras, totalCents: orderTotal(lines, extras), discounts };
}

/** The lines that every order has. */
export function everyOrder<L extends OrderLine>(lines: readonly L[]): L[] {
  return lines.filter(({ isOnce }) => isOnce !== true);
}
