import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRenewalBody, startTestSandbox, type TestSandbox } from './test-world';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.moveClock({ mode: 'manual' });
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});

type Row = Record<string, unknown>;
const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? value : []);
const list = async (query = '') => {
  const { status, body } = await sandbox.get(`/payments/v1/payment_sessions${query}`);
  return { status, error: body.error, rows: rowsOf(body.payment_sessions), pagination: body.pagination };
};
const charge = async (key: string, changes: Record<string, unknown> = {}) =>
  String(
    (await sandbox.post('/payments/v1/create_payment_session', aRenewalBody({ idempotency_key: key, ...changes }))).body
      .id,
  );
const refund = (payment_id: string, amount: number) =>
  sandbox.post('/payments/v1/refund', {
    payment_id,
    amount,
    reason: 'customer_request',
    idempotency_key: `refund-${amount}`,
  });

describe('the list of payment sessions', () => {
  it('has 30 for a page, newest first, and says how many there are', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 32; n += 1) ids.unshift(await charge(`key-${n}`));
    const first = await list();
    expect(first.rows.map(({ id }) => id)).toEqual(ids.slice(0, 30));
    expect(first.pagination).toEqual({ count: 32, current_page: 1, last_page: 2, page_size: 30 });
    expect((await list('?page=2')).rows.map(({ id }) => id)).toEqual(ids.slice(30));
    expect((await list('?page=3')).rows).toEqual([]);
    expect((await list('?page=2&page_size=5')).rows.map(({ id }) => id)).toEqual(ids.slice(5, 10));
  });

  it('tells items and refunds where they are asked for', async () => {
    const id = await charge('one');
    await refund(id, 830);
    const [plain] = (await list()).rows;
    expect(plain).toMatchObject({
      id,
      status: 'captured',
      status_summary: 'Partially Refunded',
      total_refundable: 4000,
    });
    expect(plain).not.toHaveProperty('order_items');
    expect(plain).not.toHaveProperty('refund_amount');
    expect(plain?.authorized_on).toBe(plain?.captured_on);
    const [full] = (await list('?include_order_items=True&summarize_refunds=True')).rows;
    expect(full).toMatchObject({
      refund_amount: 830,
      order_items: [{ total_refundable: 4000, quantity_refundable: 1 }],
    });
  });

  it('tells what is left in its items, in the session or in both, as the switch says', async () => {
    await charge('one');
    const shape = async () => {
      const [row] = (await list('?include_order_items=true')).rows;
      const [item] = rowsOf(row?.order_items);
      return [row, item].map((record) => record !== undefined && 'total_refundable' in record);
    };
    expect(await shape()).toEqual([true, true]);
    await sandbox.control.setSwitches({ refundableFieldsAt: 'session' });
    expect(await shape()).toEqual([true, false]);
    await sandbox.control.setSwitches({ refundableFieldsAt: 'order_items' });
    expect(await shape()).toEqual([false, true]);
  });

  it('is searched by id, e-mail and name, whatever their case; or not at all', async () => {
    await sandbox.control.seedToken({ email: 'bo@example.com', name: 'Bo Reyes', payment_token: 'pt_bo' });
    const [ada, bo] = [await charge('one'), await charge('two', { payment_token: 'pt_bo' })];
    for (const search of ['REYES', 'bo@', bo]) {
      expect(await list(`?search=${search}`)).toMatchObject({ rows: [{ id: bo }], pagination: { count: 1 } });
    }
    await sandbox.control.setSwitches({ sessionSearch: false });
    expect((await list('?search=REYES')).rows.map(({ id }) => id)).toEqual([bo, ada]);
  });

  it.each(['page=0', 'page=one', 'page_size=0', 'include_order_items=perhaps'])('refuses %s', async (query) => {
    expect(await list(`?${query}`)).toMatchObject({ status: 400, error: 'InvalidRequestParameter' });
  });
});

