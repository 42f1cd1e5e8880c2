import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhookInbox } from '@/db/schema/messages';
import { aDatabase, type TestDatabase } from '@/db/testing';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import type { LogFields } from '@/lib/log';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { answerDelivery, answerIncoming, refuseMethod } from './answer-delivery';

const DAY_SECONDS = 24 * 3600;
const LIMITS = { maxBytes: 65_536, timeoutMs: 300 };

let database: TestDatabase;
let runtime: Runtime;
let logged: LogFields[] = [];
const log: Context['log'] = {
  info: (fields) => logged.push(fields),
  warn: (fields) => logged.push(fields),
  error: (fields) => logged.push(fields),
};

beforeAll(async () => {
  database = await aDatabase();
  runtime = openRuntime(settings(database.url), { logLevel: 'silent' });
});
afterAll(async () => {
  await runtime.close();
  await database.drop();
});
beforeEach(async () => {
  logged = [];
  await database.db.delete(webhookInbox);
});

const settings = (url: string) =>
  readEnv({
    DATABASE_URL: url,
    APP_ENV: 'test',
    AUTH_SECRET: 'a secret of the tests that is long enough',
    VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    TRUEMED_SIGNING_SECRETS: 'the-secret,the-next-secret',
    TRUEMED_SHARED_SECRETS: 'a-shared-secret',
  });
const stored = () => database.db.select().from(webhookInbox);
const open = () => contextFor(runtime, { kind: 'system', name: 'receiver' });
const envelope = (id: string, data: object = {}) =>
  Buffer.from(JSON.stringify({ webhook_delivery_id: id, event_type: 'payment_session.updated', data }));

function aRequest(body: Uint8Array | ReadableStream, headers: Record<string, string> = {}): Request {
  const sent = body instanceof ReadableStream ? body : new Uint8Array(body);
  const init = { method: 'POST', body: sent, headers, duplex: 'half' };
  return new Request('http://localhost/api/webhooks/truemed', init);
}

function aSigned(body: Uint8Array, options: { secrets?: string[]; ageSeconds?: number } = {}): Request {
  const timestamp = Math.floor(Date.now() / 1000) - (options.ageSeconds ?? 0);
  return aRequest(body, { [SIGNATURE_HEADER]: signatureHeader(options.secrets ?? ['the-secret'], timestamp, body) });
}

const answer = (request: Request) => answerDelivery(request, open, log, LIMITS);
const statusOf = async (request: Request) => (await answer(request)).status;

/** A body without a length, of `chunks` of 16 kB, or without an end; `pulled` says how much of it was asked for. */
function aStream(chunks: number): { body: ReadableStream; pulled: () => number } {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (pulled === chunks) return controller.close();
      pulled += 1;
      controller.enqueue(new Uint8Array(16_384));
    },
  });
  return { body, pulled: () => pulled };
}

