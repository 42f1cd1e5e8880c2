import type { ChargeAnswer, UnknownReason } from '@/lib/core/charge';
import { type LookUp, type Outcome, readFound, readOutcome, shaped } from './outcomes';
import { type PageAnswer, type PageQuery, readPage } from './pages';
import { ActionRequiredReply, CancelReply, CreateSessionReply, readNextAction, TRUEMED_PATHS } from './schemas';
import { readSessionDetails, type SessionDetails } from './session-details';
import { ActReply, CheckoutReply, RefundReply, readSessionStatus, SessionDetailReply } from './session-schemas';
import { type Call, errorOf, isFromTruemed, plain, type Reply, unknownReason, withId, withQuery } from './transport';

/** Which sessions to list (section 3.3); of the filters only the name of `search` is known. */
export interface SessionQuery extends PageQuery {
  includeOrderItems?: boolean;
  summarizeRefunds?: boolean;
  search?: string;
}

/** A checkout that waits for its customer. Its token, where it has one, is good only after `payment_token_updated` (C4). */
export interface Checkout {
  sessionId: string;
  redirectUrl: string;
  paymentToken: string | null;
  authorizationExpiresAt: string | null;
}

export type CheckoutRefusal = 'amount_invalid' | 'items_invalid' | 'tokenize_not_supported' | 'feature_not_enabled';
export type CaptureRefusal =
  | 'amount_invalid'
  | 'session_voided'
  | 'session_expired'
  | 'session_pending'
  | 'session_captured';
export type VoidRefusal =
  | 'session_captured'
  | 'session_pending'
  | 'session_voided'
  | 'session_expired'
  | 'immediate_capture';
export type RefundRefusal = 'amount_invalid' | 'charge_disputed' | 'nothing_captured';

/** How a cancel ended: `canceled`, or refused because the session went on (section 3.6). */
export type CancelAnswer =
  | { kind: 'canceled' }
  | { kind: 'refused'; code: string }
  | { kind: 'unavailable'; reason: UnknownReason };

/** Payment sessions (section 3). */
export interface SessionCalls {
  /** Create payment session with a payment token: an unattended charge (sections 3.1 and 5.4). */
  createPaymentSession(body: Uint8Array): Promise<ChargeAnswer>;
  /** Create payment session without one: a hosted checkout, also with `tokenize`, as a trial or as a hold (sections 3.1, 5.2, 5.3, 5.7). */
  createCheckout(body: Uint8Array): Promise<Outcome<Checkout, CheckoutRefusal>>;
  /** Retrieve payment session (section 3.2). */
  retrievePaymentSession(sessionId: string): Promise<LookUp<SessionDetails>>;
  /** List payment sessions, newest first, one page (section 3.3). */
  listPaymentSessionPage(query?: SessionQuery): Promise<PageAnswer<SessionDetails>>;
  /** Capture a hold, or a part of it (section 3.4). The id of the capture is the same for one key. */
  capturePaymentSession(sessionId: string, body: Uint8Array): Promise<Outcome<{ captureId: string }, CaptureRefusal>>;
  /** Void a hold (section 3.5). The id of the void is the same for one key. */
  voidPaymentSession(sessionId: string, body: Uint8Array): Promise<Outcome<{ voidId: string }, VoidRefusal>>;
  /** Cancel a pending payment session (section 3.6). */
  cancelPaymentSession(sessionId: string): Promise<CancelAnswer>;
  /** Create refund of a captured session (section 3.7). */
  createRefund(body: Uint8Array): Promise<Outcome<{ refundId: string }, RefundRefusal>>;
}

