import type { Eligibility } from '@/lib/truemed/catalog-schemas';
import type { QualificationStatus } from '@/lib/truemed/qualification-schemas';
import type { OrderItem, SessionStatus } from '@/lib/truemed/schemas';

/**
 * What the sandbox keeps. Records are immutable and spelled as on the wire, so that the control API can show them as
 * they are. Instants are ISO 8601 in UTC, amounts are integer cents. Section numbers are those of truemed-api.md.
 */

/** A stored card; the full number is never kept. */
export interface Card {
  readonly type: 'hsa_fsa' | 'card';
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
}

/** A card with its part of an amount, in cents. */
export interface CardPayment extends Card {
  readonly amount: number;
}

/** What is scripted for a token, on top of what its card and letter say by themselves. */
export const TOKEN_HEALTHS = ['ok', 'needs_card', 'needs_survey', 'pending', 'deleted'] as const;
export type TokenHealth = (typeof TOKEN_HEALTHS)[number];

/** A payment token; an e-mail has at most one that is not deleted. */
export interface PaymentToken {
  readonly payment_token: string;
  /** Lower case. */
  readonly customer_email: string;
  readonly customer_name: string;
  readonly created_at: string;
  readonly health: TokenHealth;
  /** When the letter of medical necessity ends; null when there is none. */
  readonly lmn_expires_at: string | null;
  /** What the letter covers; null covers anything. */
  readonly covered_skus: readonly string[] | null;
  readonly payment_methods: readonly Card[];
}

/** What a customer is asked to do on hosted pages, in this order. */
export type HostedStep = 'survey' | 'card';

/**
 * Something that a customer is sent to a hosted page for. `provision` and `update` are provision token requests of the
 * API (sections 4.1 and 4.5), `repair` is the link of a 422 (section 3.1), `checkout` a session's own page.
 */
export interface HostedRequest {
  readonly id: string;
  readonly kind: 'provision' | 'update' | 'repair' | 'checkout';
  readonly status: 'open' | 'verifying' | 'completed' | 'rejected';
  readonly steps: readonly HostedStep[];
  /** Set once the survey is behind the customer: whether a clinician looks at it before the letter is issued. */
  readonly survey: 'qualified' | 'reviewed_later' | null;
  /** When the review is decided in the customer's favour by itself; null where it waits for a decision by hand. */
  readonly review_ends_at: string | null;
  /** The card that waits for the review. */
  readonly card: Card | null;
  /** An ordinary card beside an HSA/FSA card, with what it pays of a checkout; null where one card is all. */
  readonly second_card: CardPayment | null;
  readonly customer_email: string;
  readonly customer_name: string;
  readonly customer_state: string | null;
  readonly order_items: readonly OrderItem[];
  readonly success_url: string;
  readonly failure_url: string;
  readonly use_iframe: boolean;
  readonly metadata: string | null;
  /** The token that is updated or repaired; for a provision the one that came out of it. */
  readonly payment_token: string | null;
  readonly failed_payment_session_id: string | null;
  readonly created_at: string;
}

