import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { card, envelopes, sendForm, survey } from './test-forms';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

let receiver: Receiver;
let sandbox: TestSandbox;
beforeAll(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
});
afterAll(async () => {
  await sandbox.close();
  receiver.close();
});
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.moveClock({ mode: 'manual' });
  await sandbox.control.setSwitches({ captureDelayMs: 0, authorizationEnabled: true, webhookBeforeRedirect: 'before' });
  receiver.received.length = 0;
});

const SESSION = '/payments/v1/create_payment_session';
const path = (id: unknown, verb = '') => `/payments/v1/payment_session/${id}${verb}`;
const detail = async (id: unknown) => (await sandbox.get(path(id))).body;
const second = (changes: Record<string, string> = {}) => ({
  second_number: '5555 5555 5555 4444',
  second_expiry: '08/60',
  second_code: '123',
  second_amount: '18.30',
  ...changes,
});

/** A checkout of $48.30 whose survey is done. */
async function surveyed(changes: Record<string, unknown> = {}) {
  const { body } = await sandbox.post(SESSION, aRenewalBody({ payment_token: null, ...changes }));
  await sendForm(body.redirect_url, survey());
  return { id: String(body.id), url: body.redirect_url };
}

async function split(changes: Record<string, unknown> = {}) {
  const session = await surveyed(changes);
  const sent = await sendForm(session.url, card(second()));
  expect(sent.status).toBe(303);
  return session.id;
}

const HSA = { type: 'hsa_fsa', last4: '4417' };
const ORDINARY = { type: 'card', last4: '4444' };

/** An item that the catalog calls ineligible, beside the eligible magnesium. */
const MIXED = {
  total_amount: 6900,
  amount_details: {},
  order_items: [
    { name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 },
    { name: 'Mug', sku: 'MUG', quantity: 1, price: 2000 },
  ],
};
async function callMugIneligible() {
  const item = { sku: 'MUG', name: 'Mug', description: 'A mug', url: 'https://shop.example/mug', image_urls: [] };
  await sandbox.post('/api/v1/product_catalog/items/create', item);
  await sandbox.control.reviewItem({ sku: 'MUG', eligibility: 'ineligible' });
}

describe('a split payment', () => {
  it('shows both cards with their amounts in the session and its events', async () => {
    const id = await split();
    const payment_methods = [
      { ...HSA, amount: 3000 },
      { ...ORDINARY, amount: 1830 },
    ];
    expect(await detail(id)).toMatchObject({ status: 'captured', capture_amount: 4830, payment_methods });
    await sandbox.control.settle();
    expect(envelopes(receiver).map(({ data }) => data)).toMatchObject([{ payment_methods }, { payment_methods }]);
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ amount: 4830, payment_methods }]);
  });

  it('is given back to the ordinary card first, or to the HSA/FSA card where the switch says so', async () => {
    const one = await split();
    const refund = (payment_id: string, amount: number) =>
      sandbox.post('/payments/v1/refund', {
        payment_id,
        amount,
        reason: 'customer_request',
        idempotency_key: `refund-${amount}`,
      });
    const parts = async (id: string, amount: number) => (await refund(id, amount)).body.payment_methods;
    expect(await parts(one, 1000)).toMatchObject([{ ...ORDINARY, amount: 1000 }]);
    expect(await parts(one, 2000)).toMatchObject([
      { ...ORDINARY, amount: 830 },
      { ...HSA, amount: 1170 },
    ]);
    expect(await parts(one, 1830)).toMatchObject([{ ...HSA, amount: 1830 }]);
    await sandbox.control.setSwitches({ refundFrom: 'hsa_fsa' });
    expect(await parts(await split({ idempotency_key: 'two' }), 1000)).toMatchObject([{ ...HSA, amount: 1000 }]);
  });

  it('of a hold that is captured in part takes from the HSA/FSA card first', async () => {
    const id = await split({ kind: 'authorization' });
    expect(await detail(id)).toMatchObject({ status: 'authorized', payment_methods: [HSA, ORDINARY] });
    await sandbox.post(path(id, '/capture'), { total_amount: 3500, idempotency_key: 'c' });
    expect((await sandbox.control.ledger()).charges[0]?.payment_methods).toMatchObject([
      { ...HSA, amount: 3000 },
      { ...ORDINARY, amount: 500 },
    ]);
  });

  it.each([
    ['less than $0.50 on the ordinary card', '0.49'],
    ['less than $0.50 on the HSA/FSA card', '47.81'],
    ['what is no amount', 'half'],
  ])('refuses %s, and asks again', async (_, second_amount) => {
    const { id, url } = await surveyed();
    const { status, html } = await sendForm(url, card(second({ second_amount })));
    expect([status, html]).toEqual([200, expect.stringContaining('href="#second_amount"')]);
    expect((await detail(id)).status).toBe('pending');
  });

  it('takes just $0.50 on either card', async () => {
    for (const [key, second_amount] of [
      ['a', '0.50'],
      ['b', '47.80'],
    ] as const) {
      const { url } = await surveyed({ idempotency_key: key });
      expect((await sendForm(url, card(second({ second_amount })))).status).toBe(303);
    }
  });

  it('is of one HSA/FSA card and one ordinary card', async () => {
    const { url } = await surveyed();
    const two = card({ type: 'card', number: '5555 5555 5555 4444', ...second() });
    expect((await sendForm(url, two)).html).toContain('href="#second_number"');
    expect((await sendForm(url, card(second({ second_number: '4000 0512 3000 0072' })))).html).toContain(
      'must be a credit or debit card',
    );
    expect((await sendForm(url, card(second({ second_code: '1' })))).html).toContain('href="#second_code"');
  });

  it('is not offered by a merchant whose switch is off', async () => {
    await sandbox.control.setSwitches({ splitPayments: false });
    const { id, url } = await surveyed();
    expect(await (await fetch(String(url))).text()).not.toContain('second_number');
    await sendForm(url, card(second()));
    expect(await detail(id)).toMatchObject({ status: 'captured' });
    expect((await sandbox.control.ledger()).charges[0]?.payment_methods).toMatchObject([{ ...HSA, amount: 4830 }]);
  });

  it('shows cards as the switch says: always, or never', async () => {
    const id = await split();
    await sandbox.control.setSwitches({ paymentMethodsShown: 'never' });
    expect(await detail(id)).not.toHaveProperty('payment_methods');
    const { url, id: single } = await surveyed({ idempotency_key: 'one' });
    await sendForm(url, card());
    await sandbox.control.setSwitches({ paymentMethodsShown: 'split' });
    expect(await detail(single)).not.toHaveProperty('payment_methods');
    await sandbox.control.setSwitches({ paymentMethodsShown: 'always' });
    expect(await detail(single)).toMatchObject({ payment_methods: [{ ...HSA, amount: 4830 }] });
  });
});

