import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  ActionRequiredReply,
  CreatePaymentTokenReply,
  CreateSessionReply,
  ErrorReply,
  PaymentTokenListReply,
  PaymentTokenReply,
  ProvisionRequestReply,
  readNextAction,
  SESSION_ERRORS,
  SESSION_STATUSES,
  SessionEventData,
  TOKEN_ERRORS,
  TokenEventData,
  TRUEMED_PATHS,
  UpdatePaymentTokenReply,
  WebhookEnvelope,
} from './schemas';
import { SessionDetailReply } from './session-schemas';

describe('what Truemed asks of the customer', () => {
  test.each([
    ['UpdatePaymentMethod', 'update_payment_method'],
    ['TakeHealthSurvey', 'take_health_survey'],
    ['HealthSurvey', 'take_health_survey'],
    ['None', null],
    ['null', null],
    ['', null],
    [null, null],
    [undefined, null],
    ['updatepaymentmethod', 'unknown'],
    ['CallSupport', 'unknown'],
    ['constructor', 'unknown'],
  ])('%j is read as %s', (word, action) => {
    expect(readNextAction(word)).toBe(action);
  });
});

describe('the words of truemed-api.md', () => {
  test('paths, section 2', () => {
    const lines = Object.entries(TRUEMED_PATHS).map(([name, path]) => `${name} ${path}`);
    expect(lines.join('\n')).toBe(
      `createPaymentSession /payments/v1/create_payment_session
retrievePaymentSession /payments/v1/payment_session/{}
listPaymentSessions /payments/v1/payment_sessions
capturePaymentSession /payments/v1/payment_session/{}/capture
voidPaymentSession /payments/v1/payment_session/{}/void
cancelPaymentSession /payments/v1/payment_session/{}/cancel
createRefund /payments/v1/refund
createPaymentToken /api/v1/payment_tokens/create
retrievePaymentToken /api/v1/payment_tokens/{}
listPaymentTokens /api/v1/payment_tokens
updatePaymentToken /api/v1/payment_tokens/{}/update
deletePaymentToken /api/v1/payment_tokens/{}/delete
retrieveProvisionRequest /api/v1/payment_tokens/provision_request/{}
retrieveQualificationSession /api/v1/qualification_session/{}
listQualificationSessions /api/v1/qualification_sessions
updateQualificationSession /api/v1/qualification_session/{}/update
listCatalogItems /api/v1/product_catalog/items/list
createCatalogItem /api/v1/product_catalog/items/create
updateCatalogItem /api/v1/product_catalog/items/update
retrieveCatalogItem /api/v1/product_catalog/items/detail
setCheckoutMethod /api/v1/product_catalog/truemed_checkout_method
listReconciliationTransactions /api/v1/reconciliation/transactions
listReconciliationPayouts /api/v1/reconciliation/payouts`,
    );
  });

  test('statuses and codes, sections 3.1, 3.2 and 4.1', () => {
    expect(SESSION_STATUSES.join(' ')).toBe(
      'pending processing captured rejected canceled authorized authorization_voided authorization_expired',
    );
    expect(SESSION_ERRORS.join(' ')).toBe(
      'MissingRequiredParameter InvalidRequestParameter TotalAmountInvalid OrderItemsInvalid IdempotencyViolation ServerError SessionPending TokenizeNotSupported FeatureNotEnabled',
    );
    expect(TOKEN_ERRORS.join(' ')).toBe(
      'MissingField ValidationError IdempotencyViolation WaitingForVerification ServerError',
    );
  });
});

/** What we rely on, reply by reply: the least that is taken, and a change of it that is not. */
const REPLIES: [string, z.ZodType, object, object[]][] = [
  ['an error', ErrorReply, { error: 'ServerError' }, [{ error: 5 }, { error: null }]],
  [
    'create payment token',
    CreatePaymentTokenReply,
    { provision_token_request_id: 'r1', redirect_url: 'https://t.example/1' },
    [
      { provision_token_request_id: '' },
      { provision_token_request_id: 7 },
      { redirect_url: null },
      { redirect_url: '' },
    ],
  ],
  ['update payment token', UpdatePaymentTokenReply, {}, [{ next_action: 7 }, { redirect_url: {} }]],
  ['a provision request', ProvisionRequestReply, {}, [{ payment_token: 7 }, { payment_token: ['tok'] }]],
  ['create payment session', CreateSessionReply, { id: 'ps_1' }, [{ id: '' }, { id: null }, { id: 7 }]],
  [
    'a 422',
    ActionRequiredReply,
    { next_action: 'UpdatePaymentMethod', redirect_url: 'https://t.example/1' },
    [{ next_action: null }, { redirect_url: null }, { redirect_url: 7 }, { id: 7 }],
  ],
  [
    'a session',
    SessionDetailReply,
    { status: 'captured' },
    [{ status: null }, { status: 1 }, { total_amount: '4830' }, { total_amount: 48.5 }, { capture_amount: {} }],
  ],
  ['a token', PaymentTokenReply, { payment_token: 'tok_1' }, [{ payment_token: '' }, { payment_methods: 'none' }]],
  [
    'a list of tokens',
    PaymentTokenListReply,
    { payment_tokens: [] },
    [{ payment_tokens: null }, { payment_tokens: [{}] }],
  ],
  [
    'a signed envelope',
    WebhookEnvelope,
    { webhook_delivery_id: 'd1', event_type: 'payment_session.updated', data: {} },
    [
      { webhook_delivery_id: '' },
      { webhook_delivery_id: 7 },
      { webhook_delivery_id: 'd'.repeat(201) },
      { event_type: '' },
      { data: null },
      { data: [] },
      { data: 'captured' },
    ],
  ],
  ['a session event', SessionEventData, { status: 'captured' }, [{ status: null }, { payment_id: 7 }]],
  ['a token event', TokenEventData, { payment_token: 'tok_1' }, [{ payment_token: '' }, { payment_token: null }]],
];

describe.each(REPLIES)('%s', (_, schema, least, wrong) => {
  test('is taken with what we rely on, whatever is beside it', () => {
    const extra = { added_next_year: [{ deep: true }], message: 'x', status_summary: 'Nobody Knows' };
    expect(schema.safeParse(least).success).toBe(true);
    expect(schema.parse({ ...extra, ...least })).toMatchObject({ added_next_year: [{ deep: true }], ...least });
  });

  test('is refused where what we rely on is missing or has another shape', () => {
    for (const key of Object.keys(least)) expect(schema.safeParse({ ...least, [key]: undefined }).success).toBe(false);
    for (const change of wrong) {
      if (schema.safeParse({ ...least, ...change }).success) throw new Error(`${JSON.stringify(change)} was taken`);
    }
    for (const value of [null, undefined, [], 'captured', 7, true]) expect(schema.safeParse(value).success).toBe(false);
  });
});

test('an error without a message, or with one of another shape, is an error', () => {
  expect(ErrorReply.parse({ error: 'ServerError' }).message).toBe('');
  expect(ErrorReply.parse({ error: 'ServerError', message: ['a'] }).message).toBe('');
});
