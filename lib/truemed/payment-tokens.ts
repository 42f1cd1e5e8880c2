import type { UnknownReason } from '@/lib/core/charge';
import type { ProvisionAnswer } from '@/lib/core/provisioning';
import { acknowledged, type LookUp, type Outcome, readFound, readOutcome } from './outcomes';
import { type PageAnswer, type PageQuery, readPage } from './pages';
import {
  CreatePaymentTokenReply,
  PaymentTokenListReply,
  PaymentTokenReply,
  ProvisionRequestReply,
  readNextAction,
  TRUEMED_PATHS,
  UpdatePaymentTokenReply,
} from './schemas';
import { readToken, type TokenDetails } from './token-details';
import { type Call, errorOf, isFromTruemed, plain, type Reply, unknownReason, withId, withQuery } from './transport';

/** Which tokens to list (section 4.4). Both limits are inclusive. */
export interface TokenQuery extends PageQuery {
  /** A part of the e-mail, and of the name. */
  email?: string;
  name?: string;
  /** `YYYY-MM`. */
  cardExpiresBefore?: string;
  /** `YYYY-MM-DD`. */
  lmnExpiresBefore?: string;
}

/** Payment tokens (section 4). */
export interface TokenCalls {
  /** Create payment token (section 4.1). */
  createPaymentToken(body: Uint8Array): Promise<ProvisionAnswer>;
  /** Update payment token (section 4.5). */
  updatePaymentToken(paymentToken: string, body: Uint8Array): Promise<ProvisionAnswer>;
  /** Retrieve provision token request (section 4.2): null means "not yet" or "never". Its metadata is what we sent. */
  retrieveProvisionRequest(requestId: string): Promise<LookUp<string | null>>;
  /** Retrieve payment token (section 4.3). */
  retrievePaymentToken(paymentToken: string): Promise<LookUp<TokenDetails>>;
  /** List payment tokens whose e-mail contains a text (section 4.4); first page, newest first. */
  listPaymentTokens(email: string): Promise<LookUp<TokenDetails[]>>;
  /** List payment tokens by any filter, newest first, one page (section 4.4). */
  listPaymentTokenPage(query?: TokenQuery): Promise<PageAnswer<TokenDetails>>;
  /** Delete payment token, for ever (section 4.6). `not_found` is also the answer to a second delete. */
  deletePaymentToken(paymentToken: string): Promise<Outcome<'deleted'>>;
}

/** The calls of section 4 over a transport. */
export function tokenCalls(call: Call): TokenCalls {
  const list = async ({ page, pageSize, email, name, cardExpiresBefore, lmnExpiresBefore }: TokenQuery) =>
    readPage(
      await call(
        'GET',
        withQuery(TRUEMED_PATHS.listPaymentTokens, {
          page,
          page_size: pageSize,
          email,
          name,
          card_expires_before: cardExpiresBefore,
          lmn_expires_before: lmnExpiresBefore,
        }),
      ),
      ['payment_tokens'],
      PaymentTokenReply,
      readToken,
    );
  return {
    createPaymentToken: async (body) =>
      readProvision(await call('POST', plain(TRUEMED_PATHS.createPaymentToken), body), CreatePaymentTokenReply),
    updatePaymentToken: async (token, body) =>
      readUpdate(await call('POST', withId(TRUEMED_PATHS.updatePaymentToken, token), body)),
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
        await call('GET', withQuery(TRUEMED_PATHS.listPaymentTokens, { email })),
        PaymentTokenListReply,
        (reply) => reply.payment_tokens.map(readToken),
      ),
    listPaymentTokenPage: (query = {}) => list(query),
    deletePaymentToken: async (token) =>
      readOutcome(
        await call('POST', withId(TRUEMED_PATHS.deletePaymentToken, token)),
        {},
        acknowledged<'deleted'>('deleted'),
      ),
  };
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
  const unknown = (reason: UnknownReason): ProvisionAnswer => ({ kind: 'unknown', reason });
  const reason = unknownReason(reply);
  if (reason !== null) return unknown(reason);
  if (reply.kind === 'none') return unknown(reply.reason);
  if (reply.status === 200 || reply.status === 201) return null;
  if (reply.status < 400 || !isFromTruemed(reply)) return unknown('malformed');
  const { error, message } = errorOf(reply);
  if (error === 'WaitingForVerification') return { kind: 'waiting_verification', message };
  if (error === 'IdempotencyViolation') return { kind: 'idempotency_violation', message };
  if (error === 'NotFound' || reply.status === 404) return { kind: 'token_not_found', message };
  return { kind: 'refused', code: error, message };
}