describe('an ineligible part of an order', () => {
  beforeEach(callMugIneligible);

  it('goes to the ordinary card by itself, where no amount is entered', async () => {
    const { id, url } = await surveyed(MIXED);
    expect((await sendForm(url, card())).html).toContain('HSA/FSA can pay at most $49.00');
    expect((await sendForm(url, card(second({ second_amount: '19.99' })))).html).toContain('at most $49.00');
    await sendForm(url, card(second({ second_amount: '' })));
    expect((await detail(id)).payment_methods).toMatchObject([
      { ...HSA, amount: 4900 },
      { ...ORDINARY, amount: 2000 },
    ]);
  });

  it('and all the rest may be paid with an ordinary card alone', async () => {
    const { id, url } = await surveyed(MIXED);
    await sendForm(url, card({ type: 'card', number: '5555 5555 5555 4444' }));
    expect((await detail(id)).status).toBe('captured');
  });

  it('is paid with HSA/FSA where the switch lets it', async () => {
    await sandbox.control.setSwitches({ catalogDecidesEligibility: false });
    const { url } = await surveyed(MIXED);
    expect((await sendForm(url, card())).status).toBe(303);
  });

  it('of an unattended charge needs an ordinary card on file: 422 UpdatePaymentMethod until there is one', async () => {
    const { token } = await subscribed(card());
    const refused = await sandbox.post(SESSION, aRenewalBody({ ...MIXED, payment_token: token, idempotency_key: '1' }));
    expect([refused.status, refused.body.next_action]).toEqual([422, 'UpdatePaymentMethod']);
    await sendForm(refused.body.redirect_url, card(second()));
    const { status, body } = await sandbox.post(
      SESSION,
      aRenewalBody({ ...MIXED, payment_token: token, idempotency_key: '2' }),
    );
    expect(status).toBe(200);
    expect((await detail(body.id)).payment_methods).toMatchObject([
      { ...HSA, amount: 4900 },
      { ...ORDINARY, amount: 2000 },
    ]);
  });
});

/** A token for magnesium and mugs, whose first checkout was paid with these cards. */
async function subscribed(form: Record<string, string>) {
  const items = { order_items: [...MIXED.order_items], total_amount: 6900, amount_details: {} };
  await sandbox.control.setSwitches({ catalogDecidesEligibility: false });
  const { id, url } = await surveyed({ ...items, tokenize: true, idempotency_key: 'first' });
  await sendForm(url, form);
  await sandbox.control.setSwitches({ catalogDecidesEligibility: true });
  return { id, token: String((await detail(id)).payment_token) };
}

describe('a token with both cards', () => {
  it('charges the ordinary one where the other is no longer good, or asks for a card as the switch says', async () => {
    const { token } = await subscribed(card(second({ second_amount: '10.00' })));
    expect((await sandbox.get(`/api/v1/payment_tokens/${token}`)).body.payment_methods).toMatchObject([HSA, ORDINARY]);
    const charge = (idempotency_key: string) =>
      sandbox.post(SESSION, aRenewalBody({ payment_token: token, idempotency_key }));
    const first = await charge('1');
    expect((await sandbox.control.ledger()).charges.at(-1)?.payment_methods).toMatchObject([{ ...HSA, amount: 4830 }]);
    expect(first.status).toBe(200);
    await sandbox.control.setSwitches({ newCardReplaces: 'same_type' });
    const updated = await sandbox.post(`/api/v1/payment_tokens/${token}/update`, {
      order_items: aRenewalBody().order_items,
      update_card_info: true,
      success_url: 'https://shop.example/done',
      failure_url: 'https://shop.example/stopped',
      idempotency_key: 'update',
    });
    await sendForm(updated.body.redirect_url, card({ number: '4000 0000 0000 0341' }));
    expect((await charge('2')).status).toBe(200);
    expect((await sandbox.control.ledger()).charges.at(-1)?.payment_methods).toMatchObject([
      { ...ORDINARY, amount: 4830 },
    ]);
    await sandbox.control.setSwitches({ ordinaryCardStepsIn: false });
    expect((await charge('3')).body.next_action).toBe('UpdatePaymentMethod');
  });
});
