import { unreachable } from './errors';

/** Open: `planned`, `sent`, `unknown`, `accepted` (200, not yet captured). Closed: the others (design.md section 4). */
export const ATTEMPT_STATUSES = [
  'planned',
  'sent',
  'unknown',
  'accepted',
  'captured',
  'action_required',
  'rejected',
  'failed',
  'abandoned',
] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** While an attempt is open no other may be made for its invoice. */
export const OPEN_ATTEMPT_STATUSES = [
  'planned',
  'sent',
  'unknown',
  'accepted',
] as const satisfies readonly AttemptStatus[];

/** `void`: no longer wanted. `uncollectible`: still owed, written off. Which may become which: `invoice-status.ts`. */
export const INVOICE_STATUSES = ['open', 'paid', 'skipped', 'void', 'uncollectible'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** Why an attempt was made. After a 422 only the last three may be. */
export const ATTEMPT_CAUSES = ['schedule', 'recheck', 'token_updated', 'customer', 'staff'] as const;
export type AttemptCause = (typeof ATTEMPT_CAUSES)[number];

/** What Truemed wants of the customer. `unknown`: a word that we do not know, for a person to read. */
export const NEXT_ACTIONS = ['update_payment_method', 'take_health_survey', 'unknown'] as const;
export type NextAction = (typeof NEXT_ACTIONS)[number];

/** Why an invoice waits in recovery. `our_error` is ours to repair: the customer is told nothing. */
export const RECOVERY_REASONS = [
  'update_payment_method',
  'take_health_survey',
  'unknown_action',
  'declined',
  'session_pending',
  'token_gone',
  'our_error',
] as const;
export type RecoveryReason = (typeof RECOVERY_REASONS)[number];

/** Every way in which a create-payment-session call may end, in our words. Only `unknown` leaves open whether money moved. */
export type ChargeAnswer =
  | { kind: 'accepted'; sessionId: string }
  | { kind: 'action_required'; action: NextAction; redirectUrl: string; sessionId: string | null }
  | { kind: 'session_pending'; message: string }
  | { kind: 'token_not_found'; message: string }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'idempotency_violation'; message: string }
  | { kind: 'unknown'; reason: UnknownReason; retryAfterSeconds: number | null };

