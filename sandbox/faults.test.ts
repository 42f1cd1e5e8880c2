import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiFaultInput } from './control/inputs';
import { aRenewalBody, aTokenBody, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const CREATE = '/api/v1/payment_tokens/create';
const SESSION = '/payments/v1/create_payment_session';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});

const charge = () => sandbox.post(SESSION, aRenewalBody());
const charges = async () => (await sandbox.control.ledger()).charges.length;

describe('a scripted fault', () => {
  it('ServerError is not stored: the same key succeeds afterwards', async () => {
    await sandbox.control.addFault({ fault: 'ServerError', times: 2 });
    expect(await charge()).toMatchObject({ status: 400, body: { error: 'ServerError' } });
    expect((await charge()).status).toBe(400);
    expect((await charge()).status).toBe(200);
    expect(await charges()).toBe(1);
  });

  it('500 passes, sticky 500 stays with its key', async () => {
    await sandbox.control.addFault({ fault: '500' });
    expect((await charge()).status).toBe(500);
    await sandbox.control.addFault({ fault: 'sticky500' });
    expect((await charge()).status).toBe(500);
    expect((await charge()).status).toBe(500);
    expect((await sandbox.post(SESSION, aRenewalBody({ idempotency_key: 'renewal-2' }))).status).toBe(200);
  });

  it('429 says when to come back', async () => {
    await sandbox.control.addFault({ fault: '429', retry_after_seconds: 7 });
    const { status, headers } = await charge();
    expect([status, headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('a reset before the charge leaves nothing behind', async () => {
    await sandbox.control.addFault({ fault: 'reset_before' });
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(await charges()).toBe(0);
  });

  it('a reset after the charge took the money, and the same key tells so', async () => {
    await sandbox.control.addFault({ fault: 'reset_after' });
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(await charges()).toBe(1);
    expect((await charge()).status).toBe(200);
    expect(await charges()).toBe(1);
    const { requests } = await sandbox.control.ledger();
    expect(requests).toMatchObject([
      { status: null, fault: 'reset_after' },
      { status: 200, fault: null },
    ]);
  });

  it('a hang holds the answer of a charge that was made, or the charge itself', async () => {
    await sandbox.control.addFault({ fault: 'hang', ms: 60 });
    const start = performance.now();
    expect((await charge()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(55);
    await sandbox.control.addFault({ fault: 'hang', ms: 20, when: 'before' });
    expect((await charge()).status).toBe(200);
  });

  it('a malformed answer is JSON that breaks off', async () => {
    await sandbox.control.addFault({ fault: 'malformed' });
    await expect(charge()).rejects.toThrow(SyntaxError);
    expect(await charges()).toBe(1);
  });

  it('an answer that drips arrives byte by byte, and whole', async () => {
    await sandbox.control.addFault({ fault: 'drip', ms: 300 });
    const start = performance.now();
    const response = await fetch(sandbox.url + SESSION, {
      method: 'POST',
      headers: { 'x-truemed-api-key': 'sandbox-key', 'content-type': 'application/json' },
      body: JSON.stringify(aRenewalBody()),
    });
    let chunks = 0;
    let text = '';
    for await (const chunk of response.body ?? []) {
      chunks += 1;
      text += Buffer.from(chunk).toString('utf8');
    }
    expect(JSON.parse(text)).toMatchObject({ redirect_url: null });
    expect(performance.now() - start).toBeGreaterThan(250);
    expect(chunks).toBeGreaterThan(5);
  });

  it('a client that gives up on a drip or a hang leaves the sandbox whole', async () => {
    for (const fault of ['drip', 'hang'] as const) {
      await sandbox.control.addFault({ fault, ms: 300 });
      const call = fetch(sandbox.url + SESSION, {
        method: 'POST',
        headers: { 'x-truemed-api-key': 'sandbox-key' },
        body: JSON.stringify(aRenewalBody({ idempotency_key: fault })),
        signal: AbortSignal.timeout(50),
      }).then((response) => response.text());
      await expect(call).rejects.toThrow();
    }
    await sandbox.control.settle();
    expect(await charges()).toBe(2);
  });

  it('a reset ends a hang without charging anybody', async () => {
    await sandbox.control.addFault({ fault: 'hang', ms: 60_000, when: 'before' });
    const call = charge().catch((error: unknown) => error);
    await expect.poll(async () => (await sandbox.control.faults()).length).toBe(0);
    await sandbox.control.reset();
    expect(await call).toBeInstanceOf(Error);
    expect(await charges()).toBe(0);
  });

  it('an answer may not be JSON at all', async () => {
    await sandbox.control.addFault({ fault: 'not_json' });
    await expect(charge()).rejects.toThrow(SyntaxError);
    expect(await charges()).toBe(0);
  });

  it('an answer may have more fields, or fewer', async () => {
    const plain = (await charge()).body;
    await sandbox.control.addFault({ fault: 'extra_fields' });
    const more = (await charge()).body;
    expect(more).toMatchObject(plain);
    expect(Object.keys(more).length).toBeGreaterThan(Object.keys(plain).length);
    await sandbox.control.addFault({ fault: 'missing_fields' });
    const { id: _, ...rest } = plain;
    expect((await charge()).body).toEqual(rest);
    await sandbox.control.addFault({ fault: 'missing_fields', fields: ['redirect_url', 'message'] });
    expect(Object.keys((await charge()).body)).toEqual([
      'id',
      'payment_token',
      'next_action',
      'authorization_expires_at',
    ]);
  });

  it('IdempotencyViolation can be forced', async () => {
    await sandbox.control.addFault({ fault: 'IdempotencyViolation' });
    expect(await charge()).toMatchObject({ status: 400, body: { error: 'IdempotencyViolation' } });
  });

  it('a key that was forgotten charges a second time', async () => {
    const first = await charge();
    await sandbox.control.addFault({ fault: 'forget_key' });
    const second = await charge();
    expect(second.status).toBe(200);
    expect(second.body.id).not.toBe(first.body.id);
    expect(await charges()).toBe(2);
    expect((await charge()).body.id).toBe(second.body.id);
  });

  it('the webhook arrives before the answer does', async () => {
    const receiver = await startReceiver();
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['a'] }]);
    for (const captureDelayMs of [0, 60_000]) {
      receiver.received.length = 0;
      await sandbox.control.setSwitches({ captureDelayMs });
      await sandbox.control.addFault({ fault: 'webhook_first' });
      await sandbox.post(SESSION, aRenewalBody({ idempotency_key: `after ${captureDelayMs}` }));
      expect(receiver.received).toHaveLength(1);
    }
    await sandbox.control.setEndpoints([]);
    receiver.close();
  });

  it.each([
    ['foreign_redirect', 'https://evil.example/steal'],
    ['http_redirect', 'http://evil.example/steal'],
    ['javascript_redirect', 'javascript:alert(document.domain)'],
  ] as const)('%s leads elsewhere', async (fault, url) => {
    await sandbox.control.addFault({ fault });
    const { status, body } = await sandbox.post(CREATE, aTokenBody({ customer_email: 'bo@example.com' }));
    expect([status, body.redirect_url]).toEqual([200, url]);
  });

  it('any answer can be put in the place of the real one', async () => {
    await sandbox.control.addFault({ fault: { status: 418, body: { error: 'Teapot' } } });
    expect(await charge()).toMatchObject({ status: 418, body: { error: 'Teapot' } });
  });
});

it('a 422 leads elsewhere too', async () => {
  await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
  await sandbox.control.addFault({ fault: 'javascript_redirect' });
  expect(await charge()).toMatchObject({ status: 422, body: { redirect_url: 'javascript:alert(document.domain)' } });
});

it('a key counts as new after its lifetime, where it has one', async () => {
  await sandbox.control.moveClock({ mode: 'manual' });
  await sandbox.control.setSwitches({ idempotencyKeyLifetimeHours: 24 });
  const first = await charge();
  await sandbox.control.advance('PT23H59M');
  expect((await charge()).body.id).toBe(first.body.id);
  expect((await sandbox.post(SESSION, aRenewalBody({ metadata: 'other' }))).body.error).toBe('IdempotencyViolation');
  await sandbox.control.advance({ minutes: 1 });
  expect((await sandbox.post(SESSION, aRenewalBody({ metadata: 'other' }))).status).toBe(200);
  expect(await charges()).toBe(2);
});

it('calls have a limit a second, where the switch says so', async () => {
  await sandbox.control.setSwitches({ maxCallsPerSecond: 3 });
  const all = await Promise.all(Array.from({ length: 12 }, () => sandbox.get('/api/v1/payment_tokens')));
  const refused = all.filter(({ status }) => status === 429);
  // The twelve may straddle the end of a second.
  expect(refused.length).toBeGreaterThanOrEqual(6);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
});

describe('a fault meets only the calls that it names', () => {
  const cases: [ApiFaultInput['match'], boolean][] = [
    [{ operation: 'createPaymentSession' }, true],
    [{ operation: 'createPaymentToken' }, false],
    [{ path_prefix: '/payments/' }, true],
    [{ path_prefix: '/api/' }, false],
    [{ idempotency_key: 'renewal-1' }, true],
    [{ idempotency_key: 'renewal-2' }, false],
    [{ payment_token: 'pt_ada' }, true],
    [{ payment_token: 'pt_bo' }, false],
    [{ email: 'ADA@example.com' }, true],
    [{ email: 'bo@example.com' }, false],
    [{ metadata: 'att_' }, true],
    [{ metadata: 'prq_' }, false],
    [{ operation: 'createPaymentSession', metadata: 'prq_' }, false],
  ];

  it.each(cases)('%j: %s', async (match = {}, meets) => {
    await sandbox.control.addFault({ match, fault: '500' });
    expect((await charge()).status).toBe(meets ? 500 : 200);
    expect(await sandbox.control.faults()).toHaveLength(meets ? 0 : 1);
  });
});

it('faults are cleared together', async () => {
  await sandbox.control.addFault({ fault: '500', times: 9 });
  await sandbox.control.clearFaults();
  expect((await charge()).status).toBe(200);
});
