import type { z } from 'zod';
import type { ChargeAnswer, UnknownReason } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import type { ProvisionAnswer } from '@/lib/core/provisioning';
import { assertOutsideTransaction } from '@/lib/core/transaction-scope';
import {
  ActionRequiredReply,
  CancelReply,
  CreatePaymentTokenReply,
  CreateSessionReply,
  ErrorReply,
  PaymentTokenListReply,
  PaymentTokenReply,
  ProvisionRequestReply,
  readNextAction,
  SessionReply,
  TRUEMED_PATHS,
  UpdatePaymentTokenReply,
} from './schemas';
import { API_KEY_HEADER } from './signature';
import { readToken, type TokenDetails } from './token-details';

/** The answer to a GET: what was found, that there is none, or why we do not know. */
export type LookUp<T> =
  | { kind: 'found'; value: T }
  | { kind: 'not_found' }
  | { kind: 'unavailable'; reason: UnknownReason };

/** A payment session as far as we rely on it; `status` is an open word (truemed-api.md section 3.2). */
export interface SessionState {
  status: string;
  metadata: string | null;
  totalCents: number | null;
}

/** How a cancel ended: `canceled`, or refused because the session went on (section 3.6). */
export type CancelAnswer =
  | { kind: 'canceled' }
  | { kind: 'refused'; code: string }
  | { kind: 'unavailable'; reason: UnknownReason };

/**
 * Truemed, one method for each call. Bodies that may be sent again are bytes, made once and stored by the caller. No method
 * retries, and none throws on what Truemed answers: each ends in one of a closed set of outcomes.
 */
export interface TruemedClient {
  /** Create payment token (section 4.1). */
  createPaymentToken(body: Uint8Array): Promise<ProvisionAnswer>;
  /** Update payment token (section 4.5). */
  updatePaymentToken(paymentToken: string, body: Uint8Array): Promise<ProvisionAnswer>;
  /** Create payment session with a payment token: an unattended charge (sections 3.1 and 5.4). */
  createPaymentSession(body: Uint8Array): Promise<ChargeAnswer>;
  /** Retrieve payment session (section 3.2). */
  retrievePaymentSession(sessionId: string): Promise<LookUp<SessionState>>;
  /** Cancel a pending payment session (section 3.6). */
  cancelPaymentSession(sessionId: string): Promise<CancelAnswer>;
  /** Retrieve provision token request (section 4.2): null means "not yet" or "never". */
  retrieveProvisionRequest(requestId: string): Promise<LookUp<string | null>>;
  /** Retrieve payment token (section 4.3). */
  retrievePaymentToken(paymentToken: string): Promise<LookUp<TokenDetails>>;
  /** List payment tokens whose e-mail contains a text (section 4.4); first page, newest first. */
  listPaymentTokens(email: string): Promise<LookUp<TokenDetails[]>>;
}

/** Where Truemed is, and the bounds of one call. */
export interface TruemedOptions {
  apiUrl: string;
  apiKey: string;
  /** An answer that takes longer is `unknown`; leases are longer than this. */
  timeoutMs?: number;
}

/** A call is given up after this long; the lease of an attempt outlives it. */
export const CALL_TIMEOUT_MS = 20_000;
const MAX_REPLY_BYTES = 1_000_000;

type Reply =
  | { kind: 'reply'; status: number; json: unknown; retryAfterSeconds: number | null }
  | { kind: 'none'; reason: 'timeout' | 'network' };

/** Makes the client. It follows no redirect, and calls no other host than that of `apiUrl`. */
export function openTruemed(options: TruemedOptions): TruemedClient {
  const call = (method: 'GET' | 'POST', path: string, body?: Uint8Array) => send(options, method, path, body);
  return {
    createPaymentToken: async (body) =>
      readProvision(await call('POST', TRUEMED_PATHS.createPaymentToken, body), CreatePaymentTokenReply),
    updatePaymentToken: async (token, body) =>
      readUpdate(await call('POST', withId(TRUEMED_PATHS.updatePaymentToken, token), body)),
    createPaymentSession: async (body) => readCharge(await call('POST', TRUEMED_PATHS.createPaymentSession, body)),
    retrievePaymentSession: async (id) =>
      readFound(await call('GET', withId(TRUEMED_PATHS.retrievePaymentSession, id)), SessionReply, (reply) => ({
        status: reply.status,
        metadata: reply.metadata ?? null,
        totalCents: reply.total_amount ?? null,
      })),
    cancelPaymentSession: async (id) =>
      readCancel(await call('POST', withId(TRUEMED_PATHS.cancelPaymentSession, id), Buffer.from('{}'))),
    retrieveProvisionRequest: async (id) =>
      readFound(
        await call('GET', withId(TRUEMED_PATHS.retrieveProvisionRequest, id)),
        ProvisionRequestReply,
        (reply) => reply.payment_token ?? null,
      ),
    retrievePaymentToken: async (token) =>
      readFound(await call('GET', withId(TRUEMED_PATHS.retrievePaymentToken, token)), PaymentTokenReply, readToken),
    listPaymentTokens: async (email) =>
      readFound(
        await call('GET', `${TRUEMED_PATHS.listPaymentTokens}?email=${encodeURIComponent(email)}`),
        PaymentTokenListReply,
        (reply) => reply.payment_tokens.map(readToken),
      ),
  };
}

