import type { z } from 'zod';
import type { SessionStatus } from './schemas';
import { readSessionStatus, type SessionDetailReply } from './session-schemas';

/** A payment session as far as charges rely on it; `status` is an open word (truemed-api.md section 3.2). */
export interface SessionState {
  status: string;
  metadata: string | null;
  totalCents: number | null;
}

/** All that is known of a payment session (sections 3.2 and 3.3). Amounts are cents, instants ISO 8601 as Truemed wrote them. */
export interface SessionDetails extends SessionState {
  id: string | null;
  /** `status` in the words of section 3.2; `unknown` is never a reason to fulfil. */
  knownStatus: SessionStatus | 'unknown';
  /** An open word such as `Partially Refunded`. */
  statusSummary: string | null;
  kind: string | null;
  createdAt: string | null;
  authorizedOn: string | null;
  capturedOn: string | null;
  /** The last moment at which a hold can be captured. */
  authorizationExpiresAt: string | null;
  customerEmail: string | null;
  customerName: string | null;
  authorizedCents: number | null;
  capturedCents: number | null;
  /** Told by the list where `summarizeRefunds` asks for it. */
  refundedCents: number | null;
  refundableCents: number | null;
  capturableCents: number | null;
  /** Cents or dollars: not known (section 3.2). */
  truemedFee: number | null;
  paymentToken: string | null;
  items: SessionLine[];
  refunds: { refundId: string | null; amountCents: number | null; reason: string | null; createdAt: string | null }[];
}

/** A line of a session; `price` is cents for one unit, the other amounts are for the whole line. */
export interface SessionLine {
  itemId: string | null;
  name: string | null;
  sku: string | null;
  quantity: number | null;
  priceCents: number | null;
  refundableCents: number | null;
  refundableQuantity: number | null;
  capturableCents: number | null;
  capturableQuantity: number | null;
}

/** Reads a session of the detail view or of the list; what is not told is null. */
export function readSessionDetails(reply: z.infer<typeof SessionDetailReply>): SessionDetails {
  return {
    status: reply.status,
    metadata: reply.metadata ?? null,
    totalCents: reply.total_amount ?? null,
    id: reply.id ?? null,
    knownStatus: readSessionStatus(reply.status),
    statusSummary: reply.status_summary ?? null,
    kind: reply.kind ?? null,
    createdAt: reply.created_at ?? null,
    authorizedOn: reply.authorized_on ?? null,
    capturedOn: reply.captured_on ?? null,
    authorizationExpiresAt: reply.authorization_expires_at ?? null,
    customerEmail: reply.customer_email ?? null,
    customerName: reply.customer_name ?? null,
    authorizedCents: reply.authorize_amount ?? null,
    capturedCents: reply.capture_amount ?? null,
    refundedCents: reply.refund_amount ?? null,
    refundableCents: reply.total_refundable ?? null,
    capturableCents: reply.total_capturable ?? null,
    truemedFee: reply.truemed_fee ?? null,
    paymentToken: reply.payment_token ?? null,
    items: (reply.order_items ?? []).map((item) => ({
      itemId: item.item_id ?? null,
      name: item.name ?? null,
      sku: item.sku ?? null,
      quantity: item.quantity ?? null,
      priceCents: item.price ?? null,
      refundableCents: item.total_refundable ?? null,
      refundableQuantity: item.quantity_refundable ?? null,
      capturableCents: item.total_capturable ?? null,
      capturableQuantity: item.quantity_capturable ?? null,
    })),
    refunds: (reply.refunds ?? []).map((refund) => ({
      refundId: refund.refund_id ?? refund.id ?? null,
      amountCents: refund.amount ?? null,
      reason: refund.reason ?? null,
      createdAt: refund.created_at ?? null,
    })),
  };
}
