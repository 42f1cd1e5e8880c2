import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRenewalBody, startTestSandbox, type TestSandbox, without } from './test-world';

const PATH = '/payments/v1/create_payment_session';

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

const hosted = (changes: Record<string, unknown> = {}) => aRenewalBody({ payment_token: null, ...changes });

describe('the refusals come in their order', () => {
  const steps: [what: string, body: () => Record<string, unknown>, status: number, error: string][] = [
    [
      'an absent field, even beside a malformed one',
      () => without(aRenewalBody({ customer_state: 'XX' }), 'total_amount'),
      400,
      'MissingRequiredParameter',
    ],
    ['absent amount details', () => without(aRenewalBody(), 'amount_details'), 400, 'MissingRequiredParameter'],
    [
      'a malformed e-mail of a hosted checkout',
      () => hosted({ customer_email: 'ada' }),
      400,
      'InvalidRequestParameter',
    ],
    ['an amount that is not an integer', () => aRenewalBody({ total_amount: 48.3 }), 400, 'InvalidRequestParameter'],
    ['an address that is not a URL', () => aRenewalBody({ success_url: '/done' }), 400, 'InvalidRequestParameter'],
    [
      'an address over 4096 characters',
      () => aRenewalBody({ failure_url: `https://shop.example/${'a'.repeat(4096)}` }),
      400,
      'InvalidRequestParameter',
    ],
    ['metadata that is not a string', () => aRenewalBody({ metadata: { a: 1 } }), 400, 'InvalidRequestParameter'],
    ['a state that does not exist', () => aRenewalBody({ customer_state: 'US-CA' }), 400, 'InvalidRequestParameter'],
    [
      'a next bill outside a trial',
      () => hosted({ display_next_bill_info: { total_amount: 4900, date: '2026-01-15' } }),
      400,
      'InvalidRequestParameter',
    ],
    ['a hold for a subscription', () => aRenewalBody({ kind: 'authorization' }), 400, 'InvalidRequestParameter'],
    [
      'tokenize beside a token, even an unknown one',
      () => aRenewalBody({ tokenize: true, payment_token: 'pt_none' }),
      400,
      'TokenizeNotSupported',
    ],
    [
      'an unknown token, even with bad items',
      () => aRenewalBody({ payment_token: 'pt_none', order_items: [] }),
      404,
      'NotFound',
    ],
    [
      'no items, even with a wrong total',
      () => aRenewalBody({ order_items: [], total_amount: 1 }),
      400,
      'OrderItemsInvalid',
    ],
    ['items that are not a list', () => aRenewalBody({ order_items: 'MAG' }), 400, 'OrderItemsInvalid'],
    [
      'an item without a price',
      () => aRenewalBody({ order_items: [{ name: 'a', sku: 'a', quantity: 1, amount: 1 }] }),
      400,
      'OrderItemsInvalid',
    ],
    [
      'an item without a quantity of at least 1',
      () => aRenewalBody({ order_items: [{ name: 'a', sku: 'a', quantity: 0, price: 1 }] }),
      400,
      'OrderItemsInvalid',
    ],
    ['a total that is not the sum', () => aRenewalBody({ total_amount: 4831 }), 400, 'TotalAmountInvalid'],
    ['a negative total', () => aRenewalBody({ total_amount: -1 }), 400, 'TotalAmountInvalid'],
    [
      'a total of 0 outside a trial',
      () => aRenewalBody({ total_amount: 0, amount_details: { total_discounts: -4900 } }),
      400,
      'TotalAmountInvalid',
    ],
    [
      'a discount that is sent positive',
      () => aRenewalBody({ amount_details: { total_additional_charges: 830, total_discounts: 900 } }),
      400,
      'TotalAmountInvalid',
    ],
    [
      'details that do not add up to their total',
      () =>
        aRenewalBody({
          amount_details: {
            total_additional_charges: 830,
            total_discounts: -900,
            discounts_details: [{ name: 'Ten', amount: -10 }],
          },
        }),
      400,
      'TotalAmountInvalid',
    ],
    ['a hold where holds are not enabled', () => hosted({ kind: 'authorization' }), 400, 'FeatureNotEnabled'],
  ];

  it.each(steps)('%s', async (_what, body, status, error) => {
    const answer = await sandbox.post(PATH, body());
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(answer.body.message).toEqual(expect.any(String));
    expect((await sandbox.control.state()).sessions).toEqual([]);
  });

  it.each([
    'total_amount',
    'amount_details',
    'order_items',
    'customer_email',
    'customer_name',
    'success_url',
    'failure_url',
    'idempotency_key',
  ] as const)('%s is required', async (name) => {
    const { status, body } = await sandbox.post(PATH, without(aRenewalBody(), name));
    expect([status, body]).toEqual([400, { error: 'MissingRequiredParameter', message: `${name} is required.` }]);
  });

  it('a token whose customer has not finished the first checkout', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'pending' });
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect([status, body.error]).toEqual([400, 'SessionPending']);
  });

  it('a deleted token', async () => {
    expect((await sandbox.post('/api/v1/payment_tokens/pt_ada/delete')).status).toBe(204);
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect([status, body.error]).toEqual([404, 'NotFound']);
  });

  it('a merchant who may not take payments, before the token is looked at', async () => {
    await sandbox.control.setSwitches({ paymentsEnabled: false });
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect([status, body.error]).toEqual([400, 'FeatureNotEnabled']);
  });
});

describe('the arithmetic', () => {
  it("adds up Truemed's own example", async () => {
    const { status } = await sandbox.post(
      PATH,
      aRenewalBody({
        total_amount: 100_000,
        amount_details: { total_additional_charges: 42_500 },
        order_items: [
          {
            name: 'Item A',
            sku: 'A',
            quantity: 3,
            price: 5500,
            amount_details: { total_additional_charges: 4500, total_discounts: -1000 },
          },
          { name: 'Item B', sku: 'B', quantity: 2, price: 15_000 },
          { name: 'Item C', sku: 'C', quantity: 4, price: 2000, amount_details: { total_discounts: -500 } },
        ],
      }),
    );
    expect(status).toBe(200);
  });

  it('takes positive discounts when switched so', async () => {
    await sandbox.control.setSwitches({ discountSign: 1 });
    const amount_details = { total_additional_charges: 830, total_discounts: 900 };
    expect((await sandbox.post(PATH, aRenewalBody({ amount_details }))).status).toBe(200);
  });

  it('lets a free trial cost nothing', async () => {
    const trial = hosted({ total_amount: 0, amount_details: { total_discounts: -4900 }, tokenize: true });
    const { status, body } = await sandbox.post(PATH, {
      ...trial,
      display_next_bill_info: { total_amount: 4900, date: '2026-01-15' },
    });
    expect([status, body.redirect_url]).toEqual([200, `${sandbox.url}/checkout/${body.id}`]);
  });
});