describe('a delivery that is acknowledged', () => {
  it('is answered 204 without a body, also fifty times at once, and kept once', async () => {
    const body = envelope('dlv_many');
    const answers = await Promise.all(Array.from({ length: 50 }, () => answer(aSigned(body))));
    expect(answers.map((response) => response.status)).toEqual(Array(50).fill(204));
    expect(await answers[0]?.text()).toBe('');
    expect(await stored()).toHaveLength(1);
    expect(logged.map((line) => line.outcome).sort()).toEqual([...Array(49).fill('known'), 'stored']);
  });

  it('may come on day 6.9 with its first signature, and is marked late; a day later it is refused', async () => {
    expect(await statusOf(aSigned(envelope('dlv_late'), { ageSeconds: 6.9 * DAY_SECONDS }))).toBe(204);
    expect(await statusOf(aSigned(envelope('dlv_too_late'), { ageSeconds: 8 * DAY_SECONDS + 5 }))).toBe(401);
    expect(await statusOf(aSigned(envelope('dlv_future'), { ageSeconds: -310 }))).toBe(401);
    expect(await stored()).toMatchObject([{ deliveryKey: 'signed:dlv_late', isLate: true }]);
  });

  it('is known again after it was processed, and nothing begins anew', async () => {
    const body = envelope('dlv_replayed');
    expect(await statusOf(aSigned(body))).toBe(204);
    await database.db.update(webhookInbox).set({ status: 'processed', dueAt: null });
    expect(await statusOf(aSigned(body))).toBe(204);
    expect(await stored()).toMatchObject([{ status: 'processed', dueAt: null }]);
  });

  it('may carry the signature of either secret while they rotate, in any order', async () => {
    expect(await statusOf(aSigned(envelope('dlv_old'), { secrets: ['the-secret', 'unknown'] }))).toBe(204);
    expect(await statusOf(aSigned(envelope('dlv_new'), { secrets: ['unknown', 'the-next-secret'] }))).toBe(204);
    expect(await statusOf(aSigned(envelope('dlv_none'), { secrets: ['unknown'] }))).toBe(401);
  });

  it('may be unsigned where it carries a shared secret', async () => {
    const body = Buffer.from('{"payment_id":"one","status":"captured"}');
    expect(await statusOf(aRequest(body, { 'x-truemed-api-key': 'a-shared-secret' }))).toBe(204);
    expect(await statusOf(aRequest(body, { 'x-truemed-api-key': 'another' }))).toBe(401);
    expect(await statusOf(aRequest(body))).toBe(401);
  });

  it('may be as large as 65,536 bytes', async () => {
    const padding = 65_536 - envelope('dlv_large', { padding: '' }).length;
    const body = envelope('dlv_large', { padding: 'x'.repeat(padding) });
    expect(body).toHaveLength(65_536);
    expect(await statusOf(aSigned(body))).toBe(204);
  });
});

describe('a delivery that is refused leaves no row', () => {
  it('with 401 where a proxy has changed its bytes', async () => {
    const sent = aSigned(envelope('dlv_changed', { b: 1, a: 2 }));
    const headers = { [SIGNATURE_HEADER]: sent.headers.get(SIGNATURE_HEADER) ?? '' };
    expect(await statusOf(aRequest(Buffer.from(`${envelope('dlv_changed', { b: 1, a: 2 })} `), headers))).toBe(401);
    expect(await statusOf(aRequest(envelope('dlv_changed', { a: 2, b: 1 }), headers))).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it('with 400 where it is signed but not UTF-8, not JSON, or not an envelope', async () => {
    for (const body of [
      Buffer.from([0xff, 0xfe]),
      Buffer.from('{'),
      Buffer.from('[]'),
      Buffer.from('{"event_type":"x"}'),
      gzipSync(envelope('dlv_gzip')),
      Buffer.alloc(0),
    ]) {
      expect(await statusOf(aSigned(body))).toBe(400);
    }
    expect(await stored()).toEqual([]);
  });

  it('with 413 by its length alone, before a byte is read', async () => {
    const { body, pulled } = aStream(1000);
    const readAhead = pulled();
    const response = await answer(aRequest(body, { 'content-length': '65537' }));
    expect([response.status, response.headers.get('connection')]).toEqual([413, 'close']);
    expect(pulled() - readAhead).toBeLessThanOrEqual(1);
  });

  it('with 413 where a body without a length does not end: no more than the limit is taken in', async () => {
    const { body, pulled } = aStream(Number.POSITIVE_INFINITY);
    expect(await statusOf(aRequest(body))).toBe(413);
    expect(pulled()).toBeLessThanOrEqual(7);
  });

  it('with 408 where the end of the body does not come in time, or its sender leaves', async () => {
    const dripping = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
    expect(await statusOf(aRequest(dripping))).toBe(408);
    const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) });
    expect(await statusOf(aRequest(broken))).toBe(408);
    expect(await stored()).toEqual([]);
  });

  it('with 405 and the method that is allowed, whatever else is asked', () => {
    const response = refuseMethod();
    expect([response.status, response.headers.get('allow'), response.body]).toEqual([405, 'POST', null]);
  });
});

