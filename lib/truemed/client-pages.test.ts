import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTruemed, type TruemedClient } from './client';
import { type PageAnswer, readWholeList } from './pages';
import { answer, type Behaviour, error, html, startTestProvider, type TestProvider } from './test-provider';

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
});
afterAll(() => provider.close());

const pagination = { count: 31, current_page: 2, last_page: 2, page_size: 30 };
const paged = { count: 31, currentPage: 2, lastPage: 2, pageSize: 30 };
const unavailable = (reason: string, retryAfterSeconds: number | null = null) => ({
  kind: 'unavailable',
  reason,
  retryAfterSeconds,
});

/** Every list: where it goes with every filter, a row of its answer, and what of it is read. */
const LISTS: [string, string, (client: TruemedClient) => Promise<PageAnswer<unknown>>, string, object, object][] = [
  [
    'payment sessions',
    '/payments/v1/payment_sessions?page=2&page_size=30&include_order_items=true&summarize_refunds=true&search=maya%20%26',
    (client) =>
      client.listPaymentSessionPage({
        page: 2,
        pageSize: 30,
        includeOrderItems: true,
        summarizeRefunds: true,
        search: 'maya &',
      }),
    'payment_sessions',
    { id: 'ps_1', status: 'captured', refund_amount: 100, total_refundable: 900, order_items: [{ sku: 'MAG' }] },
    { id: 'ps_1', knownStatus: 'captured', refundedCents: 100, refundableCents: 900, items: [{ sku: 'MAG' }] },
  ],
  [
    'payment tokens',
    '/api/v1/payment_tokens?page=2&page_size=30&email=%40example&name=Maya&card_expires_before=2026-03&lmn_expires_before=2026-03-31',
    (client) =>
      client.listPaymentTokenPage({
        page: 2,
        pageSize: 30,
        email: '@example',
        name: 'Maya',
        cardExpiresBefore: '2026-03',
        lmnExpiresBefore: '2026-03-31',
      }),
    'payment_tokens',
    { payment_token: 'tok_1', created_at: '2026-01-20T15:00:00Z' },
    { paymentToken: 'tok_1', createdAt: '2026-01-20T15:00:00Z' },
  ],
  [
    'qualification sessions',
    '/api/v1/qualification_sessions?page=2&page_size=30&user_id=cus_1&status=approved%2Crejected&expires_at=2027-01-20&search=maya',
    (client) =>
      client.listQualificationSessionPage({
        page: 2,
        pageSize: 30,
        userId: 'cus_1',
        status: ['approved', 'rejected'],
        expiresAt: '2027-01-20',
        search: 'maya',
      }),
    'qualification_sessions',
    { qualification_session_id: 'qs_1', status: 'approved' },
    { id: 'qs_1', status: 'approved' },
  ],
  [
    'catalog items',
    '/api/v1/product_catalog/items/list?page=2&page_size=30&eligibility=ineligible',
    (client) => client.listCatalogItemPage({ page: 2, pageSize: 30, eligibility: 'ineligible' }),
    'data',
    { sku: 'MAG', eligibility: 'not_eligible' },
    { sku: 'MAG', eligibility: 'ineligible' },
  ],
  [
    'transactions',
    '/api/v1/reconciliation/transactions?start_date=2026-01-01&end_date=2026-01-31&page=2&page_size=30&payout_ids=po_1%2Cpo_2&include_pending_payouts=false',
    (client) =>
      client.listTransactionPage({
        startDate: '2026-01-01',
        endDate: '2026-01-31',
        page: 2,
        pageSize: 30,
        payoutIds: ['po_1', 'po_2'],
        includePendingPayouts: false,
      }),
    'transactions',
    { type: 'truemed_fee', payout_id: null, amount: -250 },
    { kind: 'fee', payoutId: null, amountCents: -250 },
  ],
  [
    'payouts',
    '/api/v1/reconciliation/payouts?start_date=2026-01-01&end_date=2026-01-31&page=2&page_size=30',
    (client) => client.listPayoutPage({ startDate: '2026-01-01', endDate: '2026-01-31', page: 2, pageSize: 30 }),
    'payouts',
    { payout_id: 'po_1', amount: 4830, arrival_date: '2026-01-20' },
    { id: 'po_1', amountCents: 4830, arrivalDate: '2026-01-20' },
  ],
];

