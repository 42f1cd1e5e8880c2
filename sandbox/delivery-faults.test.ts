import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifySignature } from '@/lib/truemed/signature';
import { envelopes } from './test-forms';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSION = '/payments/v1/create_payment_session';
const SECRET = 'sandbox-signing-secret';
const START = '2030-05-10T12:00:00.000Z';

let receiver: Receiver;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
  await sandbox.control.moveClock({ mode: 'manual', to: START });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const charge = (key = 'renewal-1', changes: Record<string, unknown> = {}) =>
  sandbox.post(SESSION, aRenewalBody({ idempotency_key: key, ...changes }));
const deliveries = async () => (await sandbox.control.ledger()).deliveries;
const sessionIds = (from = receiver) => envelopes(from).map(({ data }) => data.payment_id);

/** What our own check of signatures says to a request that arrived. */
async function verdictOn(index: number, now?: string) {
  const received = receiver.received[index];
  const header = String(received?.headers['x-truemed-signature']);
  const at = new Date(now ?? (await sandbox.control.clock()).now);
  return verifySignature(header, Buffer.from(received?.body ?? ''), [SECRET], at);
}

describe('one attempt', () => {
  const cases = [
    ['wrong_signature', { ok: false, reason: 'no_match' }],
    ['stale', { ok: false, reason: 'too_old' }],
    ['corrupt', { ok: false, reason: 'no_match' }],
    ['reencode', { ok: false, reason: 'no_match' }],
    ['truncate', { ok: true, late: false }],
    ['oversized', { ok: true, late: false }],
  ] as const;

  it.each(cases)('goes out with %s, and the next one is as it should be', async (fault, verdict) => {
    receiver.status = 500;
    await sandbox.control.addDeliveryFault({ fault });
    await charge();
    await sandbox.control.settle();
    expect(await verdictOn(0)).toMatchObject(verdict);
    receiver.status = 204;
    await sandbox.control.advance({ seconds: 10 });
    expect(await verdictOn(1)).toMatchObject({ ok: true, late: false });
    expect(await deliveries()).toMatchObject([{ status: 'delivered', log: [{ fault }, { fault: null }] }]);
  });

  it('is stale by as much as it is told', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'stale', age_seconds: 3600 });
    await charge();
    await sandbox.control.settle();
    expect(await verdictOn(0)).toEqual({ ok: true, late: true, timestamp: Date.parse(START) / 1000 - 3600 });
  });

  it('is changed after it was signed, and still JSON', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'corrupt' });
    await charge();
    await sandbox.control.settle();
    expect(envelopes(receiver)[0]).toMatchObject({ corrupted: true, data: { status: 'captured' } });
  });

  it('says the same after a proxy has written it anew', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'reencode' });
    await charge();
    await sandbox.control.resend({ event_id: String((await deliveries())[0]?.event_id) });
    await sandbox.control.settle();
    const [first, second] = envelopes(receiver);
    expect(first).toEqual(second);
    expect(receiver.received[0]?.body).not.toBe(receiver.received[1]?.body);
  });

  it('is JSON that breaks off', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'truncate' });
    await charge();
    await sandbox.control.settle();
    expect(() => JSON.parse(receiver.received[0]?.body ?? '')).toThrow(SyntaxError);
  });

  it('has two megabytes, of which the ledger keeps the beginning', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'oversized' });
    await charge();
    await sandbox.control.settle();
    expect(receiver.received[0]?.body.length).toBeGreaterThan(2_000_000);
    const [attempt] = (await deliveries())[0]?.log ?? [];
    expect(attempt?.request.body.length).toBeLessThan(101_000);
    await expect(sandbox.control.replay({ attempt_id: String(attempt?.id) })).rejects.toThrow('409');
  });

  it('comes unsigned and flat from an endpoint that signs, with the secret in clear', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'unsigned' });
    const { body } = await charge();
    await sandbox.control.settle();
    expect(receiver.received[0]?.headers).toMatchObject({ 'x-truemed-api-key': SECRET });
    expect(receiver.received[0]?.headers).not.toHaveProperty('x-truemed-signature');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ payment_id: body.id });
    expect(JSON.stringify(await deliveries())).not.toContain(SECRET);
  });

  it('of day 6.9 carries a fresh timestamp, or the first one', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'delay', delay_seconds: 6.9 * 86_400, times: 2 });
    await sandbox.control.addDeliveryFault({ fault: 'original_timestamp' });
    await charge('renewal-1');
    await charge('renewal-2');
    await sandbox.control.advance({ days: 7 });
    const delivered = new Date(Date.parse(START) + 6.9 * 86_400_000).toISOString();
    expect(await verdictOn(0, delivered)).toMatchObject({ ok: true, late: true, timestamp: Date.parse(START) / 1000 });
    expect(await verdictOn(1, delivered)).toMatchObject({ ok: true, late: false });
  });

  it('is written down with the first bytes of its answer', async () => {
    receiver.status = 400;
    receiver.answer = `not today ${'.'.repeat(5000)}`;
    await charge();
    await sandbox.control.settle();
    const [attempt] = (await deliveries())[0]?.log ?? [];
    expect(attempt).toMatchObject({ status: 400, error: null });
    expect(attempt?.answer).toBe(receiver.answer.slice(0, 512));
  });
});

