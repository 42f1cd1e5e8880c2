import { z } from 'zod';
import { SESSION_STATUSES, type SessionStatus } from './schemas';

/**
 * Payment sessions on the wire (truemed-api.md section 3). Amounts are cents. Of the detail view only the status, the total
 * and what was captured must have their shape, because charges are decided by them; whatever else has not is not told.
 */

const text = z.string().nullish().catch(null);
const decisiveCents = z.number().int().nullish();
const cents = decisiveCents.catch(null);
const count = z.number().nullish().catch(null);

/** A line of a session as Truemed gives it back, with what can still be captured or refunded of it (sections 3.3 and 7.6). */
export const SessionItem = z.looseObject({
  item_id: text,
  name: text,
  sku: text,
  quantity: count,
  price: cents,
  total_refundable: cents,
  quantity_refundable: count,
  total_capturable: cents,
  quantity_capturable: count,
});

/** One refund in a session's detail view; its fields are ASSUMED. */
export const SessionRefund = z.looseObject({
  refund_id: text,
  id: text,
  amount: cents,
  reason: text,
  created_at: text,
});

/** A session in the detail view and in the list (sections 3.2 and 3.3). */
export const SessionDetailReply = z.looseObject({
  id: text,
  status: z.string(),
  status_summary: text,
  kind: text,
  created_at: text,
  authorized_on: text,
  captured_on: text,
  authorization_expires_at: text,
  customer_email: text,
  customer_name: text,
  total_amount: decisiveCents,
  authorize_amount: cents,
  capture_amount: decisiveCents,
  refund_amount: cents,
  total_refundable: cents,
  total_capturable: cents,
  truemed_fee: z.number().nullish().catch(null),
  metadata: z.string().nullish(),
  payment_token: text,
  order_items: z.array(SessionItem).nullish().catch(null),
  refunds: z.array(SessionRefund).nullish().catch(null),
});

/** 200 of create payment session where the customer is present (section 3.1): without an address there is nowhere to go. */
export const CheckoutReply = z.looseObject({
  id: z.string().min(1),
  redirect_url: z.string().min(1),
  payment_token: text,
  next_action: text,
  message: text,
  authorization_expires_at: text,
});

/** 200 of capture and of void: the id of that act (sections 3.4 and 3.5). */
export const ActReply = z.looseObject({ id: z.string().min(1) });

/** 200 of create refund (section 3.7). */
export const RefundReply = z.looseObject({ refund_id: z.string().min(1) });

/** Reads a session's status: one of section 3.2, in either spelling of "cancelled", or `unknown`, which is never a reason to fulfil. */
export function readSessionStatus(word: string): SessionStatus | 'unknown' {
  const status = word === 'cancelled' ? 'canceled' : word;
  return SESSION_STATUSES.find((known) => known === status) ?? 'unknown';
}
