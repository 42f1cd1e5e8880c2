import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { card, sendForm, survey } from './test-forms';
import { aRenewalBody, aTokenBody, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSIONS = '/payments/v1/create_payment_session';
const LEVELS = 200_000;
const DEEP = '['.repeat(LEVELS) + ']'.repeat(LEVELS);

let sandbox: TestSandbox;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});

afterEach(() => sandbox.close());

/** A body with one more field, whose value is JSON already. */
function withField(body: Record<string, unknown>, name: string, value: string): string {
  return `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:${value}}`;
}

/** The first line of what a request line of any kind is answered. */
function askRaw(target: string): Promise<string> {
  const { hostname, port } = new URL(sandbox.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n`);
  });
}

describe('a body that is nested too deep is refused like one that is not JSON', () => {
  test.each([
    ['by the payment sessions', SESSIONS, () => withField(aRenewalBody(), 'more', DEEP), 'InvalidRequestParameter'],
    ['by the tokens', '/api/v1/payment_tokens/create', () => withField(aTokenBody(), 'more', DEEP), 'ValidationError'],
    ['by the control API', '/__sandbox/events', () => `{"event_type":"x","data":{"more":${DEEP}}}`, 'BadRequest'],
  ])('%s', async (_, path, body, error) => {
    expect(await sandbox.post(path, body())).toMatchObject({ status: 400, body: { error } });
  });

  test('and an address with a few levels is not', async () => {
    const billing_address = { lines: [{ parts: [{ text: 'Main Street' }] }] };
    expect((await sandbox.post(SESSIONS, aRenewalBody({ billing_address }))).status).toBe(200);
  });
});

describe('an idempotency key (section 1.2)', () => {
  test('stays used when the body has a payment_id, which only a refund has', async () => {
    await sandbox.post(SESSIONS, aRenewalBody());
    expect(await sandbox.post(SESSIONS, aRenewalBody({ payment_id: 'another' }))).toMatchObject({
      status: 400,
      body: { error: 'IdempotencyViolation' },
    });
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  test('gives one refund, though the payment_id is written with a space before it', async () => {
    const { body } = await sandbox.post(SESSIONS, aRenewalBody());
    const refund = { payment_id: body.id, amount: 100, reason: 'customer_request', idempotency_key: 'refund-1' };
    expect((await sandbox.post('/payments/v1/refund', refund)).status).toBe(200);
    expect(await sandbox.post('/payments/v1/refund', { ...refund, payment_id: ` ${body.id}` })).toMatchObject({
      status: 400,
      body: { error: 'InvalidPaymentId' },
    });
    const { body: detail } = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    expect(detail.refund_amount).toBe(100);
  });

  test('has one answer for fifty calls at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => sandbox.post(SESSIONS, aRenewalBody())));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });
});

describe('a customer who is done is sent to a success_url', () => {
  test.each([
    ['with signs beyond ASCII', 'https://shop.example/done?x=✓ü', 'https://shop.example/done?x=%E2%9C%93%C3%BC'],
    ['with half a sign', 'https://shop.example/\ud800', 'https://shop.example/%EF%BF%BD'],
    ['with a line break, which adds no header', 'https://shop.example/a\r\nX: y', 'https://shop.example/aX:%20y'],
  ])('%s', async (_, success_url, location) => {
    const { body } = await sandbox.post(SESSIONS, aRenewalBody({ success_url, payment_token: null }));
    await sendForm(body.redirect_url, survey());
    expect(await sendForm(body.redirect_url, card())).toMatchObject({ status: 303, location });
  });

  test('whose host is made of the session id, as any part may be', async () => {
    const success_url = 'https://{{payment_session_id}}.shop.example/done';
    const { body } = await sandbox.post(SESSIONS, aRenewalBody({ success_url, payment_token: null }));
    await sendForm(body.redirect_url, survey());
    const { location } = await sendForm(body.redirect_url, card());
    expect(location).toBe(`https://${body.id}.shop.example/done`);
  });
});

