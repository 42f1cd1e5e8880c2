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

describe('look-ups', () => {
  const session = { status: 'captured', metadata: 'att_1', total_amount: 4830 };
  const token = { payment_token: 'tok_1', customer_email: 'maya@example.com' };
  const tokenRead = {
    paymentToken: 'tok_1',
    email: 'maya@example.com',
    name: null,
    createdAt: null,
    letterExpiresOn: null,
    cards: [],
  };
  const found = (value: unknown) => ({ kind: 'found', value });
  const unavailable = (reason: string) => ({ kind: 'unavailable', reason });

  test.each<[string, Behaviour, object]>([
    ['a session', answer(200, session), found({ status: 'captured', metadata: 'att_1', totalCents: 4830 })],
    [
      'its status alone',
      answer(200, { status: 'frozen' }),
      found({ status: 'frozen', metadata: null, totalCents: null }),
    ],
    ['no status', answer(200, { ...session, status: null }), unavailable('malformed')],
    ['half a cent', answer(200, { ...session, total_amount: 0.5 }), unavailable('malformed')],
  ])('of a session finds %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.retrievePaymentSession('ps_1')).toMatchObject(expected);
  });

  test.each<[string, Behaviour, object]>([
    ['a token', answer(200, { payment_token: 'tok_1', metadata: 'prq_1' }), found('tok_1')],
    ['none yet', answer(200, { payment_token: null }), found(null)],
    ['none yet, in no word', answer(200, {}), found(null)],
    ['a token of another shape', answer(200, { payment_token: 7 }), unavailable('malformed')],
  ])('of a provision request finds %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.retrieveProvisionRequest('r1')).toEqual(expected);
  });

  test('of a token and of tokens by e-mail', async () => {
    provider.behave(answer(200, token));
    expect(await truemed.retrievePaymentToken('tok_1')).toEqual(found(tokenRead));
    provider.behave(answer(200, { payment_tokens: [token], pagination: { count: 1 } }));
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(found([tokenRead]));
    provider.behave(answer(200, { payment_tokens: [] }));
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(found([]));
    provider.behave(answer(200, { data: [token] }));
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(unavailable('malformed'));
  });

  test.each<[string, Behaviour, object]>([
    ['404', error(404, 'NotFound'), { kind: 'not_found' }],
    ['404 without a form', answer(404), { kind: 'not_found' }],
    ['200 and a page', html(200), unavailable('malformed')],
    ['400', error(400, 'ValidationError'), unavailable('malformed')],
    ['401', error(401, 'Unauthorized'), unavailable('unauthorized')],
    ['429', answer(429), unavailable('rate_limited')],
    ['500', error(500, 'ServerError'), unavailable('server_error')],
    ['503', html(503), unavailable('server_error')],
  ])('all end in the same way with %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.retrievePaymentSession('ps_1')).toEqual(expected);
    expect(await truemed.retrieveProvisionRequest('r1')).toEqual(expected);
    expect(await truemed.retrievePaymentToken('tok_1')).toEqual(expected);
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(expected);
  });
});

describe('cancel', () => {
  test.each<[string, Behaviour, object]>([
    ['200 canceled', answer(200, { id: 'ps_1', status: 'canceled' }), { kind: 'canceled' }],
    [
      '200, and the session was captured',
      answer(200, { id: 'ps_1', status: 'captured' }),
      { kind: 'refused', code: 'captured' },
    ],
    ['200 and a page', html(200), { kind: 'unavailable', reason: 'malformed' }],
    ['400 SessionCaptured', error(400, 'SessionCaptured'), { kind: 'refused', code: 'SessionCaptured' }],
    ['400 SessionProcessing', error(400, 'SessionProcessing'), { kind: 'refused', code: 'SessionProcessing' }],
    [
      '400 PaymentSessionDoesNotExist',
      error(400, 'PaymentSessionDoesNotExist'),
      { kind: 'refused', code: 'PaymentSessionDoesNotExist' },
    ],
    ['400 ServerError', error(400, 'ServerError'), { kind: 'unavailable', reason: 'server_error' }],
    ['404 without a form', answer(404), { kind: 'refused', code: 'HTTP 404' }],
    ['302', answer(302), { kind: 'refused', code: 'HTTP 302' }],
    ['401', answer(401), { kind: 'unavailable', reason: 'unauthorized' }],
    ['429', answer(429), { kind: 'unavailable', reason: 'rate_limited' }],
    ['500', answer(500), { kind: 'unavailable', reason: 'server_error' }],
  ])('%s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.cancelPaymentSession('ps_1')).toEqual(expected);
  });
});