/** Why an answer says nothing. All of them may pass by themselves. */
export const UNKNOWN_REASONS = [
  'timeout',
  'network',
  'server_error',
  'malformed',
  'rate_limited',
  'unauthorized',
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** What an answer means for the attempt, and for what stands around it. */
export interface Settlement {
  status: AttemptStatus;
  /** When to act on this attempt again: send the same bytes, or look the session up. Null: not by itself. */
  dueAt: Date | null;
  /** The code that staff read; null where nothing went wrong. */
  errorCode: string | null;
  /** Opens a recovery case. */
  recovery: RecoveryReason | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Waits before the same bytes are sent again with the same key (product.md section 5.2, class T): two days in all, within which we trust the provider to keep the key. */
export const RESEND_AFTER_MS = [1, 5, 15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/** So long after the first sending the same bytes may go out again: a provider that has forgotten the key would charge anew. */
export const KEY_GOOD_FOR_MS = 48 * HOUR;

/** After the last of these, with so much time, the key is no longer good: the charge is looked for among the sessions instead. */
const LOOK_FOR_AFTER_MS = 100 * MINUTE;

/** What an attempt is marked with whose key Truemed says it knows for another body. */
export const KEY_VIOLATED = 'IdempotencyViolation';

/** What an attempt is marked with that may not be sent again and whose session was not found: only a person can decide it. */
export const KEY_EXPIRED = 'KeyExpired';

/** What an attempt is marked with of which staff have found that Truemed never took it. */
export const NOT_CHARGED = 'NotCharged';

/** Whether an attempt that was first sent at `sentAt` may be sent again with its key. */
export function isKeyStillGood(sentAt: Date | null, now: Date): boolean {
  return sentAt === null || now.getTime() - sentAt.getTime() < KEY_GOOD_FOR_MS;
}

/** A Retry-After of the provider's is kept up to this, so that the key is still good when it is over. */
export const LONGEST_RETRY_AFTER_MS = 24 * HOUR;

/** A customer may press `Try again` this often in 24 hours (product.md section 5.2). */
export const CUSTOMER_RETRIES_PER_DAY = 5;

/** When a charge that was answered `SessionPending` is tried again, if no token event comes first: hourly on day 0, then six-hourly. */
export function nextPendingCheckAt(openedAt: Date, now: Date): Date {
  const isFirstDay = now.getTime() - openedAt.getTime() < 24 * HOUR;
  return new Date(now.getTime() + (isFirstDay ? HOUR : 6 * HOUR));
}

/** Look-ups of an accepted session whose webhook does not come, counted from the answer; then hourly on day 0, and every six hours (product.md section 5.2, class W). */
const LOOK_UP_AFTER_MS = [MINUTE, 5 * MINUTE, 30 * MINUTE];
const DAY_0_MS = 24 * HOUR;

/** An accepted attempt alarms at day 5; on day 7 it is re-read and cancelled (design.md section 4). */
export const ACCEPTED_ALARM_MS = 5 * 24 * HOUR;
export const ACCEPTED_LIMIT_MS = 7 * 24 * HOUR;
/** An accepted attempt that waits for a person is read again once a day: Truemed may decide it yet, and the webhook may be lost. */
export const UNCLEAR_AGAIN_MS = 24 * HOUR;

/**
 * Settles the answer to the `tries`-th sending of one attempt. An outcome that is not known keeps the attempt open and
 * sends the same bytes again, for two days; after that, and at once after an idempotency violation, its session is looked for.
 * Without one it waits for a person (`nextSearchAt`): a new key is never made while the old outcome is unknown.
 */
export function settleAnswer(answer: ChargeAnswer, tries: number, now: Date): Settlement {
  const closed = (status: AttemptStatus, errorCode: string | null, recovery: RecoveryReason): Settlement => ({
    status,
    dueAt: null,
    errorCode,
    recovery,
  });
  switch (answer.kind) {
    case 'accepted':
      return { status: 'accepted', dueAt: nextLookUpAt(now, now), errorCode: null, recovery: null };
    case 'action_required':
      return closed('action_required', null, answer.action === 'unknown' ? 'unknown_action' : answer.action);
    case 'session_pending':
      return closed('failed', 'SessionPending', 'session_pending');
    case 'token_not_found':
      return closed('failed', 'NotFound', 'token_gone');
    case 'refused':
      return closed('failed', answer.code, 'our_error');
    case 'idempotency_violation':
      return { status: 'unknown', dueAt: now, errorCode: KEY_VIOLATED, recovery: null };
    case 'unknown': {
      const wait = RESEND_AFTER_MS[tries - 1];
      const asked = Math.min((answer.retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
      const dueAt = new Date(now.getTime() + Math.max(wait ?? LOOK_FOR_AFTER_MS, asked));
      return { status: 'unknown', dueAt, errorCode: answer.reason, recovery: null };
    }
    default:
      return unreachable(answer);
  }
}

/** When an accepted session is looked up next, should its webhook not come. */
export function nextLookUpAt(acceptedAt: Date, now: Date): Date {
  const age = now.getTime() - acceptedAt.getTime();
  const early = LOOK_UP_AFTER_MS.find((offset) => offset > age);
  if (early !== undefined) return new Date(acceptedAt.getTime() + early);
  const [from, step] = age < DAY_0_MS ? [0, HOUR] : [DAY_0_MS, 6 * HOUR];
  return new Date(acceptedAt.getTime() + from + (Math.floor((age - from) / step) + 1) * step);
}

/**
 * When the session of a charge that waits for a person is looked for again, first sent at `sentAt`: once a day until the seventh, for
 * a request that was held up on its way may arrive yet, and its webhook be lost. Null: not by itself any more.
 */
export function nextSearchAt(sentAt: Date, now: Date): Date | null {
  return now.getTime() - sentAt.getTime() < ACCEPTED_LIMIT_MS ? new Date(now.getTime() + UNCLEAR_AGAIN_MS) : null;
}

/** What a session's status, read from Truemed, means for its attempt. */
export type SessionVerdict = 'captured' | 'rejected' | 'canceled' | 'in_progress' | 'unknown';

/** Reads the status of a payment session (truemed-api.md section 3.2). Holds are never asked for, so they are `unknown` here. */
export function readSessionStatus(status: string): SessionVerdict {
  switch (status) {
    case 'captured':
    case 'rejected':
    case 'canceled':
      return status;
    case 'pending':
    case 'processing':
      return 'in_progress';
    default:
      return 'unknown';
  }
}

/** Which change of an attempt's status is possible. Money that was taken is always believed; nothing leaves `captured`. */
const ATTEMPT_EDGES: Record<AttemptStatus, readonly AttemptStatus[]> = {
  planned: ['sent', 'abandoned'],
  sent: ['sent', 'accepted', 'unknown', 'captured', 'action_required', 'rejected', 'failed', 'abandoned'],
  unknown: ['sent', 'accepted', 'captured', 'rejected', 'abandoned'],
  accepted: ['accepted', 'captured', 'rejected', 'abandoned'],
  captured: [],
  action_required: ['captured', 'accepted'],
  rejected: ['captured'],
  failed: ['captured', 'accepted'],
  abandoned: ['captured'],
};

/** Whether an attempt may go from one status to another. */
export function mayBecome(from: AttemptStatus, to: AttemptStatus): boolean {
  return ATTEMPT_EDGES[from].includes(to);
}
