import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRenewalBody, startTestSandbox, type TestSandbox } from './test-world';

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

const detail = async (id: string, from = sandbox) => (await from.get(`/payments/v1/payment_session/${id}`)).body;
const error = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.error];

async function charge(changes: Record<string, unknown> = {}, at = sandbox) {
  const { body } = await at.post('/payments/v1/create_payment_session', aRenewalBody(changes));
  return String(body.id);
}

const refund = (payment_id: string, amount: unknown, changes: Record<string, unknown> = {}, at = sandbox) =>
  at.post('/payments/v1/refund', {
    payment_id,
    amount,
    idempotency_key: `refund-${JSON.stringify([amount, changes])}`,
    reason: 'customer_request',
    ...changes,
  });

describe('a refund', () => {
  it('gives a part back: the status stays captured, the summary says so, and nobody is told', async () => {
    const id = await charge();
    const events = (await sandbox.control.ledger()).events.length;
    const { status, body } = await refund(id, 1000);
    expect([status, body]).toEqual([200, { refund_id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(await detail(id)).toMatchObject({
      status: 'captured',
      status_summary: 'Partially Refunded',
      capture_amount: 4830,
      refund_amount: 1000,
      total_refundable: 3830,
      refunds: [{ refund_id: body.refund_id, amount: 1000, reason: 'customer_request' }],
    });
    expect((await sandbox.control.ledger()).events).toHaveLength(events);
    expect((await sandbox.control.ledger()).refunds).toMatchObject([
      { refund_id: body.refund_id, session_id: id, amount: 1000, customer_email: 'ada@example.com' },
    ]);
  });

  it('may follow others until all is given back', async () => {
    const id = await charge();
    await refund(id, 1000);
    expect((await refund(id, 3830)).status).toBe(200);
    expect(await detail(id)).toMatchObject({ status: 'captured', status_summary: 'Refunded', total_refundable: 0 });
    expect(error(await refund(id, 1))).toEqual([400, 'AmountInvalid']);
  });

  it('above what is left is refused with AmountInvalid, as is 0 and a negative one', async () => {
    const id = await charge();
    await refund(id, 1000);
    for (const amount of [3831, 0, -1]) expect(error(await refund(id, amount))).toEqual([400, 'AmountInvalid']);
    expect((await detail(id)).refund_amount).toBe(1000);
  });

  it('is made once for a key; another amount with it is a violation, and another session knows it not', async () => {
    const [one, two] = [await charge(), await charge({ idempotency_key: 'renewal-2' })];
    const first = await refund(one, 1000, { idempotency_key: 'r' });
    expect((await refund(one, 1000, { idempotency_key: 'r' })).body).toEqual(first.body);
    expect(error(await refund(one, 999, { idempotency_key: 'r' }))).toEqual([400, 'IdempotencyViolation']);
    expect((await refund(two, 1000, { idempotency_key: 'r' })).status).toBe(200);
    expect((await sandbox.control.ledger()).refunds).toHaveLength(2);
  });

  it.each(['payment_id', 'amount', 'idempotency_key', 'reason'])(
    'without %s is refused with MissingField',
    async (name) => {
      const id = await charge();
      expect(error(await refund(id, 100, { [name]: null }))).toEqual([400, 'MissingField']);
    },
  );

  it.each(['customer_request', 'fraudulent', 'duplicate_payment'])('may have the reason %s', async (reason) => {
    expect((await refund(await charge(), 100, { reason })).status).toBe(200);
  });

  it('with another reason, or an amount that is no integer, is refused with ValidationError', async () => {
    const id = await charge();
    expect(error(await refund(id, 100, { reason: 'mood' }))).toEqual([400, 'ValidationError']);
    expect(error(await refund(id, 1.5))).toEqual([400, 'ValidationError']);
  });

  it('of an unknown payment is refused with InvalidPaymentId', async () => {
    expect(error(await refund('nobody', 100))).toEqual([400, 'InvalidPaymentId']);
  });

  it('of what was not captured is refused with NoSessionCaptures', async () => {
    await sandbox.control.setSwitches({ captureAs: 'processing' });
    expect(error(await refund(await charge(), 100))).toEqual([400, 'NoSessionCaptures']);
  });

  it('of a ServerError is made by the next call with the same key', async () => {
    const id = await charge();
    await sandbox.control.addFault({ fault: 'ServerError' });
    expect(error(await refund(id, 100))).toEqual([400, 'ServerError']);
    expect((await refund(id, 100)).status).toBe(200);
    expect((await detail(id)).refund_amount).toBe(100);
  });
});

describe('item_details', () => {
  const TWO = {
    total_amount: 9800,
    amount_details: {},
    order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 2, price: 4900 }],
  };
  const itemOf = async (id: string) => {
    const [item] = (await detail(id)).order_items as Record<string, unknown>[];
    return item ?? {};
  };

  it('make what is left of a line smaller', async () => {
    const id = await charge(TWO);
    const { item_id } = await itemOf(id);
    expect((await refund(id, 4900, { item_details: [{ item_id, quantity: 1, amount: 4900 }] })).status).toBe(200);
    expect(await itemOf(id)).toMatchObject({ total_refundable: 4900, quantity_refundable: 1 });
    expect(await itemOf(id)).not.toHaveProperty('total_capturable');
  });

  it('of another session, above what is left, or above the refund are refused with AmountInvalid', async () => {
    const id = await charge(TWO);
    const { item_id } = await itemOf(id);
    const wrong = [
      [{ item_id: 'other', quantity: 1, amount: 100 }],
      [{ item_id, quantity: 3, amount: 100 }],
      [{ item_id, quantity: 2, amount: 9801 }],
      [{ item_id, quantity: 1, amount: 4901 }],
      [
        { item_id, quantity: 1, amount: 1 },
        { item_id, quantity: 1, amount: 1 },
      ],
    ];
    for (const item_details of wrong) {
      expect(error(await refund(id, 4900, { item_details }))).toEqual([400, 'AmountInvalid']);
    }
    await sandbox.control.setSwitches({ refundItemsChecked: false });
    expect((await refund(id, 4900, { item_details: wrong[0], idempotency_key: 'again' })).status).toBe(200);
  });
});

describe('a dispute', () => {
  it('blocks refunds until it is settled', async () => {
    const id = await charge();
    await sandbox.control.disputeSession({ session_id: id, state: 'opened' });
    expect(error(await refund(id, 100, { idempotency_key: 'a' }))).toEqual([400, 'ChargeDisputed']);
    await sandbox.control.disputeSession({ session_id: id, state: 'won' });
    expect((await refund(id, 100, { idempotency_key: 'b' })).status).toBe(200);
  });

  it('that is lost takes all that was left', async () => {
    const id = await charge();
    await refund(id, 1000);
    expect(await sandbox.control.disputeSession({ session_id: id, state: 'opened' })).toMatchObject({ amount: 3830 });
    await sandbox.control.disputeSession({ session_id: id, state: 'lost' });
    expect(await detail(id)).toMatchObject({ status: 'captured', total_refundable: 0, refund_amount: 1000 });
    expect(error(await refund(id, 1))).toEqual([400, 'AmountInvalid']);
    expect((await sandbox.control.ledger()).disputes.map(({ state }) => state)).toEqual(['opened', 'lost']);
  });

  it('is opened by the tag +disputed, and shown in the summary where the switch says so', async () => {
    await sandbox.control.seedToken({ email: 'bo+disputed@example.com', name: 'Bo Reyes', payment_token: 'pt_bo' });
    const id = await charge({ payment_token: 'pt_bo' });
    expect(error(await refund(id, 100))).toEqual([400, 'ChargeDisputed']);
    expect((await detail(id)).status_summary).toBe('Captured');
    await sandbox.control.setSwitches({ dashboardSummaries: true });
    expect((await detail(id)).status_summary).toBe('Disputed');
  });

  it('is refused where nothing was captured, or none is open', async () => {
    const id = await charge();
    await expect(sandbox.control.disputeSession({ session_id: id, state: 'won' })).rejects.toThrow('409');
    await sandbox.control.disputeSession({ session_id: id, state: 'opened' });
    await expect(sandbox.control.disputeSession({ session_id: id, state: 'opened' })).rejects.toThrow('409');
  });
});

it('refunds and disputes survive a restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const first = await startTestSandbox({ data });
  await first.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
  const id = await charge({}, first);
  await refund(id, 1000, {}, first);
  await first.control.disputeSession({ session_id: id, state: 'opened' });
  const before = await detail(id, first);
  await first.close();
  const second = await startTestSandbox({ data });
  expect(await detail(id, second)).toEqual(before);
  expect(error(await refund(id, 1, {}, second))).toEqual([400, 'ChargeDisputed']);
  await second.close();
  await rm(data, { recursive: true });
});
