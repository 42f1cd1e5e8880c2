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
  await sandbox.control.setSwitches({ captureDelayMs: 0, webhookBeforeRedirect: 'before' });
  receiver.received.length = 0;
});

const SESSION = '/payments/v1/create_payment_session';
const open = async (changes: Record<string, unknown> = {}) =>
  (await sandbox.post(SESSION, aRenewalBody({ payment_token: null, tokenize: true, ...changes }))).body;
const charge = (payment_token: unknown, idempotency_key = 'next') =>
  sandbox.post(SESSION, aRenewalBody({ payment_token, idempotency_key }));
const detail = async (id: unknown) => (await sandbox.get(`/payments/v1/payment_session/${id}`)).body;
const error = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.error];

async function told(type: string) {
  await sandbox.control.settle();
  return envelopes(receiver).flatMap(({ event_type, data }) => (event_type === type ? [data] : []));
}

describe('a first checkout with tokenize=true', () => {
  it('answers with the token to come, which is SessionPending until the checkout is done', async () => {
    const { id, payment_token, redirect_url } = await open();
    expect(payment_token).toMatch(/^pt_/);
    expect(error(await charge(payment_token, 'early'))).toEqual([400, 'SessionPending']);
    expect((await sandbox.get(`/api/v1/payment_tokens/${payment_token}`)).status).toBe(404);
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    expect(await detail(id)).toMatchObject({ status: 'captured', payment_token });
    expect(await told('payment_token.updated')).toMatchObject([{ payment_token, payment_session_id: id }]);
    expect((await charge(payment_token)).status).toBe(200);
  });

  it('answers with no token where the switch says so, and brings one all the same', async () => {
    await sandbox.control.setSwitches({ tokenInCheckoutAnswer: false });
    const { id, payment_token, redirect_url } = await open();
    expect(payment_token).toBeNull();
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    expect((await detail(id)).payment_token).toMatch(/^pt_/);
  });

  it('charges once and tells of the money and of the token by two webhooks', async () => {
    const { id, redirect_url } = await open();
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    await sendForm(redirect_url, card());
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ session_id: id, amount: 4830 }]);
    expect((await told('payment_session.updated')).map(({ status }) => status).sort()).toEqual([
      'captured',
      'processing',
    ]);
    expect(await told('payment_token.updated')).toHaveLength(1);
  });

  it('stays SessionPending while a review is under way, and brings no token and takes nothing where it is rejected', async () => {
    const { id, payment_token, redirect_url } = await open();
    await sendForm(redirect_url, survey('reviewed_later'));
    await sendForm(redirect_url, card());
    expect(error(await charge(payment_token, 'early'))).toEqual([400, 'SessionPending']);
    await sandbox.control.review({ request_id: String(id), outcome: 'reject' });
    expect(error(await charge(payment_token, 'late'))).toEqual([404, 'NotFound']);
    expect(await told('payment_token.updated')).toEqual([]);
    expect((await sandbox.control.ledger()).charges).toEqual([]);
  });

  it('leaves a customer who is ineligible, or leaves, at failure_url with the session pending and nothing taken', async () => {
    for (const [key, form] of [
      ['ineligible', survey('ineligible')],
      ['leaves', { ...survey(), action: 'cancel' }],
    ] as const) {
      const { id, redirect_url } = await open({ idempotency_key: key });
      expect((await sendForm(redirect_url, form)).location).toBe('https://shop.example/stopped');
      expect((await detail(id)).status).toBe('pending');
    }
    const { id, redirect_url } = await open({ idempotency_key: 'declined' });
    await sendForm(redirect_url, survey());
    expect((await sendForm(redirect_url, card({ outcome: 'decline' }))).status).toBe(200);
    expect((await sendForm(redirect_url, { ...card(), action: 'cancel' })).location).toBe(
      'https://shop.example/stopped',
    );
    expect((await detail(id)).status).toBe('pending');
    expect((await sandbox.control.ledger()).charges).toEqual([]);
    expect((await sandbox.control.state()).tokens).toEqual([]);
  });

  it('that is canceled has no token to come', async () => {
    const { id, payment_token } = await open();
    await sandbox.post(`/payments/v1/payment_session/${id}/cancel`);
    expect(error(await charge(payment_token))).toEqual([404, 'NotFound']);
  });

  it('of a customer who has a token renews that one', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    const { payment_token, redirect_url } = await open();
    expect(payment_token).toBe('pt_ada');
    expect((await charge('pt_ada', 'meanwhile')).status).toBe(200);
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    expect((await sandbox.control.state()).tokens.map((token) => token.payment_token)).toEqual(['pt_ada']);
  });

  it('never revives a token that was deleted in the meantime', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    const { id, redirect_url } = await open();
    await sandbox.post('/api/v1/payment_tokens/pt_ada/delete');
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    expect((await detail(id)).payment_token).not.toBe('pt_ada');
    expect((await sandbox.get('/api/v1/payment_tokens/pt_ada')).status).toBe(404);
  });
});