describe('a fault meets only', () => {
  const others = {
    event_type: 'payment_token.updated',
    email: 'bo@example.com',
    status: 'processing',
    event_id: 'none',
  };
  const these = { event_type: 'payment_session.updated', email: 'ADA@example.com', status: 'captured' };

  it.each([
    ...Object.entries(these).map((entry) => [...entry, 0]),
    ...Object.entries(others).map((entry) => [...entry, 1]),
  ])('deliveries with %s %s: %i sent', async (field, value, sent) => {
    await sandbox.control.addDeliveryFault({ fault: 'drop', [String(field)]: value });
    await charge();
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(Number(sent));
  });

  it('the endpoint that it names', async () => {
    const other = await startReceiver();
    await sandbox.control.setEndpoints([receiver, other].map(({ url }) => ({ url, secrets: [SECRET] })));
    await sandbox.control.addDeliveryFault({ fault: 'wrong_signature', endpoint: other.url, times: 9 });
    await charge();
    await sandbox.control.settle();
    expect(await verdictOn(0)).toMatchObject({ ok: true });
    const [received] = other.received;
    const header = String(received?.headers['x-truemed-signature']);
    const verdict = verifySignature(header, Buffer.from(received?.body ?? ''), [SECRET], new Date(START));
    expect(verdict).toEqual({ ok: false, reason: 'no_match' });
    other.close();
  });

  it('a retry of the event that it names', async () => {
    receiver.status = 500;
    await charge();
    await sandbox.control.settle();
    const event_id = String((await deliveries())[0]?.event_id);
    await sandbox.control.addDeliveryFault({ fault: 'corrupt', event_id });
    await sandbox.control.moveClock({ to: 'next' });
    expect(await verdictOn(1)).toMatchObject({ reason: 'no_match' });
  });
});

