import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifySignature } from '@/lib/truemed/signature';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';
import { nextAttemptAt } from './webhooks/schedule';

const SESSION = '/payments/v1/create_payment_session';

let receiver: Receiver;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const charge = (key = 'renewal-1') => sandbox.post(SESSION, aRenewalBody({ idempotency_key: key }));

async function deliveries() {
  return (await sandbox.control.ledger()).deliveries;
}

function headerOf(index: number, name: string): string {
  return String(receiver.received[index]?.headers[name]);
}

describe('a delivery', () => {
  it('is an envelope, signed over its raw bytes', async () => {
    const { body } = await charge();
    await sandbox.control.settle();
    const [received] = receiver.received;
    const raw = Buffer.from(received?.body ?? '');
    const verdict = verifySignature(headerOf(0, 'x-truemed-signature'), raw, ['sandbox-signing-secret'], new Date());
    expect(verdict).toMatchObject({ ok: true, late: false });
    expect(JSON.parse(received?.body ?? '')).toEqual({
      webhook_delivery_id: expect.any(String),
      event_type: 'payment_session.updated',
      data: {
        payment_id: body.id,
        status: 'captured',
        created_at: expect.any(String),
        order_items: [
          {
            item_id: expect.any(String),
            name: 'Magnesium',
            price: 4900,
            quantity: 1,
            sku: 'MAG',
            total_refundable: 4830,
            quantity_refundable: 1,
          },
        ],
        capture_amount: 4830,
        metadata: 'att_1',
        payment_token: 'pt_ada',
      },
    });
    expect(await deliveries()).toMatchObject([
      {
        status: 'delivered',
        attempts: 1,
        next_attempt_at: null,
        log: [{ status: 204, number: 1, request: { body: received?.body } }],
      },
    ]);
  });

  it('carries one signature for each secret', async () => {
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['old', 'new'] }]);
    await charge();
    await sandbox.control.settle();
    const raw = Buffer.from(receiver.received[0]?.body ?? '');
    for (const secret of ['old', 'new']) {
      expect(verifySignature(headerOf(0, 'x-truemed-signature'), raw, [secret], new Date()).ok).toBe(true);
    }
  });

  it('goes unsigned and flat, with the secret in clear, where the endpoint is so; the ledger hides it', async () => {
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['shared'], signed: false }]);
    const { body } = await charge();
    await sandbox.control.settle();
    expect(headerOf(0, 'x-truemed-api-key')).toBe('shared');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ payment_id: body.id, status: 'captured' });
    expect(JSON.stringify(await deliveries())).not.toContain('shared');
  });

  it('goes to every endpoint under an id of its own', async () => {
    const other = await startReceiver();
    await sandbox.control.setEndpoints([
      { url: receiver.url, secrets: ['a'] },
      { url: other.url, secrets: ['b'] },
    ]);
    await charge();
    await sandbox.control.settle();
    const ids = [receiver, other].map(({ received }) => JSON.parse(received[0]?.body ?? '').webhook_delivery_id);
    expect(new Set(ids).size).toBe(2);
    other.close();
  });

  it('names the session as the switch says, and tells of processing when switched so', async () => {
    await sandbox.control.setSwitches({ sessionIdFieldInWebhook: 'payment_session_id', renewalEmitsProcessing: true });
    const { body } = await charge();
    await sandbox.control.settle();
    const data = receiver.received.map((received) => JSON.parse(received.body).data);
    expect(data.map(({ status }) => status).sort()).toEqual(['captured', 'processing']);
    expect(data.map(({ payment_session_id }) => payment_session_id)).toEqual([body.id, body.id]);
  });

  it('tells of a cancelled session', async () => {
    const { body } = await sandbox.post(SESSION, aRenewalBody({ payment_token: null }));
    await sandbox.post(`/payments/v1/payment_session/${body.id}/cancel`);
    await sandbox.control.settle();
    expect(JSON.parse(receiver.received[0]?.body ?? '').data).toMatchObject({
      payment_id: body.id,
      status: 'canceled',
    });
  });
});

