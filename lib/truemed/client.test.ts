import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChargeAnswer } from '@/lib/core/charge';
import type { ProvisionAnswer } from '@/lib/core/provisioning';
import { insideTransaction } from '@/lib/core/transaction-scope';
import { CALL_TIMEOUT_MS, openTruemed, type TruemedClient } from './client';

/** What the server saw of a call. */
interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}
type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

const seen: Seen[] = [];
let behave: Behaviour = (response) => response.end();
let apiUrl = '';
let truemed: TruemedClient;

beforeAll(async () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers, body: Buffer.concat(chunks) });
    behave(response, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  apiUrl = `http://127.0.0.1:${address.port}`;
  truemed = openTruemed({ apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
  return () => {
    server.closeAllConnections();
    server.close();
  };
});

afterEach(() => {
  seen.length = 0;
});

const answer =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
const error = (status: number, code: string, message = 'Because.') => answer(status, { error: code, message });
const html = (status: number) =>
  answer(status, '<html><body>Bad gateway</body></html>', { 'content-type': 'text/html' });
const BODY = Buffer.from('{"total_amount":4830,"name":"Zoë – ½"}');

const unknownCharge = (reason: string, retryAfterSeconds: number | null = null) => ({
  kind: 'unknown',
  reason,
  retryAfterSeconds,
});
const link = 'https://hosted.truemed.example/repair/1';

describe('create payment session', () => {
  const refused = (code: string): ChargeAnswer => ({ kind: 'refused', code, message: 'Because.' });
  const required = (change: object = {}) => ({
    kind: 'action_required',
    action: 'update_payment_method',
    redirectUrl: link,
    sessionId: null,
    ...change,
  });
  const action = (word: unknown, more: object = {}) => answer(422, { next_action: word, redirect_url: link, ...more });

  test.each<[string, Behaviour, object]>([
    ['200 with an id', answer(200, { id: 'ps_1' }), { kind: 'accepted', sessionId: 'ps_1' }],
    ['201 with an id', answer(201, { id: 'ps_1' }), { kind: 'accepted', sessionId: 'ps_1' }],
    [
      '200 with all its fields and more',
      answer(200, { id: 'ps_1', redirect_url: null, payment_token: 'tok', next_action: null, message: null, new: [1] }),
      { kind: 'accepted', sessionId: 'ps_1' },
    ],
    ['200 without an id', answer(200, { redirect_url: null }), unknownCharge('malformed')],
    ['200 with an id that is a number', answer(200, { id: 7 }), unknownCharge('malformed')],
    ['200 with an empty id', answer(200, { id: '' }), unknownCharge('malformed')],
    ['200 and half a body', answer(200, '{"id":"ps_1"'), unknownCharge('malformed')],
    ['200 and nothing', answer(200), unknownCharge('malformed')],
    ['200 and null', answer(200, 'null'), unknownCharge('malformed')],
    ['200 and a list', answer(200, [{ id: 'ps_1' }]), unknownCharge('malformed')],
    ['200 and a page', html(200), unknownCharge('malformed')],
    ['204', answer(204), unknownCharge('malformed')],
    ['422 for the card', action('UpdatePaymentMethod'), required()],
    ['422 for the survey', action('TakeHealthSurvey'), required({ action: 'take_health_survey' })],
    ['422 for the survey in the other spelling', action('HealthSurvey'), required({ action: 'take_health_survey' })],
    [
      '422 with the id of the failed session',
      action('UpdatePaymentMethod', { id: 'ps_9' }),
      required({ sessionId: 'ps_9' }),
    ],
    ['422 with an id that is null', action('UpdatePaymentMethod', { id: null }), required()],
    ['422 for something new', action('CallSupport'), required({ action: 'unknown' })],
    ['422 for nothing', action('None'), required({ action: 'unknown' })],
    ['422 without an action', answer(422, { redirect_url: link }), unknownCharge('malformed')],
    ['422 without a link', answer(422, { next_action: 'UpdatePaymentMethod' }), unknownCharge('malformed')],
    ['422 and a page', html(422), unknownCharge('malformed')],
    ['400 MissingRequiredParameter', error(400, 'MissingRequiredParameter'), refused('MissingRequiredParameter')],
    ['400 InvalidRequestParameter', error(400, 'InvalidRequestParameter'), refused('InvalidRequestParameter')],
    ['400 TotalAmountInvalid', error(400, 'TotalAmountInvalid'), refused('TotalAmountInvalid')],
    ['400 OrderItemsInvalid', error(400, 'OrderItemsInvalid'), refused('OrderItemsInvalid')],
    ['400 TokenizeNotSupported', error(400, 'TokenizeNotSupported'), refused('TokenizeNotSupported')],
    ['400 FeatureNotEnabled', error(400, 'FeatureNotEnabled'), refused('FeatureNotEnabled')],
    ['400 with a code that we do not know', error(400, 'Invented'), refused('Invented')],
    [
      '400 IdempotencyViolation',
      error(400, 'IdempotencyViolation'),
      { kind: 'idempotency_violation', message: 'Because.' },
    ],
    ['400 SessionPending', error(400, 'SessionPending'), { kind: 'session_pending', message: 'Because.' }],
    ['400 ServerError', error(400, 'ServerError'), unknownCharge('server_error')],
    ['400 without a message', answer(400, { error: 'SessionPending' }), { kind: 'session_pending', message: '' }],
    ['400 with a code that is a number', answer(400, { error: 7 }), unknownCharge('malformed')],
    ['400 and a page', html(400), unknownCharge('malformed')],
    ['400 and nothing', answer(400), unknownCharge('malformed')],
    ['404 NotFound', error(404, 'NotFound'), { kind: 'token_not_found', message: 'Because.' }],
    [
      '400 NotFound, the status being assumed',
      error(400, 'NotFound'),
      { kind: 'token_not_found', message: 'Because.' },
    ],
    ['404 and a page, which says nothing of the token', html(404), unknownCharge('malformed')],
    ['405', error(405, 'MethodNotAllowed'), refused('MethodNotAllowed')],
    ['501', error(501, 'NotImplemented'), refused('NotImplemented')],
    ['501 without a form', answer(501), { kind: 'refused', code: 'HTTP 501', message: '' }],
    ['401', error(401, 'Unauthorized'), unknownCharge('unauthorized')],
    ['403 and a page', html(403), unknownCharge('unauthorized')],
    ['500', error(500, 'ServerError'), unknownCharge('server_error')],
    ['500 with another code', error(500, 'TotalAmountInvalid'), unknownCharge('server_error')],
    ['502 and a page', html(502), unknownCharge('server_error')],
    ['503 with Retry-After', answer(503, '', { 'retry-after': '30' }), unknownCharge('server_error', 30)],
    ['504', answer(504), unknownCharge('server_error')],
    ['429 with Retry-After', answer(429, '', { 'retry-after': '120' }), unknownCharge('rate_limited', 120)],
    ['429 without it', error(429, 'TooManyRequests'), unknownCharge('rate_limited')],
    ['429 with a negative one', answer(429, '', { 'retry-after': '-5' }), unknownCharge('rate_limited')],
    ['429 with a word', answer(429, '', { 'retry-after': 'soon' }), unknownCharge('rate_limited')],
    [
      '429 with a date',
      answer(429, '', { 'retry-after': 'Wed, 21 Jan 2026 07:28:00 GMT' }),
      unknownCharge('rate_limited'),
    ],
  ])('%s', async (_, behaviour, expected) => {
    behave = behaviour;
    expect(await truemed.createPaymentSession(BODY)).toEqual(expected);
    expect(seen).toHaveLength(1);
  });
});

describe('an answer that is no answer', () => {
  test('of two megabytes is not read to its end', async () => {
    behave = answer(200, { id: 'ps_1', padding: 'x'.repeat(2_000_000) });
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
    behave = answer(200, { id: 'ps_2', padding: 'x'.repeat(900_000) });
    expect(await truemed.createPaymentSession(BODY)).toEqual({ kind: 'accepted', sessionId: 'ps_2' });
  });

  test('without end is not read without end', async () => {
    behave = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
  });

  const impatient = () => openTruemed({ apiUrl, apiKey: 'key-1', timeoutMs: 100 });
  const silent: Behaviour = () => undefined;
  const halfway: Behaviour = (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id":');

  test.each([
    ['that never comes', silent],
    ['that stops in its middle', halfway],
  ])('%s is given up after the time that is set', async (_, behaviour) => {
    behave = behaviour;
    expect(await impatient().createPaymentSession(BODY)).toEqual(unknownCharge('timeout'));
    expect(await impatient().createPaymentToken(BODY)).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await impatient().updatePaymentToken('tok', BODY)).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await impatient().retrievePaymentSession('ps')).toEqual({ kind: 'unavailable', reason: 'timeout' });
    expect(await impatient().cancelPaymentSession('ps')).toEqual({ kind: 'unavailable', reason: 'timeout' });
    expect(CALL_TIMEOUT_MS).toBe(20_000);
  });

  test.each<[string, Behaviour]>([
    ['before a word was said', (_, request) => request.socket.destroy()],
    [
      'in the middle of the answer',
      (response) => {
        halfway(response, response.req);
        setImmediate(() => response.destroy());
      },
    ],
    [
      'in the middle of a chunk',
      (response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' }).write('{"id":"ps_1"}');
        setImmediate(() => response.destroy());
      },
    ],
    ['after words that are not HTTP', (_, request) => request.socket.end('220 mail.example ESMTP\r\n')],
  ])('because the connection broke %s', async (_, behaviour) => {
    behave = behaviour;
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('network'));
    expect(await truemed.retrievePaymentToken('tok')).toEqual({ kind: 'unavailable', reason: 'network' });
    expect(seen).toHaveLength(2);
  });

  test('because nobody listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (address === null || typeof address === 'string') throw new Error('The server had no port.');
    const nobody = openTruemed({ apiUrl: `http://127.0.0.1:${address.port}`, apiKey: 'key-1' });
    expect(await nobody.createPaymentSession(BODY)).toEqual(unknownCharge('network'));
  });

  test.each([301, 302, 303, 307, 308])(
    'but a redirect (%i) is not followed, and the key goes nowhere else',
    async (status) => {
      behave = answer(status, { id: 'ps_1' }, { location: `${apiUrl}/elsewhere` });
      expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
      expect(await truemed.createPaymentToken(BODY)).toEqual({ kind: 'unknown', reason: 'malformed' });
      expect(await truemed.retrievePaymentSession('ps_1')).toEqual({ kind: 'unavailable', reason: 'malformed' });
      expect(seen.map(({ path }) => path)).not.toContain('/elsewhere');
      expect(seen).toHaveLength(3);
    },
  );
});