describe('a free trial', () => {
  const TRIAL = {
    total_amount: 0,
    amount_details: { total_discounts: -4900 },
    display_next_bill_info: { total_amount: 4900, date: '2027-01-15' },
  };

  it('shows the next bill, takes nothing, and is captured with a capture_amount of 0 and a token', async () => {
    const { id, redirect_url } = await open(TRIAL);
    expect(await (await fetch(String(redirect_url))).text()).toContain('Your next bill: $49.00 on January 15, 2027');
    await sendForm(redirect_url, survey());
    await sendForm(redirect_url, card());
    expect(await detail(id)).toMatchObject({ status: 'captured', capture_amount: 0, total_amount: 0 });
    expect(await told('payment_session.updated')).toMatchObject([
      { status: 'processing', capture_amount: 0 },
      { status: 'captured', capture_amount: 0 },
    ]);
    const [token] = await told('payment_token.updated');
    expect((await sandbox.control.ledger()).charges).toEqual([]);
    expect((await charge(token?.payment_token)).status).toBe(200);
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ amount: 4830 }]);
  });

  it('has nothing to refund, and its review outlives every hold', async () => {
    const { id, redirect_url } = await open(TRIAL);
    await sendForm(redirect_url, survey('reviewed_later'));
    await sendForm(redirect_url, card());
    await sandbox.control.advance({ days: 30 });
    await sandbox.control.review({ request_id: String(id), outcome: 'approve' });
    expect((await detail(id)).status).toBe('captured');
    const body = { payment_id: id, amount: 1, reason: 'customer_request', idempotency_key: 'r' };
    expect(error(await sandbox.post('/payments/v1/refund', body))).toEqual([400, 'AmountInvalid']);
  });
});

describe('letters and cards on the clock', () => {
  const asked = async (key: string) => {
    const { status, body } = await charge('pt_ada', key);
    return status === 200 ? 200 : body.next_action;
  };

  it('a card is good to the end of its month, and UpdatePaymentMethod from then on', async () => {
    await sandbox.control.moveClock({ to: '2030-01-10T00:00:00Z' });
    await sandbox.control.seedToken({
      email: 'ada@example.com',
      name: 'Ada Park',
      payment_token: 'pt_ada',
      card_expires: '2030-02',
    });
    await sandbox.control.moveClock({ to: '2030-02-28T23:59:59Z' });
    expect(await asked('a')).toBe(200);
    await sandbox.control.moveClock({ to: '2030-03-01T00:00:00Z' });
    expect(await asked('b')).toBe('UpdatePaymentMethod');
  });

  it('a letter is good for 12 months to the instant, and TakeHealthSurvey from then on', async () => {
    await sandbox.control.moveClock({ to: '2030-01-10T00:00:00Z' });
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await sandbox.control.moveClock({ to: '2031-01-09T23:59:59Z' });
    expect(await asked('a')).toBe(200);
    await sandbox.control.moveClock({ to: '2031-01-10T00:00:00Z' });
    expect(await asked('b')).toBe('TakeHealthSurvey');
  });

  it('where both have ended the survey comes first, or the card as the switch says; after both it is charged', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await sandbox.control.advance({ years: 5 });
    await sandbox.control.setSwitches({ surveyBeforeCard: false });
    expect(await asked('a')).toBe('UpdatePaymentMethod');
    await sandbox.control.setSwitches({ surveyBeforeCard: true });
    const first = await charge('pt_ada', 'b');
    expect(first.body.next_action).toBe('TakeHealthSurvey');
    await sendForm(first.body.redirect_url, survey());
    const next = await charge('pt_ada', 'c');
    expect(next.body.next_action).toBe('UpdatePaymentMethod');
    await sendForm(next.body.redirect_url, card());
    expect(await asked('d')).toBe(200);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('a deleted token is NotFound, whatever its letter and card say', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await sandbox.control.advance({ years: 5 });
    await sandbox.post('/api/v1/payment_tokens/pt_ada/delete');
    expect(error(await charge('pt_ada'))).toEqual([404, 'NotFound']);
  });
});
