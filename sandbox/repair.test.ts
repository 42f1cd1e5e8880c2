import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { card, envelopes, sendForm, survey } from './test-forms';
import {
  aRenewalBody,
  aTokenBody,
  type Receiver,
  startReceiver,
  startTestSandbox,
  type TestSandbox,
} from './test-world';

const SESSION = '/payments/v1/create_payment_session';

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
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
  receiver.received.length = 0;
  receiver.status = 204;
});

async function tokenOf(id: string) {
  const { body } = await sandbox.get(`/api/v1/payment_tokens/provision_request/${id}`);
  return body.payment_token;
}

const events = () => envelopes(receiver);

describe('the repair of a 422', () => {
  beforeEach(() => sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' }));

  it('of a card: a new card, an event with the failed session, and the charge goes through under a new key', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card', card_expires: '2020-01' });
    const failed = await sandbox.post(SESSION, aRenewalBody());
    const url = failed.body.redirect_url;
    expect(await (await fetch(String(url))).text()).toContain('<h1>Update payment method</h1>');
    expect(await sendForm(url, { step: 'card', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    const done = await sendForm(url, card());
    expect(done.location).toBe(`https://shop.example/done?session=${failed.body.id}`);
    await sandbox.control.settle();
    expect(events()).toMatchObject([
      {
        event_type: 'payment_token.updated',
        data: { payment_token: 'pt_ada', failed_payment_session_id: failed.body.id },
      },
    ]);
    expect(events()[0].data).not.toHaveProperty('provision_token_request_id');
    expect((await sandbox.post(SESSION, aRenewalBody({ idempotency_key: 'renewal-2' }))).status).toBe(200);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('of the survey: a letter for 12 months', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', lmn_expires_at: null });
    const failed = await sandbox.post(SESSION, aRenewalBody());
    expect(failed.body.next_action).toBe('TakeHealthSurvey');
    expect((await sendForm(failed.body.redirect_url, survey())).location).toContain('https://shop.example/done');
    const { now } = await sandbox.control.clock();
    const [token] = (await sandbox.control.state()).tokens;
    expect(token?.lmn_expires_at?.slice(0, 4)).toBe(String(Number(now.slice(0, 4)) + 1));
  });

  it('of both takes one 422 for each', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', lmn_expires_at: null, card_expires: '2020-01' });
    const first = await sandbox.post(SESSION, aRenewalBody());
    await sendForm(first.body.redirect_url, survey());
    const second = await sandbox.post(SESSION, aRenewalBody({ idempotency_key: 'renewal-2' }));
    expect([first.body.next_action, second.body.next_action]).toEqual(['TakeHealthSurvey', 'UpdatePaymentMethod']);
  });

  it('has no page any more once the token is deleted', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
    const failed = await sandbox.post(SESSION, aRenewalBody());
    await sandbox.post('/api/v1/payment_tokens/pt_ada/delete');
    expect((await sendForm(failed.body.redirect_url, card())).status).toBe(410);
  });

  it('of an update tells of the update', async () => {
    const { body } = await sandbox.post('/api/v1/payment_tokens/pt_ada/update', aTokenBody({ update_card_info: true }));
    await sendForm(body.redirect_url, card({ number: '5555555555554444' }));
    await sandbox.control.settle();
    expect(events()).toMatchObject([{ data: { provision_token_request_id: body.provision_token_request_id } }]);
    expect(await tokenOf(String(body.provision_token_request_id))).toBe('pt_ada');
    const [token] = (await sandbox.control.state()).tokens;
    expect(token?.payment_methods).toMatchObject([{ brand: 'mastercard', last4: '4444' }]);
  });
});

describe('a first checkout', () => {
  const open = (changes: Record<string, unknown> = {}) =>
    sandbox.post(SESSION, aRenewalBody({ payment_token: null, ...changes }));

  it('is processed, captured, and tells of its token', async () => {
    const { body } = await open({ tokenize: true });
    await sendForm(body.redirect_url, survey());
    expect((await sendForm(body.redirect_url, card())).location).toBe(`https://shop.example/done?session=${body.id}`);
    await sandbox.control.settle();
    const told = events().map(({ event_type, data }) => [event_type, data.status ?? data.payment_session_id]);
    expect(told).toHaveLength(3);
    expect(told).toEqual(
      expect.arrayContaining([
        ['payment_session.updated', 'processing'],
        ['payment_session.updated', 'captured'],
        ['payment_token.updated', body.id],
      ]),
    );
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ session_id: body.id, amount: 4830 }]);
  });

  it('is rejected when its review ends badly, and nothing is taken', async () => {
    const { body } = await open();
    await sendForm(body.redirect_url, survey('reviewed_later'));
    await sendForm(body.redirect_url, card());
    const status = async () => (await sandbox.get(`/payments/v1/payment_session/${body.id}`)).body.status;
    expect(await status()).toBe('processing');
    await sandbox.control.review({ request_id: String(body.id), outcome: 'reject' });
    expect(await status()).toBe('rejected');
    expect((await sandbox.control.ledger()).charges).toEqual([]);
  });

  it('shows a time-out page with the way to the failure URL once it is cancelled', async () => {
    const { body } = await open();
    await sandbox.post(`/payments/v1/payment_session/${body.id}/cancel`);
    const page = await fetch(String(body.redirect_url));
    expect(page.status).toBe(410);
    expect(await page.text()).toContain('href="https://shop.example/stopped"');
  });
});