describe('a delivery that cannot be stored', () => {
  it('is answered 503 with a time to come again, and is taken when it does', async () => {
    const body = envelope('dlv_outage');
    const closed = openRuntime(settings('postgres://nobody@127.0.0.1:1/none'), { logLevel: 'silent' });
    const response = await answerDelivery(
      aSigned(body),
      () => contextFor(closed, { kind: 'system', name: 'receiver' }),
      log,
    );
    await closed.close();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await statusOf(aSigned(body))).toBe(204);
    expect(logged.map((line) => line.outcome)).toEqual(['not_stored', 'stored']);
  });

  it('is answered 503 where the clock is out', async () => {
    const response = await answerDelivery(aSigned(envelope('dlv_clock')), () => Promise.reject(new Error('out')), log);
    expect(response.status).toBe(503);
  });
});

describe('a delivery to the web server itself, before Next', () => {
  const server = createServer((incoming, response) => void answerIncoming(incoming, response, open, log, LIMITS));
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  const anIncoming = (headers: Record<string, string>) =>
    httpRequest({ port: (server.address() as AddressInfo).port, method: 'POST', headers, agent: false });
  const post = async (body: Uint8Array, headers: Record<string, string>) => {
    const request = anIncoming(headers);
    const [response] = await once(request.end(body), 'response');
    return response.resume();
  };
  const headersOf = (body: Uint8Array) => Object.fromEntries(aSigned(body).headers);

  it('is answered as by the route: stored once, however often it comes', async () => {
    const body = envelope('dlv_direct');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(body, headersOf(body))));
    expect(answers.map((response) => response.statusCode)).toEqual(Array(20).fill(204));
    expect((await post(body, { [SIGNATURE_HEADER]: 't=1,v1=00' })).statusCode).toBe(401);
    expect(await stored()).toMatchObject([{ deliveryKey: 'signed:dlv_direct', isLate: false }]);
  });

  it('is refused with 413 by its length alone, and where a body without a length does not end', async () => {
    const long = anIncoming({ 'content-length': '65537' }).on('error', () => {});
    long.flushHeaders();
    const [byLength] = await once(long, 'response');
    expect([byLength.statusCode, byLength.headers.connection]).toEqual([413, 'close']);
    const endless = anIncoming({ 'transfer-encoding': 'chunked' }).on('error', () => {});
    for (let chunk = 0; chunk < 5; chunk += 1) endless.write(Buffer.alloc(16_384));
    const [byCount] = await once(endless, 'response');
    expect(byCount.statusCode).toBe(413);
  });

  it('is refused with 408 where the end of its body does not come, and leaves nothing where its sender leaves', async () => {
    const dripping = anIncoming({ 'content-length': '100' }).on('error', () => {});
    dripping.write('{');
    const [late] = await once(dripping, 'response');
    expect([late.statusCode, late.headers.connection]).toEqual([408, 'close']);
    const leaving = anIncoming({ 'content-length': '100' }).on('error', () => {});
    leaving.write('{');
    await once(server, 'request');
    leaving.destroy();
    await expect.poll(() => logged.map((line) => line.outcome)).toEqual(['incomplete', 'incomplete']);
    expect(logged.map((line) => String(line.error))).toEqual([
      expect.stringContaining('No end of the body'),
      expect.stringContaining('sender left'),
    ]);
    expect(await stored()).toEqual([]);
  });
});

it('the log tells outcomes and never what was sent', async () => {
  await answer(aSigned(envelope('dlv_canary', { payment_token: 'pt_canary', customer_email: 'maya@example.com' })));
  await answer(aRequest(Buffer.from('pt_canary')));
  expect(logged).toMatchObject([
    { event: 'webhook.received', status: 204, outcome: 'stored' },
    { event: 'webhook.received', status: 401, outcome: 'unauthorized', reason: 'no_signature' },
  ]);
  expect(JSON.stringify(logged)).not.toMatch(/canary|maya/);
});
