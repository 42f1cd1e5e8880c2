import { z } from 'zod';
import type { NextAction } from '@/lib/core/charge';

/**
 * Truemed's words on the wire, and nowhere else. Replies are read leniently: extra fields pass, enumerations are open,
 * but a field that we rely on must have its shape. Section numbers are those of truemed-api.md.
 */

/** Paths by operation (section 2). `{}` stands for the id, which is URL-encoded. */
export const TRUEMED_PATHS = {
  createPaymentSession: '/payments/v1/create_payment_session',
  retrievePaymentSession: '/payments/v1/payment_session/{}',
  listPaymentSessions: '/payments/v1/payment_sessions',
  capturePaymentSession: '/payments/v1/payment_session/{}/capture',
  voidPaymentSession: '/payments/v1/payment_session/{}/void',
  cancelPaymentSession: '/payments/v1/payment_session/{}/cancel',
  createRefund: '/payments/v1/refund',
  createPaymentToken: '/api/v1/payment_tokens/create',
  retrievePaymentToken: '/api/v1/payment_tokens/{}',
  listPaymentTokens: '/api/v1/payment_tokens',
  updatePaymentToken: '/api/v1/payment_tokens/{}/update',
  deletePaymentToken: '/api/v1/payment_tokens/{}/delete',
  retrieveProvisionRequest: '/api/v1/payment_tokens/provision_request/{}',
  retrieveQualificationSession: '/api/v1/qualification_session/{}',
  listQualificationSessions: '/api/v1/qualification_sessions',
  updateQualificationSession: '/api/v1/qualification_session/{}/update',
  listCatalogItems: '/api/v1/product_catalog/items/list',
  createCatalogItem: '/api/v1/product_catalog/items/create',
  updateCatalogItem: '/api/v1/product_catalog/items/update',
  retrieveCatalogItem: '/api/v1/product_catalog/items/detail',
  setCheckoutMethod: '/api/v1/product_catalog/truemed_checkout_method',
  listReconciliationTransactions: '/api/v1/reconciliation/transactions',
  listReconciliationPayouts: '/api/v1/reconciliation/payouts',
} as const;