/** The calls of section 3 over a transport. */
export function sessionCalls(call: Call): SessionCalls {
  const act = (path: string, id: string, body: Uint8Array) => call('POST', withId(path, id), body);
  return {
    createPaymentSession: async (body) =>
      readCharge(await call('POST', plain(TRUEMED_PATHS.createPaymentSession), body)),
    createCheckout: async (body) =>
      readOutcome(
        await call('POST', plain(TRUEMED_PATHS.createPaymentSession), body),
        {
          TotalAmountInvalid: 'amount_invalid',
          OrderItemsInvalid: 'items_invalid',
          TokenizeNotSupported: 'tokenize_not_supported',
          FeatureNotEnabled: 'feature_not_enabled',
        },
        shaped(CheckoutReply, (reply) => ({
          sessionId: reply.id,
          redirectUrl: reply.redirect_url,
          paymentToken: reply.payment_token ?? null,
          authorizationExpiresAt: reply.authorization_expires_at ?? null,
        })),
      ),
    retrievePaymentSession: async (id) =>
      readFound(
        await call('GET', withId(TRUEMED_PATHS.retrievePaymentSession, id)),
        SessionDetailReply,
        readSessionDetails,
      ),
    listPaymentSessionPage: async ({ page, pageSize, includeOrderItems, summarizeRefunds, search } = {}) =>
      readPage(
        await call(
          'GET',
          withQuery(TRUEMED_PATHS.listPaymentSessions, {
            page,
            page_size: pageSize,
            include_order_items: includeOrderItems,
            summarize_refunds: summarizeRefunds,
            search,
          }),
        ),
        ['payment_sessions'],
        SessionDetailReply,
        readSessionDetails,
      ),
    capturePaymentSession: async (id, body) =>
      readOutcome(
        await act(TRUEMED_PATHS.capturePaymentSession, id, body),
        {
          TotalAmountInvalid: 'amount_invalid',
          SessionVoided: 'session_voided',
          SessionExpired: 'session_expired',
          SessionPending: 'session_pending',
          SessionCaptured: 'session_captured',
        },
        shaped(ActReply, (reply) => ({ captureId: reply.id })),
      ),
    voidPaymentSession: async (id, body) =>
      readOutcome(
        await act(TRUEMED_PATHS.voidPaymentSession, id, body),
        {
          SessionCaptured: 'session_captured',
          SessionPending: 'session_pending',
          SessionVoided: 'session_voided',
          SessionExpired: 'session_expired',
          ImmediateCapture: 'immediate_capture',
        },
        shaped(ActReply, (reply) => ({ voidId: reply.id })),
      ),
    cancelPaymentSession: async (id) =>
      readCancel(await act(TRUEMED_PATHS.cancelPaymentSession, id, Buffer.from('{}'))),
    createRefund: async (body) =>
      readOutcome(
        await call('POST', plain(TRUEMED_PATHS.createRefund), body),
        {
          AmountInvalid: 'amount_invalid',
          InvalidPaymentId: 'not_found',
          ChargeDisputed: 'charge_disputed',
          NoSessionCaptures: 'nothing_captured',
        },
        shaped(RefundReply, (reply) => ({ refundId: reply.refund_id })),
      ),
  };
}

function readCharge(reply: Reply): ChargeAnswer {
  const reason = unknownReason(reply);
  const unknown = (why: UnknownReason): ChargeAnswer => ({
    kind: 'unknown',
    reason: why,
    retryAfterSeconds: reply.kind === 'reply' ? reply.retryAfterSeconds : null,
  });
  if (reason !== null) return unknown(reason);
  if (reply.kind === 'none') return unknown(reply.reason);
  if (reply.status === 200 || reply.status === 201) {
    const parsed = CreateSessionReply.safeParse(reply.json);
    return parsed.success ? { kind: 'accepted', sessionId: parsed.data.id } : unknown('malformed');
  }
  if (reply.status === 422) {
    const parsed = ActionRequiredReply.safeParse(reply.json);
    if (!parsed.success) return unknown('malformed');
    const { next_action, redirect_url, id } = parsed.data;
    return {
      kind: 'action_required',
      action: readNextAction(next_action) ?? 'unknown',
      redirectUrl: redirect_url,
      sessionId: id || null,
    };
  }
  if (reply.status < 400 || !isFromTruemed(reply)) return unknown('malformed');
  const { error, message } = errorOf(reply);
  if (error === 'NotFound' || reply.status === 404) return { kind: 'token_not_found', message };
  if (error === 'SessionPending') return { kind: 'session_pending', message };
  if (error === 'IdempotencyViolation') return { kind: 'idempotency_violation', message };
  return { kind: 'refused', code: error, message };
}

function readCancel(reply: Reply): CancelAnswer {
  const reason = unknownReason(reply);
  if (reason !== null) return { kind: 'unavailable', reason };
  if (reply.kind === 'none') return { kind: 'unavailable', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'refused', code: errorOf(reply).error };
  const parsed = CancelReply.safeParse(reply.json);
  if (!parsed.success) return { kind: 'unavailable', reason: 'malformed' };
  const { status } = parsed.data;
  return readSessionStatus(status) === 'canceled' ? { kind: 'canceled' } : { kind: 'refused', code: status };
}
