import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTruemed, type TruemedClient } from './client';
import { answer, type Behaviour, error, html, startTestProvider, type TestProvider } from './test-provider';

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
});
afterAll(() => provider.close());

const BODY = Buffer.from('{"idempotency_key":"k1"}');
const link = 'https://hosted.truemed.example/checkout/1';
const refused = (reason: string, code: string) => ({ kind: 'refused', reason, code, message: 'Because.' });
const unknown = (reason: string, retryAfterSeconds: number | null = null) => ({
  kind: 'unknown',
  reason,
  retryAfterSeconds,
});

/** Every command, where it goes, what its good answer is, and what it is read as. */
const COMMANDS: [string, string, (client: TruemedClient) => Promise<unknown>, number, object, unknown][] = [
  [
    'create checkout',
    '/payments/v1/create_payment_session',
    (client) => client.createCheckout(BODY),
    200,
    { id: 'ps_1', redirect_url: link, payment_token: 'tok_1' },
    { sessionId: 'ps_1', redirectUrl: link, paymentToken: 'tok_1', authorizationExpiresAt: null },
  ],
  [
    'capture',
    '/payments/v1/payment_session/p%2Fs/capture',
    (client) => client.capturePaymentSession('p/s', BODY),
    200,
    { id: 'cap_1', payment_session_id: 'ps_1', capture_amount: 100 },
    { captureId: 'cap_1' },
  ],
  [
    'void',
    '/payments/v1/payment_session/ps_1/void',
    (client) => client.voidPaymentSession('ps_1', BODY),
    200,
    { id: 'void_1' },
    { voidId: 'void_1' },
  ],
  [
    'refund',
    '/payments/v1/refund',
    (client) => client.createRefund(BODY),
    200,
    { refund_id: 're_1' },
    { refundId: 're_1' },
  ],
  [
    'delete token',
    '/api/v1/payment_tokens/tok_1/delete',
    (client) => client.deletePaymentToken('tok_1'),
    204,
    {},
    'deleted',
  ],
  [
    'update qualification session',
    '/api/v1/qualification_session/qs_1/update',
    (client) => client.updateQualificationSession('qs_1', BODY),
    200,
    { qualification_session_id: 'qs_1', status: 'approved' },
    { id: 'qs_1', status: 'approved' },
  ],
  [
    'create catalog item',
    '/api/v1/product_catalog/items/create',
    (client) => client.createCatalogItem(BODY),
    201,
    { sku: 'MAG' },
    'created',
  ],
  [
    'update catalog item',
    '/api/v1/product_catalog/items/update',
    (client) => client.updateCatalogItem(BODY),
    200,
    {},
    'updated',
  ],
  [
    'checkout method',
    '/api/v1/product_catalog/truemed_checkout_method',
    (client) => client.checkCheckoutMethod([{ sku: 'MAG' }]),
    200,
    { show_truemed: true },
    { showTruemed: true },
  ],
];

describe.each(COMMANDS)('%s', (_name, path, call, status, body, value) => {
  test('posts to its path, with the key', async () => {
    provider.behave(answer(status, body));
    expect(await call(truemed)).toEqual({ kind: 'done', value });
    expect(
      provider.seen.map(({ method, path: seen, headers }) => [method, seen, headers['x-truemed-api-key']]),
    ).toEqual([['POST', path, 'key-1']]);
  });

  test.each<[string, Behaviour, object]>([
    ['200 and a page', html(200), unknown('malformed')],
    ['200 and half a body', answer(200, '{"id":"ps_1"'), unknown('malformed')],
    ['200 and nothing', answer(200), unknown('malformed')],
    ['302', answer(302, '', { location: 'https://elsewhere.example' }), unknown('malformed')],
    ['400 and a page', html(400), unknown('malformed')],
    ['400 ServerError', error(400, 'ServerError'), unknown('server_error')],
    ['400 MissingField', error(400, 'MissingField'), refused('missing_field', 'MissingField')],
    [
      '400 MissingRequiredParameter',
      error(400, 'MissingRequiredParameter'),
      refused('missing_field', 'MissingRequiredParameter'),
    ],
    ['400 ValidationError', error(400, 'ValidationError'), refused('invalid_value', 'ValidationError')],
    [
      '400 InvalidRequestParameter',
      error(400, 'InvalidRequestParameter'),
      refused('invalid_value', 'InvalidRequestParameter'),
    ],
    [
      '400 IdempotencyViolation',
      error(400, 'IdempotencyViolation'),
      refused('idempotency_violation', 'IdempotencyViolation'),
    ],
    ['400 with a code that we do not know', error(400, 'Invented'), refused('other', 'Invented')],
    ['400 with the name of an inherited field', error(400, 'constructor'), refused('other', 'constructor')],
    ['401', error(401, 'Unauthorized'), unknown('unauthorized')],
    ['403 and a page', html(403), unknown('unauthorized')],
    ['404 NotFound', error(404, 'NotFound'), refused('not_found', 'NotFound')],
    ['404 and a page, which says nothing', html(404), unknown('malformed')],
    ['405', error(405, 'MethodNotAllowed'), refused('not_supported', 'MethodNotAllowed')],
    ['422', error(422, 'Invented'), refused('other', 'Invented')],
    ['429 with Retry-After', answer(429, '', { 'retry-after': '120' }), unknown('rate_limited', 120)],
    ['429 without it', answer(429), unknown('rate_limited')],
    [
      '429 with a date, counted from the answer’s own',
      answer(429, '', { date: 'Wed, 21 Jan 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Jan 2026 07:29:30 GMT' }),
      unknown('rate_limited', 90),
    ],
    ['500', error(500, 'ServerError'), unknown('server_error')],
    ['501', error(501, 'NotImplemented'), refused('not_supported', 'NotImplemented')],
    ['501 without a form', answer(501), { kind: 'refused', reason: 'not_supported', code: 'HTTP 501', message: '' }],
    ['502 and a page', html(502), unknown('server_error')],
    ['503 with Retry-After', answer(503, '', { 'retry-after': '30' }), unknown('server_error', 30)],
    ['no answer', (_, request) => request.socket.destroy(), unknown('network')],
  ])('ends with %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await call(truemed)).toEqual(expected);
    expect(provider.seen).toHaveLength(1);
  });

  test('ends with a time-out', async () => {
    provider.behave(() => undefined);
    const impatient = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 100 });
    expect(await call(impatient)).toEqual(unknown('timeout'));
  });

  test('takes fields that are added next year', async () => {
    provider.behave(answer(status, { added: [{ deep: true }], ...body }));
    expect(await call(truemed)).toEqual({ kind: 'done', value });
  });
});