/** What becomes of an accepted session once its delay is over. */
export const SETTLEMENTS = ['captured', 'processing', 'rejected'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** A payment session (section 3). */
export interface PaymentSession {
  readonly id: string;
  readonly status: SessionStatus;
  readonly kind: 'one_time_payment' | 'authorization';
  readonly created_at: string;
  readonly idempotency_key: string;
  readonly customer_email: string;
  readonly customer_name: string;
  readonly total_amount: number;
  readonly amount_details: unknown;
  readonly order_items: readonly (OrderItem & { item_id: string })[];
  readonly metadata: string | null;
  readonly payment_token: string | null;
  readonly tokenize: boolean;
  /** What a free trial costs when it has ended, and the day; null where this is none. */
  readonly display_next_bill_info: { readonly total_amount: number; readonly date: string } | null;
  readonly customer_state: string | null;
  readonly use_iframe: boolean;
  readonly success_url: string;
  readonly failure_url: string;
  /** Why the charge was answered 422; null otherwise. */
  readonly next_action: string | null;
  /** Set while the outcome of an accepted charge is still to come. */
  readonly settles_as: Settlement | null;
  /** When it comes, on the sandbox's clock; null where it comes a moment later in real time (`captureDelayMs`). */
  readonly settles_at: string | null;
  readonly authorized_on: string | null;
  readonly captured_on: string | null;
  /** Cents that were taken; null before. */
  readonly capture_amount: number | null;
  /** Until when the cards carry the hold of a checkout; null where nothing is held. */
  readonly hold_expires_at: string | null;
  /** The cards that pay, each with its part of the total; none before there are any. */
  readonly payment_methods: readonly CardPayment[];
}

/** A qualification session (section 8): somebody finds out by a survey whether a letter can be issued. No answer is kept. */
export interface QualificationSession {
  readonly id: string;
  readonly status: QualificationStatus;
  readonly created_at: string;
  /** What the link said that it started from; `user_id` may be set once later. */
  readonly user_id: string | null;
  readonly source: string | null;
  /** The items that it is about; null for whatever the merchant sells. */
  readonly skus: readonly string[] | null;
  /** Lower case; null until the survey was taken. */
  readonly email: string | null;
  readonly name: string | null;
  readonly success_url: string | null;
  readonly failure_url: string | null;
  readonly metadata: string | null;
  /** When the review is decided by itself; null where there is none, or somebody decides it. */
  readonly review_ends_at: string | null;
  readonly lmn_reviewed_at: string | null;
  /** When the letter ends; null while there is none. */
  readonly expires_at: string | null;
}

/** An item of the merchant's catalog (section 8). */
export interface CatalogItem {
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
  readonly gtin: string | null;
  readonly image_urls: readonly string[];
  readonly url: string | null;
  readonly metadata: string | null;
  readonly product_id: string | null;
  /** Null until it was reviewed. */
  readonly eligibility: Eligibility | null;
  readonly created_at: string;
  readonly reviewed_at: string | null;
  /** When the review that is under way ends; null where none is. */
  readonly review_ends_at: string | null;
}

/** Money that was really taken: one row of the ledger, never changed. */
export interface Charge {
  readonly id: string;
  readonly session_id: string;
  readonly status: 'captured';
  readonly amount: number;
  readonly payment_token: string | null;
  readonly customer_email: string;
  readonly metadata: string | null;
  readonly idempotency_key: string;
  /** What Truemed keeps of it, in cents. */
  readonly truemed_fee: number;
  /** What each card paid. */
  readonly payment_methods: readonly CardPayment[];
  readonly at: string;
}

/** Why money is given back (section 3.7). */
export const REFUND_REASONS = ['customer_request', 'fraudulent', 'duplicate_payment'] as const;

/** What is given back of one line of an order (its fields are ASSUMED, section 3.7). */
export interface RefundItem {
  readonly item_id: string;
  readonly quantity: number;
  /** Cents. */
  readonly amount: number;
}

/** Money that was really given back: one row of the ledger, never changed. */
export interface Refund {
  readonly refund_id: string;
  readonly session_id: string;
  readonly amount: number;
  readonly reason: (typeof REFUND_REASONS)[number];
  readonly item_details: readonly RefundItem[];
  /** What Truemed gives back of its fee, in cents: half of the part for what is refunded (section 3.7). */
  readonly fee_returned: number;
  /** What each card got back. */
  readonly payment_methods: readonly CardPayment[];
  readonly customer_email: string;
  readonly idempotency_key: string;
  readonly at: string;
}

/** How a dispute stands. */
export const DISPUTE_STATES = ['opened', 'won', 'lost'] as const;

/** One step of a dispute: a row of the ledger, never changed; the last one of a session counts. */
export interface DisputeStep {
  readonly id: string;
  readonly session_id: string;
  readonly state: (typeof DISPUTE_STATES)[number];
  /** What is disputed, in cents: all that had not been refunded when it was opened. */
  readonly amount: number;
  readonly customer_email: string;
  readonly at: string;
}

/** Something that happened and that every endpoint is told about (section 7.4). */
export interface EmittedEvent {
  readonly id: string;
  /** Truemed's four, or any other that was fired by hand. */
  readonly event_type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whom it is about, lower case; null where nobody is known. */
  readonly customer_email: string | null;
  /** What it is about, in words that are the same in every run: the idempotency key of a session, the e-mail of a token. */
  readonly subject: string;
  readonly at: string;
}

/** One event on its way to one endpoint; its id is the `webhook_delivery_id` and depends on those two alone. */
export interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly endpoint_id: string;
  readonly url: string;
  /** `held` waits to be released, `failed` was given up after seven days, `dropped` was never sent or taken back. */
  readonly status: 'pending' | 'held' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: number;
  /** How often each attempt is sent; more than 1 where a fault duplicates it. */
  readonly copies: number;
  /** Whether it lets the next one to the same endpoint overtake it, and goes out after that. */
  readonly waits_for_next: boolean;
  /** What was done to it on purpose: `delay`, `duplicate` and the like, by whom it was asked for. */
  readonly fault: string | null;
  readonly next_attempt_at: string | null;
  readonly created_at: string;
}

