import { type Extras, type Line, orderTotal } from '@/lib/core/amounts';
import type { LocalDate } from '@/lib/core/calendar';
import type { RefundReason } from '@/lib/core/refund';
import { amountDetails, type BodyCustomer, type BodyFrame, encode, orderItems, sumRuleHolds } from './bodies';

/** What kind of checkout a customer is sent to (sections 5.2, 5.3 and 5.7). Holds and tokens exclude each other. */
export type CheckoutKind =
  | { kind: 'payment' }
  /** Asks for a token beside the payment. */
  | { kind: 'subscription' }
  /** Costs nothing now, and tells of the first bill. */
  | { kind: 'trial'; nextBill: { totalCents: number; date: LocalDate } }
  /** A hold, to be captured or voided. */
  | { kind: 'authorization' };

/**
 * The bytes of create payment session with the customer present (section 3.1). Throws where the sum rule of section 6 does
 * not hold, where a trial costs something, and where anything else costs nothing.
 */
export function checkoutBytes(
  customer: BodyCustomer,
  order: { lines: readonly Line[]; extras: Extras },
  checkout: CheckoutKind,
  frame: BodyFrame,
  options: { discountSign: number; embedded: boolean },
): Uint8Array {
  const isTrial = checkout.kind === 'trial';
  const tokenize = isTrial || checkout.kind === 'subscription';
  const body = {
    total_amount: orderTotal(order.lines, order.extras),
    amount_details: amountDetails(order.extras, options.discountSign),
    order_items: orderItems(order.lines),
    customer_email: customer.email,
    customer_name: customer.name,
    ...(customer.state === null ? {} : { customer_state: customer.state }),
    success_url: frame.successUrl,
    failure_url: frame.failureUrl,
    idempotency_key: frame.idempotencyKey,
    metadata: frame.metadata,
    kind: checkout.kind === 'authorization' ? 'authorization' : 'one_time_payment',
    tokenize,
    ...(isTrial
      ? { display_next_bill_info: { total_amount: checkout.nextBill.totalCents, date: checkout.nextBill.date } }
      : {}),
    use_iframe: options.embedded,
  };
  if (!sumRuleHolds(body, options.discountSign, isTrial))
    throw new Error('A checkout body breaks the sum rule of truemed-api.md section 6.');
  return encode(body);
}

/** The bytes of capture (section 3.4): integer cents, at most what is held. Throws for anything else than a positive integer. */
export function captureBytes(totalCents: number, idempotencyKey: string): Uint8Array {
  return encode({ total_amount: positive(totalCents), idempotency_key: idempotencyKey });
}

/** The bytes of void (section 3.5). */
export function voidBytes(idempotencyKey: string): Uint8Array {
  return encode({ idempotency_key: idempotencyKey });
}

/** Pieces of one of Truemed's items that a refund gives back; cents for all of them. */
export interface RefundedItem {
  itemId: string;
  quantity: number;
  amountCents: number;
}

/** The bytes of create refund (section 3.7): integer cents of one session, at most what is left of it. Throws as `captureBytes` does. */
export function refundBytes(
  refund: { sessionId: string; amountCents: number; reason: RefundReason; items?: readonly RefundedItem[] },
  idempotencyKey: string,
): Uint8Array {
  return encode({
    payment_id: refund.sessionId,
    amount: positive(refund.amountCents),
    idempotency_key: idempotencyKey,
    reason: refund.reason,
    ...(refund.items === undefined || refund.items.length === 0
      ? {}
      : {
          item_details: refund.items.map(({ itemId, quantity, amountCents }) => ({
            item_id: itemId,
            quantity,
            amount: positive(amountCents),
          })),
        }),
  });
}

function positive(cents: number): number {
  if (!Number.isSafeInteger(cents) || cents <= 0) throw new Error('An amount is a positive whole number of cents.');
  return cents;
}