function withId(path: string, id: string): string {
  // These two survive the encoding and would make another path of it.
  if (id === '.' || id === '..') throw new AppError('conflict', 'Truemed has no object with this id.');
  return path.replace('{}', encodeURIComponent(id));
}

async function send(options: TruemedOptions, method: 'GET' | 'POST', path: string, body?: Uint8Array): Promise<Reply> {
  assertOutsideTransaction('Truemed');
  try {
    const response = await fetch(`${options.apiUrl}${path}`, {
      method,
      headers: {
        [API_KEY_HEADER]: options.apiKey,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.timeout(options.timeoutMs ?? CALL_TIMEOUT_MS),
    });
    const retryAfter = Number(response.headers.get('retry-after'));
    return {
      kind: 'reply',
      status: response.status,
      json: parse(await readCapped(response)),
      retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
    };
  } catch (error) {
    // fetch reports a broken connection as TypeError and our deadline as TimeoutError; anything else is a bug.
    if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'none', reason: 'timeout' };
    if (error instanceof TypeError) return { kind: 'none', reason: 'network' };
    throw error;
  }
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_REPLY_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What no call may be decided by: no answer, a server's failure, a bad key, a limit. Null for everything else. */
function unknownReason(reply: Reply): UnknownReason | null {
  if (reply.kind === 'none') return reply.reason;
  if (reply.status === 429) return 'rate_limited';
  if (reply.status === 401 || reply.status === 403) return 'unauthorized';
  // 501 is documented as final; every other 5xx may pass.
  if (reply.status >= 500 && reply.status !== 501) return 'server_error';
  return errorOf(reply).error === 'ServerError' ? 'server_error' : null;
}

function errorOf(reply: Extract<Reply, { kind: 'reply' }>): { error: string; message: string } {
  const parsed = ErrorReply.safeParse(reply.json);
  return parsed.success ? parsed.data : { error: `HTTP ${reply.status}`, message: '' };
}

/** A 400 or 404 that is not in the provider's form was written by something in between, and decides nothing. */
function isFromTruemed(reply: Extract<Reply, { kind: 'reply' }>): boolean {
  return (reply.status !== 400 && reply.status !== 404) || ErrorReply.safeParse(reply.json).success;
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

function readProvision(reply: Reply, schema: typeof CreatePaymentTokenReply): ProvisionAnswer {
  const failed = readProvisionFailure(reply);
  if (failed !== null) return failed;
  const parsed = schema.safeParse(reply.kind === 'reply' ? reply.json : undefined);
  if (!parsed.success) return { kind: 'unknown', reason: 'malformed' };
  return { kind: 'open', requestId: parsed.data.provision_token_request_id, redirectUrl: parsed.data.redirect_url };
}

function readUpdate(reply: Reply): ProvisionAnswer {
  const failed = readProvisionFailure(reply);
  if (failed !== null) return failed;
  const parsed = UpdatePaymentTokenReply.safeParse(reply.kind === 'reply' ? reply.json : undefined);
  if (!parsed.success) return { kind: 'unknown', reason: 'malformed' };
  const { provision_token_request_id: requestId, next_action, redirect_url } = parsed.data;
  if (readNextAction(next_action) === null) return { kind: 'done', requestId: requestId ?? null };
  if (!requestId || !redirect_url) return { kind: 'unknown', reason: 'malformed' };
  return { kind: 'open', requestId, redirectUrl: redirect_url };
}

function readProvisionFailure(reply: Reply): ProvisionAnswer | null {
  const reason = unknownReason(reply);
  if (reason !== null) return { kind: 'unknown', reason };
  if (reply.kind === 'none') return { kind: 'unknown', reason: reply.reason };
  if (reply.status === 200 || reply.status === 201) return null;
  if (reply.status < 400 || !isFromTruemed(reply)) return { kind: 'unknown', reason: 'malformed' };
  const { error, message } = errorOf(reply);
  if (error === 'WaitingForVerification') return { kind: 'waiting_verification', message };
  if (error === 'IdempotencyViolation') return { kind: 'idempotency_violation', message };
  if (error === 'NotFound' || reply.status === 404) return { kind: 'token_not_found', message };
  return { kind: 'refused', code: error, message };
}

function readFound<S extends z.ZodType, T>(reply: Reply, schema: S, shape: (value: z.infer<S>) => T): LookUp<T> {
  const reason = unknownReason(reply);
  if (reason !== null) return { kind: 'unavailable', reason };
  if (reply.kind === 'none') return { kind: 'unavailable', reason: reply.reason };
  if (reply.status === 404) return { kind: 'not_found' };
  const parsed = schema.safeParse(reply.json);
  if (reply.status !== 200 || !parsed.success) return { kind: 'unavailable', reason: 'malformed' };
  return { kind: 'found', value: shape(parsed.data) };
}

function readCancel(reply: Reply): CancelAnswer {
  const reason = unknownReason(reply);
  if (reason !== null) return { kind: 'unavailable', reason };
  if (reply.kind === 'none') return { kind: 'unavailable', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'refused', code: errorOf(reply).error };
  const parsed = CancelReply.safeParse(reply.json);
  if (!parsed.success) return { kind: 'unavailable', reason: 'malformed' };
  const { status } = parsed.data;
  return status === 'canceled' ? { kind: 'canceled' } : { kind: 'refused', code: status };
}
