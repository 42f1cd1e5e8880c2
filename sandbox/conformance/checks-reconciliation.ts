import { aCharge, REFUND, SESSION } from './bodies';
import { A_COUNT, A_LIST, A_TEXT, A_UUID, anywhere, type Check, facts, holds, inSandbox } from './check';

const TRANSACTIONS = '/api/v1/reconciliation/transactions';
const PAYOUTS = '/api/v1/reconciliation/payouts';
const transactions = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('listReconciliationTransactions', kind, ...names);
const payouts = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('listReconciliationPayouts', kind, ...names);

/** Reconciliation (section 8). */
export const RECONCILIATION_CHECKS: readonly Check[] = [
  anywhere(
    'reads',
    'reconciliation asks for a first and a last day',
    [...transactions('error', 'ValidationError'), ...payouts('error', 'ValidationError')],
    async ({ api }) => {
      for (const path of [TRANSACTIONS, PAYOUTS]) {
        const refused = { status: 400, body: { error: 'ValidationError', message: A_TEXT } };
        holds(await api.get(path), refused);
        holds(await api.get(`${path}?start_date=2026-01-01&end_date=January`), refused);
      }
    },
  ),
  anywhere(
    'reads',
    'reconciliation answers by pages',
    [
      ...transactions('request', 'start_date', 'end_date', 'page', 'page_size'),
      ...transactions('answer', 'transactions', 'pagination'),
      ...payouts('request', 'start_date', 'end_date'),
    ],
    async ({ api }) => {
      const days = 'start_date=2026-01-01&end_date=2026-01-31';
      holds(await api.get(`${TRANSACTIONS}?${days}&page=1&page_size=30`), {
        status: 200,
        body: { transactions: A_LIST, pagination: { count: A_COUNT, current_page: 1, page_size: 30 } },
      });
      holds(await api.get(`${PAYOUTS}?${days}`), { status: 200, body: { payouts: A_LIST } });
    },
  ),
  inSandbox(
    'a charge, a refund and the fee are rows, which have a payout when it has arrived',
    [
      ...transactions('rule', 'a captured charge is a row', 'a refund is a row', "Truemed's fee is a row"),
      ...transactions('request', 'payout_ids', 'include_pending_payouts'),
      ...transactions('answer', 'payout_id'),
      ...payouts('answer', 'payout_id', 'amount'),
    ],
    async ({ api, control, fresh }) => {
      const { now } = await control.moveClock({ mode: 'manual' });
      const { body } = await api.post(SESSION, aCharge(fresh()));
      const refund = { payment_id: body.id, amount: 1000, reason: 'customer_request', idempotency_key: fresh() };
      await api.post(REFUND, refund);
      const rows = async (query = '') => {
        const days = `start_date=${now.slice(0, 10)}&end_date=${now.slice(0, 10)}`;
        const listed: unknown = (await api.get(`${TRANSACTIONS}?${days}${query}`)).body.transactions;
        return Array.isArray(listed) ? listed : [];
      };
      const types = (await rows()).map(({ type }) => type);
      holds([...types].sort(), ['charge', 'fee', 'fee', 'refund'], 'the rows');
      holds(await rows('&include_pending_payouts=false'), [], 'the rows that were paid out');
      const { now: later } = await control.advance({ days: 3 });
      const range = `start_date=${now.slice(0, 10)}&end_date=${later.slice(0, 10)}`;
      const paid = await api.get(`${PAYOUTS}?${range}`);
      holds(paid.body.payouts, [{ payout_id: A_UUID }], 'the payouts');
      const [payout] = Array.isArray(paid.body.payouts) ? paid.body.payouts : [];
      const ofPayout = await rows(`&payout_ids=${payout.payout_id}&include_pending_payouts=false`);
      holds(
        ofPayout.reduce((sum, { amount }) => sum + amount, 0),
        payout.amount,
        'the sum of its rows',
      );
    },
  ),
];