describe('an address that is none', () => {
  test.each(['//', '//[', 'http://', '*'])('is answered 404: %s', async (target) => {
    expect(await askRaw(target)).toBe('HTTP/1.1 404 Not Found');
  });

  test('is not taken for a path behind two slashes', async () => {
    expect(await askRaw('//shop.example/__sandbox/clock')).toBe('HTTP/1.1 404 Not Found');
  });

  test.each(['constructor', 'toString', '__proto__'])('is answered 404 with the id of a page: /%s/ID', async (page) => {
    const { body } = await sandbox.post(SESSIONS, aRenewalBody({ payment_token: null }));
    expect((await fetch(`${sandbox.url}/${page}/${body.id}`)).status).toBe(404);
  });

  test.each(['constructor', '__proto__'])('is no filter of the requests: answer=%s', async (answer) => {
    await sandbox.post(SESSIONS, aRenewalBody());
    expect((await fetch(`${sandbox.url}/console/requests?answer=${answer}`)).status).toBe(200);
  });

  test('is no page to go back to', async () => {
    const referer = `${sandbox.url}//`;
    const options = { method: 'POST', headers: { referer }, redirect: 'manual' } as const;
    expect((await fetch(`${sandbox.url}/console/mail/clear`, options)).status).toBe(303);
  });
});

describe('the clock', () => {
  test.each([
    ['a million years', { advance: { years: 1_000_000 } }],
    ['an instant behind the last one', { to: '9999-12-31T23:59:59Z' }],
  ])('is not moved by %s', async (_, move) => {
    const { now: before } = (await sandbox.get('/__sandbox/clock')).body;
    expect(await sandbox.post('/__sandbox/clock', move)).toMatchObject({ status: 400, body: { error: 'BadRequest' } });
    const { now } = (await sandbox.get('/__sandbox/clock')).body;
    expect(String(now).slice(0, 4)).toBe(String(before).slice(0, 4));
  });
});

test('two steps of the clock at once are two steps, though the first waits for an endpoint', async () => {
  const receiver = await startReceiver();
  receiver.status = 500;
  await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['secret'] }]);
  await sandbox.control.moveClock({ mode: 'manual', to: '2030-01-01T00:00:00Z' });
  await sandbox.post('/__sandbox/events', { event_type: 'order.made', data: {} });
  await sandbox.control.settle();
  Object.assign(receiver, { status: 204, delayMs: 300 });
  await Promise.all([sandbox.control.advance({ days: 1 }), sandbox.control.advance({ days: 1 })]);
  expect((await sandbox.control.clock()).now).toBe('2030-01-03T00:00:00.000Z');
  receiver.close();
});

describe('what no date or timer can hold is refused', () => {
  test.each([
    ['a factor on the retries', 'PATCH', 'switches', { retryScheduleScale: 1e300 }],
    ['a delay by chance', 'PUT', 'chaos', { seed: 'a', max_delay_seconds: 1e300 }],
    ['a pause by chance', 'PUT', 'chaos', { seed: 'a', ms: 5e9 }],
    ['a pause of a call', 'POST', 'faults', { fault: 'hang', ms: 5e9 }],
  ])('%s', async (_, method, path, body) => {
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, { method, body: JSON.stringify(body) });
    expect(answer.status).toBe(400);
  });
});

test('the detail list of an item adds up to the total beside it, as that of an order does', async () => {
  const amount_details = { total_discounts: -900, discounts_details: [{ name: 'Ten', amount: -10 }] };
  const item = { name: 'Magnesium', sku: 'MAG', quantity: 1, price: 5730, amount_details };
  const order = { amount_details: {}, order_items: [item] };
  expect(await sandbox.post(SESSIONS, aRenewalBody(order))).toMatchObject({
    status: 400,
    body: { error: 'TotalAmountInvalid' },
  });
});