describe('create and update payment token', () => {
  const provisioned = { provision_token_request_id: 'r1', redirect_url: link };
  const open: ProvisionAnswer = { kind: 'open', requestId: 'r1', redirectUrl: link };
  const unknown = (reason: string) => ({ kind: 'unknown', reason });

  test.each<[string, Behaviour, object]>([
    ['200', answer(200, { ...provisioned, new: true }), open],
    ['200 without an id', answer(200, { redirect_url: link }), unknown('malformed')],
    ['200 without a link', answer(200, { provision_token_request_id: 'r1' }), unknown('malformed')],
    ['200 and a page', html(200), unknown('malformed')],
    ['400 MissingField', error(400, 'MissingField'), { kind: 'refused', code: 'MissingField', message: 'Because.' }],
    [
      '400 ValidationError',
      error(400, 'ValidationError'),
      { kind: 'refused', code: 'ValidationError', message: 'Because.' },
    ],
    [
      '400 IdempotencyViolation',
      error(400, 'IdempotencyViolation'),
      { kind: 'idempotency_violation', message: 'Because.' },
    ],
    [
      '400 WaitingForVerification',
      error(400, 'WaitingForVerification'),
      { kind: 'waiting_verification', message: 'Because.' },
    ],
    ['400 ServerError', error(400, 'ServerError'), unknown('server_error')],
    [
      '400 with a code that we do not know',
      error(400, 'Invented'),
      { kind: 'refused', code: 'Invented', message: 'Because.' },
    ],
    ['400 and a page', html(400), unknown('malformed')],
    ['405', error(405, 'MethodNotAllowed'), { kind: 'refused', code: 'MethodNotAllowed', message: 'Because.' }],
    ['501', answer(501), { kind: 'refused', code: 'HTTP 501', message: '' }],
    ['401', error(401, 'Unauthorized'), unknown('unauthorized')],
    ['403', html(403), unknown('unauthorized')],
    ['429', answer(429, '', { 'retry-after': '5' }), unknown('rate_limited')],
    ['500', html(500), unknown('server_error')],
    ['302', answer(302), unknown('malformed')],
  ])('%s', async (_, behaviour, expected) => {
    behave = behaviour;
    expect(await truemed.createPaymentToken(BODY)).toEqual(expected);
    // An update is read the same way, but for an empty 200, which asks nothing of the customer.
    behave = behaviour;
    const updated = await truemed.updatePaymentToken('tok', BODY);
    if (!_.startsWith('200')) expect(updated).toEqual(expected);
  });

  test.each<[string, Behaviour, object]>([
    [
      'nothing to do',
      answer(200, { next_action: null, provision_token_request_id: 'r1' }),
      { kind: 'done', requestId: 'r1' },
    ],
    ['nothing to do, in a word', answer(200, { next_action: 'None' }), { kind: 'done', requestId: null }],
    ['nothing to do, in no word', answer(200, {}), { kind: 'done', requestId: null }],
    ['the survey again', answer(200, { next_action: 'HealthSurvey', ...provisioned }), open],
    ['another card', answer(200, { next_action: 'UpdatePaymentMethod', ...provisioned }), open],
    ['something new', answer(200, { next_action: 'CallSupport', ...provisioned }), open],
    [
      'the survey, and no link',
      answer(200, { next_action: 'HealthSurvey', provision_token_request_id: 'r1' }),
      unknown('malformed'),
    ],
    ['the survey, and no id', answer(200, { next_action: 'HealthSurvey', redirect_url: link }), unknown('malformed')],
    ['a page', html(200), unknown('malformed')],
    ['a token that is gone', error(404, 'NotFound'), { kind: 'token_not_found', message: 'Because.' }],
    ['a page that is not there', html(404), unknown('malformed')],
  ])('an update: %s', async (_, behaviour, expected) => {
    behave = behaviour;
    expect(await truemed.updatePaymentToken('tok', BODY)).toEqual(expected);
  });
});