/** Statuses of a payment session (section 3.2). */
export const SESSION_STATUSES = [
  'pending',
  'processing',
  'captured',
  'rejected',
  'canceled',
  'authorized',
  'authorization_voided',
  'authorization_expired',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** `error` codes of create payment session (section 3.1). */
export const SESSION_ERRORS = [
  'MissingRequiredParameter',
  'InvalidRequestParameter',
  'TotalAmountInvalid',
  'OrderItemsInvalid',
  'IdempotencyViolation',
  'ServerError',
  'SessionPending',
  'TokenizeNotSupported',
  'FeatureNotEnabled',
] as const;

/** `error` codes of create payment token (section 4.1). */
export const TOKEN_ERRORS = [
  'MissingField',
  'ValidationError',
  'IdempotencyViolation',
  'WaitingForVerification',
  'ServerError',
] as const;

const optionalText = z.string().nullish();
/** Printable ASCII: a NUL or half a character could not be stored, and would fail the deliveries stored beside it. */
const storableWord = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** Item- and order-level charges and discounts, in cents; a missing number counts as 0 (section 6). */
export const AmountDetails = z.looseObject({
  total_additional_charges: z.number().int().nullish(),
  total_discounts: z.number().int().nullish(),
});

/** One line of an order; `price` is cents for one unit (section 3.1). */
export const OrderItem = z.looseObject({
  name: z.string(),
  sku: z.string(),
  quantity: z.number().int(),
  price: z.number().int(),
  amount_details: AmountDetails.nullish(),
});
export type OrderItem = z.infer<typeof OrderItem>;

/** The body of create payment token (section 4.1). */
export interface CreatePaymentTokenBody {
  customer_email: string;
  customer_name: string;
  customer_state?: string;
  order_items: OrderItem[];
  success_url: string;
  failure_url: string;
  idempotency_key: string;
  metadata: string;
  use_iframe: boolean;
}

/** The body of update payment token (section 4.5; the fields beside `order_items` and `update_card_info` are ASSUMED). */
export interface UpdatePaymentTokenBody {
  order_items: OrderItem[];
  update_card_info: boolean;
  success_url: string;
  failure_url: string;
  idempotency_key: string;
  metadata: string;
  use_iframe: boolean;
}

/** The body of an unattended create payment session (sections 3.1 and 5.4). */
export interface RenewalSessionBody {
  total_amount: number;
  amount_details: { total_additional_charges: number; total_discounts: number };
  order_items: OrderItem[];
  customer_email: string;
  customer_name: string;
  customer_state?: string;
  success_url: string;
  failure_url: string;
  idempotency_key: string;
  metadata: string;
  payment_token: string;
}

/** Every 400, and by assumption every other error (section 1.1). */
export const ErrorReply = z.looseObject({ error: z.string(), message: z.string().catch('') });

export const CreatePaymentTokenReply = z.looseObject({
  provision_token_request_id: z.string().min(1),
  redirect_url: z.string().min(1),
});

export const UpdatePaymentTokenReply = z.looseObject({
  provision_token_request_id: optionalText,
  next_action: optionalText,
  redirect_url: optionalText,
});

export const ProvisionRequestReply = z.looseObject({ payment_token: optionalText, metadata: optionalText });

export const CreateSessionReply = z.looseObject({
  id: z.string().min(1),
  redirect_url: optionalText,
  next_action: optionalText,
});

/** 422 of create payment session (section 3.1); `id` of the failed session is ASSUMED and may be missing. */
export const ActionRequiredReply = z.looseObject({
  next_action: z.string(),
  redirect_url: z.string(),
  id: optionalText,
});

/** 200 of cancel (section 3.6; ASSUMED). */
export const CancelReply = z.looseObject({ status: z.string() });

/** A stored card; inner fields are ASSUMED (section 4.3), so each may be missing. */
export const PaymentMethod = z.looseObject({
  last4: optionalText.catch(null),
  exp_month: z.coerce.number().int().nullish().catch(null),
  exp_year: z.coerce.number().int().nullish().catch(null),
  brand: optionalText.catch(null),
  type: optionalText.catch(null),
});

export const PaymentTokenReply = z.looseObject({
  payment_token: z.string().min(1),
  created_at: optionalText,
  customer_email: optionalText,
  customer_name: optionalText,
  lmn_expires_at: optionalText,
  payment_methods: z.array(PaymentMethod).nullish(),
});

export const PaymentTokenListReply = z.looseObject({
  payment_tokens: z.array(PaymentTokenReply),
  pagination: z
    .looseObject({ count: z.number().nullish(), current_page: z.number().nullish(), last_page: z.number().nullish() })
    .nullish(),
});

/** The signed envelope (section 7.5). */
export const WebhookEnvelope = z.looseObject({
  webhook_delivery_id: storableWord,
  event_type: storableWord,
  data: z.looseObject({}),
});

/** `data` of a session event (section 7.6): the id has three possible names. */
export const SessionEventData = z.looseObject({
  payment_session_id: optionalText,
  payment_id: optionalText,
  id: optionalText,
  status: z.string(),
  metadata: optionalText,
});

/** `data` of a token event (section 7.7): one of three ids says where the token comes from. */
export const TokenEventData = z.looseObject({
  payment_token: z.string().min(1),
  provision_token_request_id: optionalText,
  failed_payment_session_id: optionalText,
  payment_session_id: optionalText,
  metadata: optionalText,
  lmn_expires_at: optionalText,
  expires_at: optionalText,
});

/** Reads `next_action` in all its spellings (sections 3.1, 4.5, C11); null where nothing is asked. */
export function readNextAction(word: string | null | undefined): NextAction | null {
  if (word === null || word === undefined || word === '' || word === 'None' || word === 'null') return null;
  if (word === 'UpdatePaymentMethod') return 'update_payment_method';
  if (word === 'TakeHealthSurvey' || word === 'HealthSurvey') return 'take_health_survey';
  return 'unknown';
}