describe('a delivery by hand', () => {
  it('is overtaken by the next one to its endpoint', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'reorder', delay_seconds: 3600 });
    const first = await charge('renewal-1');
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(0);
    const second = await charge('renewal-2');
    await sandbox.control.settle();
    expect(sessionIds()).toEqual([second.body.id, first.body.id]);
  });

  it('that nobody overtakes goes out after its time', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'reorder', delay_seconds: 3600 });
    await charge();
    await sandbox.control.advance({ minutes: 59 });
    expect(receiver.received).toHaveLength(0);
    await sandbox.control.advance({ minutes: 1 });
    expect(receiver.received).toHaveLength(1);
  });

  it('is held and released in any order', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'hold', times: 3 });
    const ids: unknown[] = [];
    for (const key of ['a', 'b', 'c']) ids.push((await charge(key)).body.id);
    await sandbox.control.advance({ days: 30 });
    expect(receiver.received).toHaveLength(0);
    const held = await deliveries();
    expect(held.map(({ status }) => status)).toEqual(['held', 'held', 'held']);
    const order = [2, 0, 1];
    const released = await sandbox.control.release(order.map((index) => String(held[index]?.id)));
    expect(released.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(sessionIds()).toEqual(order.map((index) => ids[index]));
  });

  it('that waits is held, sent now or dropped', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'delay', delay_seconds: 60, times: 3 });
    for (const key of ['a', 'b', 'c']) await charge(key);
    const [first, second, third] = (await deliveries()).map(({ id }) => ({ delivery_id: id }));
    if (first === undefined || second === undefined || third === undefined) throw new Error('Three were planned.');
    await sandbox.control.hold(first);
    await sandbox.control.drop(second);
    await sandbox.control.resend(third);
    await sandbox.control.advance({ hours: 1 });
    expect((await deliveries()).map(({ status }) => status)).toEqual(['held', 'dropped', 'delivered']);
    expect(receiver.received).toHaveLength(1);
    await sandbox.control.drop(first);
    await expect(sandbox.control.drop(first)).rejects.toThrow('409');
    await expect(sandbox.control.hold(third)).rejects.toThrow('409');
    await expect(sandbox.control.drop({ delivery_id: 'none' })).rejects.toThrow('404');
  });

  it('is replayed byte for byte, as an attacker would', async () => {
    await charge();
    await sandbox.control.settle();
    await sandbox.control.advance({ days: 3 });
    const [attempt] = (await deliveries())[0]?.log ?? [];
    expect(await sandbox.control.replay({ attempt_id: String(attempt?.id) })).toMatchObject({
      fault: 'replay',
      status: 204,
    });
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['x-truemed-signature']).toBe(first?.headers['x-truemed-signature']);
    expect(await deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });
});

describe('an event by hand', () => {
  it('has the data that are given, whatever its type', async () => {
    await sandbox.control.fire({ event_type: 'something.new', data: { a: 1 } });
    await sandbox.control.settle();
    expect(envelopes(receiver)).toEqual([
      { webhook_delivery_id: expect.any(String), event_type: 'something.new', data: { a: 1 } },
    ]);
  });

  it('is made up for a session, a token and a customer', async () => {
    const { body } = await charge('renewal-1', { metadata: 'att_9' });
    await sandbox.control.settle();
    receiver.received.length = 0;
    const events = [
      { event_type: 'payment_session.updated', session_id: String(body.id) },
      { event_type: 'payment_session.updated', email: 'ada@example.com' },
      { event_type: 'payment_token.updated', payment_token: 'pt_ada' },
      { event_type: 'payment_token.updated', email: 'ADA@example.com' },
    ];
    // One after the other: what is on its way at the same time arrives in any order.
    for (const event of events) {
      await sandbox.control.fire(event);
      await sandbox.control.settle();
    }
    const data = envelopes(receiver).map((envelope) => envelope.data);
    expect(data.slice(0, 2)).toEqual([
      expect.objectContaining({ payment_id: body.id, status: 'captured', metadata: 'att_9' }),
      expect.objectContaining({ payment_id: body.id }),
    ]);
    expect(data.slice(2)).toEqual([
      expect.objectContaining({ payment_token: 'pt_ada', customer_email: 'ada@example.com' }),
      expect.objectContaining({ payment_token: 'pt_ada' }),
    ]);
  });

  it.each(['qualification_session.updated', 'product_catalog.item.eligibility_updated'])(
    '%s is made up of nothing',
    async (event_type) => {
      await sandbox.control.fire({ event_type });
      await sandbox.control.settle();
      expect(envelopes(receiver)).toMatchObject([{ event_type, data: expect.any(Object) }]);
    },
  );

  it('is refused for somebody who is not there', async () => {
    await expect(sandbox.control.fire({ event_type: 'payment_session.updated', session_id: 'x' })).rejects.toThrow(
      '404',
    );
    await expect(sandbox.control.fire({ event_type: 'payment_token.updated', email: 'x@x.xx' })).rejects.toThrow('404');
  });
});

it('endpoints that the control API has set survive a reset', async () => {
  await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['old', 'new'], signed: true }]);
  await sandbox.control.reset();
  expect((await sandbox.control.endpoints()).endpoints).toMatchObject([{ secrets: ['old', 'new'] }]);
});
