import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insideTransaction } from '@/lib/core/transaction-scope';
import { openTruemed, type TruemedClient } from './client';
import { answer, type Behaviour, startTestProvider, type TestProvider } from './test-provider';
import { CALL_TIMEOUT_MS } from './transport';

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
});
afterAll(() => provider.close());

const BODY = Buffer.from('{"total_amount":4830,"name":"Zoë – ½"}');
const unknownCharge = (reason: string, retryAfterSeconds: number | null = null) => ({
  kind: 'unknown',
  reason,
  retryAfterSeconds,
});

describe('an answer that is no answer', () => {
  test('of two megabytes is not read to its end', async () => {
    provider.behave(answer(200, { id: 'ps_1', padding: 'x'.repeat(2_000_000) }));
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
    provider.behave(answer(200, { id: 'ps_2', padding: 'x'.repeat(900_000) }));
    expect(await truemed.createPaymentSession(BODY)).toEqual({ kind: 'accepted', sessionId: 'ps_2' });
  });

  test('without end is not read without end', async () => {
    provider.behave((response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
  });

  const impatient = () => openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 100 });
  const silent: Behaviour = () => undefined;
  const halfway: Behaviour = (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id":');

  test.each([
    ['that never comes', silent],
    ['that stops in its middle', halfway],
  ])('%s is given up after the time that is set', async (_, behaviour) => {
    provider.behave(behaviour);
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
    provider.behave(behaviour);
    expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('network'));
    expect(await truemed.retrievePaymentToken('tok')).toEqual({ kind: 'unavailable', reason: 'network' });
    expect(provider.seen).toHaveLength(2);
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
      provider.behave(answer(status, { id: 'ps_1' }, { location: `${provider.apiUrl}/elsewhere` }));
      expect(await truemed.createPaymentSession(BODY)).toEqual(unknownCharge('malformed'));
      expect(await truemed.createPaymentToken(BODY)).toEqual({ kind: 'unknown', reason: 'malformed' });
      expect(await truemed.retrievePaymentSession('ps_1')).toEqual({ kind: 'unavailable', reason: 'malformed' });
      expect(provider.seen.map(({ path }) => path)).not.toContain('/elsewhere');
      expect(provider.seen).toHaveLength(3);
    },
  );
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
    provider.behave(answer(500));
    await call(truemed);
    expect(provider.seen).toHaveLength(1);
    const [request] = provider.seen;
    expect([request?.method, request?.path]).toEqual([method, path]);
    expect(request?.headers['x-truemed-api-key']).toBe('key-1');
    expect(request?.headers.accept).toBe('application/json');
    expect(request?.headers['content-type']).toBe(sent === null ? undefined : 'application/json');
    expect(request?.body.toString()).toBe(sent ?? '');
  });

  test('sends the bytes as they were stored, even such as are no text', async () => {
    provider.behave(answer(500));
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await truemed.createPaymentSession(bytes.subarray(3, 250));
    expect(provider.seen[0]?.body.equals(bytes.subarray(3, 250))).toBe(true);
  });

  test('keeps the path of an address that has one', async () => {
    provider.behave(answer(200, { status: 'pending' }));
    await openTruemed({ apiUrl: `${provider.apiUrl}/proxy`, apiKey: 'key-1' }).retrievePaymentSession('ps_1');
    expect(provider.seen[0]?.path).toBe('/proxy/payments/v1/payment_session/ps_1');
  });

  test.each(calls)('%s %s is refused inside a transaction and never leaves', async (_method, _path, call) => {
    provider.behave(answer(200, {}));
    await expect(insideTransaction(() => call(truemed))).rejects.toThrow(/inside a database transaction/);
    expect(provider.seen).toEqual([]);
  });

  test('may be made after the transaction', async () => {
    provider.behave(answer(200, { id: 'ps_1' }));
    await insideTransaction(async () => undefined);
    expect(await truemed.createPaymentSession(BODY)).toEqual({ kind: 'accepted', sessionId: 'ps_1' });
  });
});
