import { type Extras, type Line, orderTotal } from '@/lib/core/amounts';
import type { CreatePaymentTokenBody, OrderItem, RenewalSessionBody, UpdatePaymentTokenBody } from './schemas';

/** Who a body is about, as Truemed wants it. */
export interface BodyCustomer {
  email: string;
  name: string;
  state: string | null;
}

/** Where Truemed sends the customer back to, our opaque reference, and the key of the call. */
export interface BodyFrame {
  successUrl: string;
  failureUrl: string;
  idempotencyKey: string;
  /** Echoed back to us: an id of ours and nothing else. */
  metadata: string;
}

/** Lines as `order_items`; `price` is for one unit, in cents. */
export function orderItems(lines: readonly Line[]): OrderItem[] {
  return lines.map(({ name, sku, quantity, unitPriceCents }) => ({ name, sku, quantity, price: unitPriceCents }));
}

/** The lines that a stored body of create or update payment token names. */
export function namedLines(body: Uint8Array): Line[] {
  const { order_items }: Pick<UpdatePaymentTokenBody, 'order_items'> = JSON.parse(`${body}`);
  return order_items.map(({ name, sku, quantity, price }) => ({ name, sku, quantity, unitPriceCents: price }));
}

/** The bytes of create payment token (truemed-api.md section 4.1). */
export function createTokenBytes(
  customer: BodyCustomer,
  lines: readonly Line[],
  frame: BodyFrame,
  embedded: boolean,
): Uint8Array {
  const body: CreatePaymentTokenBody = {
    customer_email: customer.email,
    customer_name: customer.name,
    ...(customer.state === null ? {} : { customer_state: customer.state }),
    ...tokenFields(lines, frame, embedded),
  };
  return encode(body);
}

/** The bytes of update payment token (section 4.5): the items of all subscriptions on the token. */
export function updateTokenBytes(
  lines: readonly Line[],
  updateCard: boolean,
  frame: BodyFrame,
  embedded: boolean,
): Uint8Array {
  const body: UpdatePaymentTokenBody = { update_card_info: updateCard, ...tokenFields(lines, frame, embedded) };
  return encode(body);
}

/**
 * The bytes of an unattended charge (section 5.4). Throws where the sum rule of section 6 does not hold: a body that
 * Truemed would refuse is never stored or sent.
 */
export function renewalBytes(
  customer: BodyCustomer,
  order: { lines: readonly Line[]; extras: Extras },
  paymentToken: string,
  frame: BodyFrame,
  discountSign: number,
): Uint8Array {
  const body: RenewalSessionBody = {
    total_amount: orderTotal(order.lines, order.extras),
    amount_details: amountDetails(order.extras, discountSign),
    order_items: orderItems(order.lines),
    customer_email: customer.email,
    customer_name: customer.name,
    ...(customer.state === null ? {} : { customer_state: customer.state }),
    success_url: frame.successUrl,
    failure_url: frame.failureUrl,
    idempotency_key: frame.idempotencyKey,
    metadata: frame.metadata,
    payment_token: paymentToken,
  };
  if (!sumRuleHolds(body, discountSign))
    throw new Error('A renewal body breaks the sum rule of truemed-api.md section 6.');
  return encode(body);
}

/**
 * The sum rule (section 6): the total equals charges, discounts and lines, all integers, and is above 0; only a trial costs
 * nothing (C8). Discounts count with the sign that the provider gives them: -1, the default, means that they are negative
 * numbers and are added.
 */
export function sumRuleHolds(body: SummedBody, discountSign: number, isTrial = false): boolean {
  const parts = (details: Details | null | undefined) => [
    details?.total_additional_charges ?? 0,
    -discountSign * (details?.total_discounts ?? 0),
  ];
  const all = [
    ...parts(body.amount_details),
    ...body.order_items.flatMap((item) => [item.quantity * item.price, ...parts(item.amount_details)]),
  ];
  const counts = body.order_items.flatMap(({ quantity, price }) => [quantity, price]);
  const sum = all.reduce((total, amount) => total + amount, 0);
  const isWhole = [...all, ...counts, body.total_amount, sum].every(Number.isSafeInteger);
  return isWhole && body.total_amount === sum && (isTrial ? sum === 0 : sum > 0);
}

/** Charges and discounts of an order or a line; a missing number counts as 0. */
type Details = { total_additional_charges?: number | null | undefined; total_discounts?: number | null | undefined };

/** What the sum rule looks at. */
interface SummedBody {
  total_amount: number;
  amount_details: Details;
  order_items: readonly {
    name?: string;
    quantity: number;
    price: number;
    amount_details?: Details | null | undefined;
  }[];
}

/** Charges and discounts of an order, the latter with the provider's sign (section 6). */
export function amountDetails(extras: Extras, discountSign: number): RenewalSessionBody['amount_details'] {
  return {
    total_additional_charges: extras.shippingCents + extras.taxCents,
    total_discounts: extras.discountCents === 0 ? 0 : discountSign * extras.discountCents,
  };
}

function tokenFields(lines: readonly Line[], frame: BodyFrame, embedded: boolean) {
  return {
    order_items: orderItems(lines),
    success_url: frame.successUrl,
    failure_url: frame.failureUrl,
    idempotency_key: frame.idempotencyKey,
    metadata: frame.metadata,
    use_iframe: embedded,
  };
}

/** A body as the bytes that are stored and sent. */
export function encode(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}