/** One request to an endpoint and what came back: a status, or the reason why none came. */
export interface DeliveryAttempt {
  readonly id: string;
  readonly delivery_id: string;
  readonly number: number;
  readonly at: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly status: number | null;
  /** The first bytes of the answer's body. */
  readonly answer: string;
  readonly error: string | null;
  /** What was wrong with the request on purpose. */
  readonly fault: string | null;
  readonly ms: number;
}

/** One call of the API as it was answered; `status` is null where the socket was destroyed instead. Holds no API key. */
export interface CallSeen {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly idempotency_key: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly fault: string | null;
  readonly ms: number;
}

/** The first answer to an idempotency key, and the fingerprint of the body that it answered (section 1.2). */
export interface StoredAnswer {
  readonly scope: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
  /** On the sandbox's clock; where keys have a lifetime it begins here. */
  readonly at: string;
}

/** A message that arrived over SMTP. */
export interface Mail {
  readonly id: string;
  readonly from: string;
  /** Envelope recipients, lower case. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Links of the message in the order in which they appear, each once. */
  readonly links: readonly string[];
  readonly date: string;
}

/** What a fault does to a call of the API; api/faults.ts says what each one is. */
export const API_FAULTS = [
  'ServerError',
  '500',
  'sticky500',
  '429',
  'IdempotencyViolation',
  'forget_key',
  'hang',
  'drip',
  'reset_before',
  'reset_after',
  'malformed',
  'not_json',
  'extra_fields',
  'missing_fields',
  'foreign_redirect',
  'http_redirect',
  'javascript_redirect',
  'webhook_first',
] as const;

/** A scripted fault on the next `times` calls that match every given condition. */
export interface ApiFault {
  readonly id: string;
  readonly match: {
    readonly operation?: string | undefined;
    readonly path_prefix?: string | undefined;
    readonly idempotency_key?: string | undefined;
    readonly payment_token?: string | undefined;
    readonly email?: string | undefined;
    /** Matches where the call's metadata contains this text. */
    readonly metadata?: string | undefined;
  };
  readonly times: number;
  readonly fault: (typeof API_FAULTS)[number] | { readonly status: number; readonly body: unknown };
  /** How long `hang` holds the answer, and `drip` takes to send it, in real milliseconds. */
  readonly ms: number;
  /** Whether `hang` holds the call before it is carried out, or the answer after. */
  readonly when: 'before' | 'after';
  readonly retry_after_seconds: number;
  /** What `missing_fields` takes out; null takes out the first field. */
  readonly fields: readonly string[] | null;
}

/** What a fault does to a whole delivery. */
export const DELIVERY_FAULTS = ['drop', 'duplicate', 'delay', 'reorder', 'hold'] as const;
/** What a fault does to one attempt of a delivery; webhooks/request.ts says what each one is. */
export const ATTEMPT_FAULTS = [
  'fail',
  'unsigned',
  'wrong_signature',
  'stale',
  'original_timestamp',
  'corrupt',
  'truncate',
  'reencode',
  'oversized',
] as const;
export type AttemptFaultKind = (typeof ATTEMPT_FAULTS)[number];

/** A scripted fault on the next `times` deliveries, or attempts, that meet every condition that is not null. */
export interface DeliveryFault {
  readonly id: string;
  readonly fault: (typeof DELIVERY_FAULTS)[number] | AttemptFaultKind;
  readonly times: number;
  readonly event_type: string | null;
  readonly event_id: string | null;
  /** The customer that the event is about. */
  readonly email: string | null;
  /** The status that the event tells of, such as `captured`. */
  readonly status: string | null;
  /** The address of the endpoint. */
  readonly endpoint: string | null;
  readonly copies: number;
  /** On the sandbox's clock: how long `delay` holds it back, and `reorder` at most. */
  readonly delay_seconds: number;
  /** How old the timestamp of a `stale` attempt is. */
  readonly age_seconds: number;
}

/** How often something happened. */
export interface Turn {
  readonly name: string;
  readonly count: number;
}

/** A setting that survives a restart, such as the clock. */
export interface Setting {
  readonly name: string;
  readonly value: unknown;
}