describe('refusals of one command alone', () => {
  const refusals: [string, (client: TruemedClient) => Promise<unknown>, [string, string][]][] = [
    [
      'create checkout',
      (client) => client.createCheckout(BODY),
      [
        ['TotalAmountInvalid', 'amount_invalid'],
        ['OrderItemsInvalid', 'items_invalid'],
        ['TokenizeNotSupported', 'tokenize_not_supported'],
        ['FeatureNotEnabled', 'feature_not_enabled'],
      ],
    ],
    [
      'capture',
      (client) => client.capturePaymentSession('ps_1', BODY),
      [
        ['TotalAmountInvalid', 'amount_invalid'],
        ['PaymentSessionDoesNotExist', 'not_found'],
        ['SessionVoided', 'session_voided'],
        ['SessionExpired', 'session_expired'],
        ['SessionPending', 'session_pending'],
        ['SessionCaptured', 'session_captured'],
      ],
    ],
    [
      'void',
      (client) => client.voidPaymentSession('ps_1', BODY),
      [
        ['PaymentSessionDoesNotExist', 'not_found'],
        ['SessionCaptured', 'session_captured'],
        ['SessionPending', 'session_pending'],
        ['SessionVoided', 'session_voided'],
        ['SessionExpired', 'session_expired'],
        ['ImmediateCapture', 'immediate_capture'],
      ],
    ],
    [
      'refund',
      (client) => client.createRefund(BODY),
      [
        ['AmountInvalid', 'amount_invalid'],
        ['InvalidPaymentId', 'not_found'],
        ['ChargeDisputed', 'charge_disputed'],
        ['NoSessionCaptures', 'nothing_captured'],
      ],
    ],
  ];
  const rows = refusals.flatMap(([name, call, codes]) => codes.map(([code, reason]) => ({ name, call, code, reason })));
  test.each(rows)('$name: 400 $code is $reason', async ({ call, code, reason }) => {
    provider.behave(error(400, code));
    expect(await call(truemed)).toEqual(refused(reason, code));
  });

  test.each([400, 409])('update qualification session: %i user_id_already_set', async (status) => {
    provider.behave(error(status, 'user_id_already_set'));
    expect(await truemed.updateQualificationSession('qs_1', BODY)).toEqual(
      refused('user_id_already_set', 'user_id_already_set'),
    );
  });

  test('create catalog item: 409 is duplicate_sku whatever it says, and other statuses are not', async () => {
    provider.behave(error(409, 'Conflict'));
    expect(await truemed.createCatalogItem(BODY)).toEqual(refused('duplicate_sku', 'Conflict'));
    provider.behave(answer(409));
    expect(await truemed.createCatalogItem(BODY)).toMatchObject({ kind: 'refused', reason: 'duplicate_sku' });
    provider.behave(error(410, 'Conflict'));
    expect(await truemed.createCatalogItem(BODY)).toMatchObject({ kind: 'refused', reason: 'other' });
  });
});

describe('answers in more than one form', () => {
  test('a checkout without an address is malformed: there is nowhere to go', async () => {
    provider.behave(answer(200, { id: 'ps_1', redirect_url: null }));
    expect(await truemed.createCheckout(BODY)).toEqual(unknown('malformed'));
  });

  test('a token is deleted by 204 and by 200 with an object (C23)', async () => {
    provider.behave(answer(200, {}));
    expect(await truemed.deletePaymentToken('tok_1')).toEqual({ kind: 'done', value: 'deleted' });
  });

  test.each([
    [{ show_truemed: false }, false],
    [{ checkout_method: 'truemed' }, true],
    [{ checkout_method: 'standard' }, false],
  ])('the checkout method answered %j is %j', async (body, showTruemed) => {
    provider.behave(answer(200, body));
    expect(await truemed.checkCheckoutMethod([{ sku: 'MAG', name: 'Magnesium' }])).toEqual({
      kind: 'done',
      value: { showTruemed },
    });
    expect(provider.seen[0]?.body.toString()).toBe('{"items":[{"sku":"MAG","name":"Magnesium"}]}');
  });

  test('the checkout method with another answer is malformed, never a yes', async () => {
    provider.behave(answer(200, { show_truemed: 'yes' }));
    expect(await truemed.checkCheckoutMethod([{ sku: 'MAG' }])).toEqual(unknown('malformed'));
  });
});