describe('look-ups', () => {
  const session = { status: 'captured', metadata: 'att_1', total_amount: 4830 };
  const token = { payment_token: 'tok_1', customer_email: 'maya@example.com' };
  const tokenRead = { paymentToken: 'tok_1', email: 'maya@example.com', name: null, letterExpiresOn: null, cards: [] };
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
    behave = behaviour;
    expect(await truemed.retrievePaymentSession('ps_1')).toEqual(expected);
  });

  test.each<[string, Behaviour, object]>([
    ['a token', answer(200, { payment_token: 'tok_1', metadata: 'prq_1' }), found('tok_1')],
    ['none yet', answer(200, { payment_token: null }), found(null)],
    ['none yet, in no word', answer(200, {}), found(null)],
    ['a token of another shape', answer(200, { payment_token: 7 }), unavailable('malformed')],
  ])('of a provision request finds %s', async (_, behaviour, expected) => {
    behave = behaviour;
    expect(await truemed.retrieveProvisionRequest('r1')).toEqual(expected);
  });

  test('of a token and of tokens by e-mail', async () => {
    behave = answer(200, token);
    expect(await truemed.retrievePaymentToken('tok_1')).toEqual(found(tokenRead));
    behave = answer(200, { payment_tokens: [token], pagination: { count: 1 } });
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(found([tokenRead]));
    behave = answer(200, { payment_tokens: [] });
    expect(await truemed.listPaymentTokens('maya@example.com')).toEqual(found([]));
    behave = answer(200, { data: [token] });
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
    behave = behaviour;
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
    behave = behaviour;
    expect(await truemed.cancelPaymentSession('ps_1')).toEqual(expected);
  });
});