describe.each(LISTS)('the list of %s', (_, path, call, name, row, expected) => {
  test('asks with every filter and reads its rows and its page', async () => {
    provider.behave(answer(200, { [name]: [{ ...row, added: { deep: true } }], pagination, added: 1 }));
    const found = await call(truemed);
    expect(found).toMatchObject({ kind: 'found', value: { items: [expected], ...paged } });
    expect(provider.seen.map(({ method, path: seen }) => `${method} ${seen}`)).toEqual([`GET ${path}`]);
  });

  test('may be empty, and tell nothing of its pages', async () => {
    provider.behave(answer(200, { [name]: [], pagination: null }));
    const nothing = { items: [], count: null, currentPage: null, lastPage: null, pageSize: null };
    expect(await call(truemed)).toEqual({ kind: 'found', value: nothing });
    provider.behave(answer(200, { [name]: [], pagination: 'later' }));
    expect(await call(truemed)).toEqual({ kind: 'found', value: nothing });
  });

  test.each<[string, Behaviour, object]>([
    ['no list', answer(200, { pagination }), unavailable('malformed')],
    ['a row that is not as promised', answer(200, { [name]: [row, {}], pagination }), unavailable('malformed')],
    ['200 and a page', html(200), unavailable('malformed')],
    ['302', answer(302), unavailable('malformed')],
    [
      '400 ValidationError',
      error(400, 'ValidationError'),
      { kind: 'refused', code: 'ValidationError', message: 'Because.' },
    ],
    ['400 ServerError', error(400, 'ServerError'), unavailable('server_error')],
    ['400 and a page', html(400), unavailable('malformed')],
    ['401', error(401, 'Unauthorized'), unavailable('unauthorized')],
    ['403', html(403), unavailable('unauthorized')],
    ['404', error(404, 'NotFound'), { kind: 'refused', code: 'NotFound', message: 'Because.' }],
    ['405', error(405, 'MethodNotAllowed'), { kind: 'refused', code: 'MethodNotAllowed', message: 'Because.' }],
    ['429', answer(429, '', { 'retry-after': '7' }), unavailable('rate_limited', 7)],
    ['500', html(500), unavailable('server_error')],
    ['501', answer(501), { kind: 'refused', code: 'HTTP 501', message: '' }],
    ['no answer', (_response, request) => request.socket.destroy(), unavailable('network')],
  ])('ends with %s', async (_name, behaviour, ending) => {
    provider.behave(behaviour);
    expect(await call(truemed)).toEqual(ending);
  });
});

describe('half a cent', () => {
  test.each([
    ['a transaction', { transactions: [{ type: 'charge', amount: 48.3 }] }],
    ['a transaction in words', { transactions: [{ type: 'charge', amount: '4830' }] }],
  ])('in %s makes the page malformed', async (_, body) => {
    provider.behave(answer(200, body));
    const range = { startDate: '2026-01-01', endDate: '2026-01-31' };
    expect(await truemed.listTransactionPage(range)).toEqual(unavailable('malformed'));
  });
});

describe('words of a transaction', () => {
  test.each([
    ['charge', 'charge'],
    ['refund', 'refund'],
    ['Truemed fee', 'fee'],
    ['fee', 'fee'],
    ['DISPUTE', 'dispute'],
    ['bonus', 'unknown'],
  ])('%s is %s', async (type, kind) => {
    provider.behave(answer(200, { transactions: [{ type }] }));
    const answered = await truemed.listTransactionPage({ startDate: '2026-01-01', endDate: '2026-01-31' });
    expect(answered).toMatchObject({ value: { items: [{ kind, amountCents: null, payoutId: null }] } });
  });
});

describe('a whole list', () => {
  const pages =
    (lists: number[][], lastPage: number | null) =>
    async (page: number): Promise<PageAnswer<number>> => ({
      kind: 'found',
      value: { items: lists[page - 1] ?? [], count: null, currentPage: page, lastPage, pageSize: null },
    });
  test.each<[string, (page: number) => Promise<PageAnswer<number>>, number[]]>([
    ['ends with the last page', pages([[1, 2], [3]], 2), [1, 2, 3]],
    ['ends with an empty page where no last one is told', pages([[1, 2], [3]], null), [1, 2, 3]],
    ['ends where pages repeat themselves', pages([[1], [1], [1]], null), [1]],
    ['may be empty', pages([], 1), []],
  ])('%s', async (_, ask, expected) => {
    expect(await readWholeList(ask)).toEqual({ kind: 'found', value: expected });
  });

  test('that does not end is cut off, and says so', async () => {
    const endless = async (page: number): Promise<PageAnswer<number>> => pages([[page]], 1_000_000)(1);
    const changing = async (page: number): Promise<PageAnswer<number>> => {
      const answered = await endless(page);
      return answered.kind === 'found' ? { ...answered, value: { ...answered.value, items: [page] } } : answered;
    };
    expect(await readWholeList(changing, 3)).toEqual({ kind: 'cut_off', value: [1, 2, 3] });
  });

  test('is none where one page could not be had', async () => {
    const ask = async (page: number): Promise<PageAnswer<number>> =>
      page === 2 ? { kind: 'unavailable', reason: 'rate_limited', retryAfterSeconds: 5 } : pages([[1]], 2)(page);
    expect(await readWholeList(ask)).toEqual({ kind: 'unavailable', reason: 'rate_limited', retryAfterSeconds: 5 });
  });
});