describe('reconciliation', () => {
  const DAY = '2030-03-04';
  const reconcile = async (query: string) => {
    const { status, body } = await sandbox.get(`/api/v1/reconciliation/transactions?${query}`);
    return { status, error: body.error, rows: rowsOf(body.transactions), pagination: body.pagination };
  };
  const payouts = async (query: string) =>
    rowsOf((await sandbox.get(`/api/v1/reconciliation/payouts?${query}`)).body.payouts);
  const on = (day: string, until = day) => `start_date=${day}&end_date=${until}`;
  const money = (rows: Row[]) => rows.map(({ type, amount }) => [type, amount]);

  beforeEach(async () => {
    await sandbox.control.moveClock({ to: `${DAY}T10:00:00Z` });
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', lmn_expires_at: null });
    await sandbox.control.setTokenHealth({
      payment_token: 'pt_ada',
      lmn_expires_at: '2031-01-01T00:00:00Z',
      card_expires: '2031-01',
    });
  });

  it("has a row for a charge, for Truemed's fee, for a refund and the half of its fee, and for a dispute", async () => {
    const id = await charge('one');
    expect(money((await reconcile(on(DAY))).rows)).toEqual([
      ['charge', 4830],
      ['fee', -490],
    ]);
    await sandbox.control.advance({ minutes: 1 });
    await refund(id, 2415);
    await sandbox.control.advance({ minutes: 1 });
    await sandbox.control.disputeSession({ session_id: id, state: 'opened' });
    await sandbox.control.advance({ minutes: 1 });
    await sandbox.control.disputeSession({ session_id: id, state: 'won' });
    const { rows } = await reconcile(on(DAY));
    expect(money(rows)).toEqual([
      ['dispute', 2415],
      ['dispute', -2415],
      ['refund', -2415],
      ['fee', 122],
      ['charge', 4830],
      ['fee', -490],
    ]);
    expect(new Set(rows.map(({ transaction_id }) => transaction_id)).size).toBe(6);
    expect(rows.every(({ payment_id, payout_id }) => payment_id === id && payout_id === null)).toBe(true);
  });

  it('includes both days and no other, and pages through them', async () => {
    for (const key of ['a', 'b', 'c']) {
      await charge(key);
      await sandbox.control.advance({ days: 1 });
    }
    expect((await reconcile(on('2030-03-05', '2030-03-06'))).pagination).toMatchObject({ count: 4 });
    expect(await reconcile(`${on('2030-03-01', '2030-04-01')}&page=2&page_size=4`)).toMatchObject({
      rows: [{ type: 'charge' }, { type: 'fee' }],
      pagination: { count: 6, current_page: 2, last_page: 2, page_size: 4 },
    });
  });

  it('gives a row its payout when that has arrived, which is the sum of its rows', async () => {
    const id = await charge('one');
    await refund(id, 830);
    await sandbox.control.moveClock({ to: '2030-03-05T23:59:59Z' });
    expect(await payouts(on('2030-01-01', '2030-12-31'))).toEqual([]);
    expect((await reconcile(`${on(DAY)}&include_pending_payouts=false`)).rows).toEqual([]);
    await sandbox.control.moveClock({ to: '2030-03-06T00:00:00Z' });
    await charge('two');
    const [payout, ...others] = await payouts(on('2030-03-06'));
    expect(others).toEqual([]);
    const { rows } = await reconcile(`${on(DAY, '2030-03-06')}&include_pending_payouts=false`);
    expect(rows.every(({ payout_id }) => payout_id === payout?.payout_id)).toBe(true);
    expect(payout).toMatchObject({
      arrival_date: '2030-03-06',
      amount: rows.reduce((sum, { amount }) => sum + Number(amount), 0),
    });
    expect((await reconcile(on(DAY, '2030-03-06'))).rows).toHaveLength(rows.length + 2);
    expect((await reconcile(`${on(DAY, '2030-03-06')}&payout_ids=${payout?.payout_id},other`)).rows).toEqual(rows);
    expect(await payouts(on('2030-03-07', '2030-12-31'))).toEqual([]);
  });

  it.each(['end_date=2030-03-04', 'start_date=2030-03-04', on('4 March'), on('2030-03-05', '2030-03-04')])(
    'refuses %s with ValidationError',
    async (query) => {
      expect(await reconcile(query)).toMatchObject({ status: 400, error: 'ValidationError' });
      expect((await sandbox.get(`/api/v1/reconciliation/payouts?${query}`)).body.error).toBe('ValidationError');
    },
  );

  it('keeps the fee of a charge, whatever the switch says later', async () => {
    const id = await charge('one');
    await sandbox.control.setSwitches({
      truemedFeeBasisPoints: 0,
      truemedFeeFixedCents: 0,
      feeTransactionType: 'truemed_fee',
    });
    await charge('two');
    expect(money((await reconcile(on(DAY))).rows)).toEqual([
      ['charge', 4830],
      ['charge', 4830],
      ['truemed_fee', -490],
    ]);
    const { body } = await sandbox.get(`/payments/v1/payment_session/${id}`);
    expect(body.truemed_fee).toBe(490);
    await sandbox.control.setSwitches({ truemedFeeUnit: 'dollars' });
    expect((await sandbox.get(`/payments/v1/payment_session/${id}`)).body.truemed_fee).toBe(4.9);
  });
});