describe('a request', () => {
  const calls: [string, string, (client: TruemedClient) => Promise<unknown>, string | null][] = [
    ['POST', '/payments/v1/create_payment_session', (client) => client.createPaymentSession(BODY), BODY.toString()],
    ['POST', '/api/v1/payment_tokens/create', (client) => client.createPaymentToken(BODY), BODY.toString()],
    [
      'POST',
      '/api/v1/payment_tokens/t%2F..%3Fa/update',
      (client) => client.updatePaymentToken('t/..?a', BODY),
      BODY.toString(),
    ],
    ['GET', '/payments/v1/payment_session/p%20s', (client) => client.retrievePaymentSession('p s'), null],
    ['POST', '/payments/v1/payment_session/ps_1/cancel', (client) => client.cancelPaymentSession('ps_1'), '{}'],
    ['GET', '/api/v1/payment_tokens/provision_request/r%231', (client) => client.retrieveProvisionRequest('r#1'), null],
    ['GET', '/api/v1/payment_tokens/%24%26', (client) => client.retrievePaymentToken('$&'), null],
    [
      'GET',
      '/api/v1/payment_tokens?email=maya%2Bhsa%26x%40example.com',
      (client) => client.listPaymentTokens('maya+hsa&x@example.com'),
      null,
    ],
  ];

  test.each(calls)('%s %s has the key, and exactly its bytes', async (method, path, call, sent) => {
    behave = answer(500);
    await call(truemed);
    expect(seen).toHaveLength(1);
    const [request] = seen;
    expect([request?.method, request?.path]).toEqual([method, path]);
    expect(request?.headers['x-truemed-api-key']).toBe('key-1');
    expect(request?.headers.accept).toBe('application/json');
    expect(request?.headers['content-type']).toBe(sent === null ? undefined : 'application/json');
    expect(request?.body.toString()).toBe(sent ?? '');
  });

  test('sends the bytes as they were stored, even such as are no text', async () => {
    behave = answer(500);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await truemed.createPaymentSession(bytes.subarray(3, 250));
    expect(seen[0]?.body.equals(bytes.subarray(3, 250))).toBe(true);
  });

  test('keeps the path of an address that has one', async () => {
    behave = answer(200, { status: 'pending' });
    await openTruemed({ apiUrl: `${apiUrl}/proxy`, apiKey: 'key-1' }).retrievePaymentSession('ps_1');
    expect(seen[0]?.path).toBe('/proxy/payments/v1/payment_session/ps_1');
  });

  test.each(calls)('%s %s is refused inside a transaction and never leaves', async (_method, _path, call) => {
    await expect(insideTransaction(() => call(truemed))).rejects.toThrow(/inside a database transaction/);
    expect(seen).toEqual([]);
  });

  test('may be made after the transaction', async () => {
    behave = answer(200, { id: 'ps_1' });
    await insideTransaction(async () => undefined);
    expect(await truemed.createPaymentSession(BODY)).toEqual({ kind: 'accepted', sessionId: 'ps_1' });
  });
});
