import { z } from 'zod';
import type { OrderItem } from '@/lib/truemed/schemas';

/** A named charge or discount in a detail list (ASSUMED, section 6). */
const DetailList = z.array(z.looseObject({ name: z.string(), amount: z.number().int() })).nullish();

/** `amount_details` of an order or of one of its lines (section 6). */
export const AmountDetails = z.looseObject({
  total_additional_charges: z.number().int().nullish(),
  total_discounts: z.number().int().nullish(),
  additional_charges_details: DetailList,
  discounts_details: DetailList,
});
export type AmountDetails = z.infer<typeof AmountDetails>;

interface Order {
  total_amount: number;
  amount_details: AmountDetails | null;
  order_items: readonly OrderItem[];
}

interface ItemisedOrder extends Order {
  order_items: readonly (OrderItem & { amount_details?: AmountDetails | null | undefined })[];
}

/** The total that section 6 gives, in cents. A missing number counts as 0; what an item adds is for the line, not the unit. */
export function expectedTotal(order: Pick<Order, 'amount_details' | 'order_items'>, discountSign: 1 | -1): number {
  const extras = [order.amount_details, ...order.order_items.map((item) => item.amount_details)];
  const lines = order.order_items.reduce((sum, item) => sum + item.quantity * item.price, 0);
  return extras.reduce((sum, details) => {
    // A sign of -1 means that the wire already carries it: the literal sum of the documents.
    const discounts = (details?.total_discounts ?? 0) * -discountSign;
    return sum + (details?.total_additional_charges ?? 0) + discounts;
  }, lines);
}

/** Why a total is refused with `TotalAmountInvalid`, or null where it is right. `trial` allows 0 (section 13, C8). */
export function explainWrongTotal(
  order: ItemisedOrder,
  options: { discountSign: 1 | -1; trial: boolean },
): string | null {
  if (order.total_amount < 0) return 'total_amount must not be negative.';
  if (order.total_amount === 0 && !options.trial) return 'total_amount must not be 0 outside a free trial.';
  for (const details of [order.amount_details, ...order.order_items.map((item) => item.amount_details)]) {
    const wrong = explainWrongDetails(details);
    if (wrong !== null) return wrong;
  }
  const expected = expectedTotal(order, options.discountSign);
  if (order.total_amount === expected) return null;
  return `total_amount is ${order.total_amount}, but items, charges and discounts add up to ${expected}.`;
}

/** Where a detail list is given, it must add up to the total beside it (ASSUMED, section 6). */
function explainWrongDetails(details: AmountDetails | null | undefined): string | null {
  const pairs = [
    ['additional_charges_details', details?.additional_charges_details, details?.total_additional_charges],
    ['discounts_details', details?.discounts_details, details?.total_discounts],
  ] as const;
  for (const [name, list, total] of pairs) {
    const sum = list?.reduce((running, element) => running + element.amount, 0) ?? null;
    if (sum !== null && sum !== (total ?? 0)) return `${name} adds up to ${sum}, but its total is ${total ?? 0}.`;
  }
  return null;
}
