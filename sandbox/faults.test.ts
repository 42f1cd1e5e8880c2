import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiFaultInput } from './control/inputs';
import { aRenewalBody, aTokenBody, startTestSandbox, type TestSandbox } from './test-world';

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

  it.each([
    ['foreign_redirect', 'https://evil.example/steal'],
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