describe('what is not answered 204', () => {
  it('is tried again when the clock gets there, with a fresh timestamp, the same id and the same bytes', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    receiver.status = 500;
    await charge();
    await sandbox.control.settle();
    await sandbox.control.advance({ seconds: 9 });
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(1);
    await sandbox.control.advance({ seconds: 1 });
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(2);
    receiver.status = 204;
    await sandbox.control.advance({ minutes: 1 });
    await sandbox.control.settle();
    expect(await deliveries()).toMatchObject([{ status: 'delivered', attempts: 3 }]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map((_, index) => headerOf(index, 'x-truemed-signature'))).size).toBe(3);
  });

  it('is given up after seven days', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    receiver.status = 503;
    await charge();
    for (let hours = 0; hours < 8 * 24; hours += 6) {
      await sandbox.control.settle();
      await sandbox.control.advance({ hours: 6 });
    }
    await sandbox.control.settle();
    expect(await deliveries()).toMatchObject([{ status: 'failed', next_attempt_at: null }]);
    const tries = receiver.received.length;
    await sandbox.control.advance({ days: 30 });
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(tries);
  });

  it('is tried again by itself in real time, on a schedule that can be shrunk', async () => {
    await sandbox.control.setSwitches({ retryScheduleScale: 0.001 });
    receiver.status = 500;
    await charge();
    await expect.poll(() => receiver.received.length, { timeout: 5000, interval: 5 }).toBeGreaterThan(2);
    receiver.status = 204;
    await expect.poll(async () => (await deliveries())[0]?.status, { timeout: 5000 }).toBe('delivered');
  });

  it('counts as delivered at 200 only when switched so', async () => {
    receiver.status = 200;
    await charge();
    await sandbox.control.settle();
    expect((await deliveries())[0]?.status).toBe('pending');
    await sandbox.control.setSwitches({ webhookSuccess204Only: false });
    await charge('renewal-2');
    await sandbox.control.settle();
    expect((await deliveries())[1]?.status).toBe('delivered');
  });

  it('may be nobody who answers', async () => {
    receiver.close();
    await charge();
    await sandbox.control.settle();
    expect(await deliveries()).toMatchObject([
      { status: 'pending', log: [{ status: null, error: expect.stringContaining('ECONNREFUSED') }] },
    ]);
  });
});

describe('a scripted delivery', () => {
  it('is dropped, until it is sent by hand', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'drop', times: 1 });
    await charge();
    await charge('renewal-2');
    await sandbox.control.settle();
    const [dropped] = await deliveries();
    expect([dropped?.status, receiver.received.length]).toEqual(['dropped', 1]);
    await sandbox.control.resend({ event_id: String(dropped?.event_id) });
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(2);
    await expect(sandbox.control.resend({ delivery_id: 'none' })).rejects.toThrow('404');
  });

  it('is sent several times at once under one id', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'duplicate', copies: 5 });
    await charge();
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(5);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it('is delayed on the clock, so that a later one overtakes it', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.addDeliveryFault({ fault: 'delay', delay_seconds: 3600 });
    const first = await charge();
    const second = await charge('renewal-2');
    await sandbox.control.settle();
    await sandbox.control.advance({ hours: 1 });
    await sandbox.control.settle();
    const ids = receiver.received.map(({ body }) => JSON.parse(body).data.payment_id);
    expect(ids).toEqual([second.body.id, first.body.id]);
  });

  it('loses an attempt and is tried again', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.addDeliveryFault({ fault: 'fail', event_type: 'payment_session.updated' });
    await charge();
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(0);
    await sandbox.control.advance({ seconds: 10 });
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(1);
  });
});

it('the schedule is 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, then 12-hourly for seven days', () => {
  const start = new Date('2026-01-01T00:00:00Z');
  const delays: number[] = [];
  let now = start;
  for (
    let next = nextAttemptAt(start, 1, now, 1);
    next !== null;
    next = nextAttemptAt(start, delays.length + 1, now, 1)
  ) {
    delays.push((next.getTime() - now.getTime()) / 1000);
    now = next;
  }
  expect(delays.slice(0, 8)).toEqual([10, 60, 300, 1800, 7200, 21_600, 43_200, 43_200]);
  expect(now.getTime() - start.getTime()).toBeGreaterThan(6.5 * 86_400_000);
});
