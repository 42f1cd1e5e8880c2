import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passesLuhn } from './hosted/read-card';
import { MAGIC_CARDS, magicOf, magicValues } from './magic-values';
import { card, envelopes, sendForm, survey } from './test-forms';
import {
  aRenewalBody,
  aTokenBody,
  type Receiver,
  startReceiver,
  startTestSandbox,
  type TestSandbox,
} from './test-world';

const CREATE = '/api/v1/payment_tokens/create';
const SESSION = '/payments/v1/create_payment_session';
const SESSION_STATUS = '/payments/v1/payment_session';

let receiver: Receiver;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
  await sandbox.control.moveClock({ mode: 'manual', to: '2030-05-10T12:00:00.000Z' });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const tagged = (...tags: string[]) => `ada+${tags.join('+')}@example.com`;
const open = (email: string) => sandbox.post(CREATE, aTokenBody({ customer_email: email }));

/** Through survey and card, as a customer goes; where the browser is sent in the end. */
async function complete(url: unknown, changes: Record<string, string> = {}) {
  const first = await sendForm(url, survey());
  if (first.status === 200 || first.location?.startsWith('https://shop')) return first;
  return sendForm(url, card(changes));
}

/** A customer with a token that is good, apart from what the tag says. */
const seed = (email: string) => sandbox.control.seedToken({ email, name: 'Ada Park', payment_token: 'pt_ada' });
const charge = (key = 'renewal-1') => sandbox.post(SESSION, aRenewalBody({ idempotency_key: key }));
const checkout = (email: string) =>
  sandbox.post(SESSION, aRenewalBody({ payment_token: null, tokenize: true, customer_email: email }));
const statusOf = async (id: unknown) => (await sandbox.get(`${SESSION_STATUS}/${id}`)).body.status;
const statuses = () => envelopes(receiver).map(({ data }) => data.status);
const tokenOf = async (requestId: unknown) =>
  (await sandbox.get(`/api/v1/payment_tokens/provision_request/${requestId}`)).body.payment_token;

describe('a tag in the e-mail', () => {
  it('survey_fail lets the review refuse: a checkout is rejected, a token request stays empty', async () => {
    const session = await checkout(tagged('survey_fail'));
    expect((await complete(session.body.redirect_url)).location).toMatch('https://shop.example/done');
    await sandbox.control.settle();
    expect(await statusOf(session.body.id)).toBe('rejected');
    expect(statuses().sort()).toEqual(['processing', 'rejected']);
    const { body } = await sandbox.post(CREATE, aTokenBody({ customer_email: tagged('survey_fail') }));
    expect((await complete(body.redirect_url)).location).toBe('https://shop.example/done');
    await sandbox.control.settle();
    expect(await tokenOf(body.provision_token_request_id)).toBeNull();
    expect(receiver.received).toHaveLength(2);
  });

  it('ineligible leads to the failure URL, and the request stays open', async () => {
    const { body } = await open(tagged('ineligible'));
    expect((await complete(body.redirect_url)).location).toBe('https://shop.example/stopped');
    expect((await sandbox.control.state()).requests).toMatchObject([{ status: 'open' }]);
  });

  it('slow_review_12h ends the review after 12 hours, to the second', async () => {
    const { body } = await open(tagged('slow_review_12h'));
    await complete(body.redirect_url);
    await sandbox.control.advance('PT11H59M59S');
    expect(await tokenOf(body.provision_token_request_id)).toBeNull();
    expect((await open(tagged('slow_review_12h'))).body.provision_token_request_id).toBe(
      body.provision_token_request_id,
    );
    await sandbox.control.moveClock({ to: 'next' });
    expect((await sandbox.control.clock()).now).toBe('2030-05-11T00:00:00.000Z');
    expect(await tokenOf(body.provision_token_request_id)).toMatch(/^pt_/);
    await sandbox.control.settle();
    expect(envelopes(receiver)).toMatchObject([{ event_type: 'payment_token.updated' }]);
  });

  it('slow_review and survey_fail together refuse after that time', async () => {
    const session = await checkout(tagged('slow_review_36h', 'survey_fail'));
    await complete(session.body.redirect_url);
    await sandbox.control.advance({ hours: 35 });
    expect(await statusOf(session.body.id)).toBe('processing');
    await sandbox.control.advance({ hours: 1 });
    expect(await statusOf(session.body.id)).toBe('rejected');
  });

  it('token_lost keeps the token to those who retrieve it', async () => {
    const { body } = await open(tagged('token_lost'));
    await complete(body.redirect_url);
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(0);
    expect(await tokenOf(body.provision_token_request_id)).toMatch(/^pt_/);
    expect((await sandbox.control.ledger()).deliveries).toMatchObject([{ status: 'dropped', fault: 'token_lost' }]);
  });

  it('webhook_dup5 sends every delivery five times', async () => {
    await seed(tagged('webhook_dup5'));
    await charge();
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(5);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it.each([
    ['webhook_before_redirect', 'after', 1],
    ['redirect_before_webhook', 'before', 0],
  ] as const)('%s orders the two, whatever the switch says', async (tag, switched, received) => {
    await sandbox.control.setSwitches({ webhookBeforeRedirect: switched });
    const { body } = await open(tagged(tag));
    expect((await complete(body.redirect_url)).status).toBe(303);
    expect(receiver.received).toHaveLength(received);
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(1);
  });

  it('card_expired makes a token whose card has expired, until there is a new one', async () => {
    const { body } = await open(tagged('card_expired'));
    await complete(body.redirect_url);
    const payment_token = await tokenOf(body.provision_token_request_id);
    const renew = (key: string) => sandbox.post(SESSION, aRenewalBody({ payment_token, idempotency_key: key }));
    const refused = await renew('renewal-1');
    expect(refused).toMatchObject({ status: 422, body: { next_action: 'UpdatePaymentMethod' } });
    await sendForm(refused.body.redirect_url, card());
    expect((await renew('renewal-2')).status).toBe(200);
  });

  it('declines_2_then_ok declines two charges with a token', async () => {
    await seed(tagged('declines_2_then_ok'));
    expect((await charge('a')).body.next_action).toBe('UpdatePaymentMethod');
    expect((await charge('a')).body.next_action).toBe('UpdatePaymentMethod');
    expect((await charge('b')).body.next_action).toBe('UpdatePaymentMethod');
    expect((await charge('c')).status).toBe(200);
  });

  it('declines_1_then_ok asks again on the card form of a checkout', async () => {
    const { body } = await checkout(tagged('declines_1_then_ok'));
    expect((await complete(body.redirect_url)).html).toContain('The card was declined.');
    expect((await sendForm(body.redirect_url, card())).location).toMatch('https://shop.example/done');
  });

  it('lmn_expires_in_10d ends the letter on the tenth day', async () => {
    await seed(tagged('lmn_expires_in_10d'));
    expect((await sandbox.get('/api/v1/payment_tokens/pt_ada')).body.lmn_expires_at).toBe('2030-05-20T12:00:00.000Z');
    await sandbox.control.advance({ days: 9 });
    expect((await charge()).status).toBe(200);
    await sandbox.control.advance({ days: 1 });
    expect((await charge('late')).body.next_action).toBe('TakeHealthSurvey');
  });

  it('needs_survey asks for the survey once', async () => {
    await seed(tagged('needs_survey'));
    const { body } = await charge();
    expect(body.next_action).toBe('TakeHealthSurvey');
    await sendForm(body.redirect_url, survey());
    expect((await charge('renewal-2')).status).toBe(200);
  });

  it('processing_3d captures an unattended charge after three days of processing', async () => {
    await seed(tagged('processing_3d'));
    const { body } = await charge();
    expect(await statusOf(body.id)).toBe('processing');
    await sandbox.control.advance({ days: 40 });
    await sandbox.control.settle();
    expect(statuses()).toEqual(['processing', 'captured']);
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ at: '2030-05-13T12:00:00.000Z' }]);
  });

  it('processing_3d keeps a checkout in review for three days', async () => {
    const { body } = await checkout(tagged('processing_3d'));
    await complete(body.redirect_url);
    await sandbox.control.advance({ days: 2 });
    expect(await statusOf(body.id)).toBe('processing');
    await sandbox.control.advance({ days: 1 });
    expect(await statusOf(body.id)).toBe('captured');
  });

  it('captured_late leaves a charge pending for a day', async () => {
    await seed(tagged('captured_late'));
    const { body } = await charge();
    await sandbox.control.advance({ hours: 23 });
    expect([await statusOf(body.id), receiver.received.length]).toEqual(['pending', 0]);
    await sandbox.control.advance({ hours: 1 });
    await sandbox.control.settle();
    expect(statuses()).toEqual(['captured']);
  });

  it('server_error_once answers the first call with each key so', async () => {
    await seed(tagged('server_error_once'));
    for (const key of ['a', 'b']) {
      expect((await charge(key)).body.error).toBe('ServerError');
      expect((await charge(key)).status).toBe(200);
    }
    expect((await open('bo+server_error_once@example.com')).body.error).toBe('ServerError');
    expect((await open('bo+server_error_once@example.com')).status).toBe(200);
  });

  it('timeout_after_charge takes the money and loses the answer', async () => {
    await seed(tagged('timeout_after_charge'));
    await expect(charge()).rejects.toThrow('fetch failed');
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
    const { status, body } = await charge();
    expect([status, await statusOf(body.id)]).toEqual([200, 'captured']);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('already_has_token refuses a token request, and the token is there', async () => {
    const { status, body } = await open(tagged('already_has_token'));
    expect([status, body.error]).toEqual([400, 'IdempotencyViolation']);
    expect((await sandbox.get('/api/v1/payment_tokens?email=already_has_token')).body.payment_tokens).toHaveLength(1);
  });

  it('waiting_verification refuses a token request until the review is decided', async () => {
    const email = tagged('waiting_verification');
    expect((await open(email)).body.error).toBe('WaitingForVerification');
    await sandbox.control.review({ email, outcome: 'approve' });
    await sandbox.control.settle();
    expect(envelopes(receiver)).toMatchObject([{ event_type: 'payment_token.updated' }]);
  });

  it('that nobody knows does nothing, and neither does a word that is not a tag', () => {
    expect(magicOf('ada+shoes@example.com', 'ineligible')).toBeNull();
    expect(magicOf('ineligible@example.com', 'ineligible')).toBeNull();
    expect(magicOf('ada@x+ineligible.com', 'ineligible')).toBeNull();
    expect(magicOf('ada+slow_review_xh@example.com', 'slow_review')).toBeNull();
    expect(magicOf('Ada+Shoes+SLOW_REVIEW_48H@example.com', 'slow_review')).toBe(48);
    expect(magicOf('ada+lmn_expires_in_0d@example.com', 'lmn_expires_in')).toBe(0);
  });
});

describe('a card number', () => {
  const cardOf = async (number: string) => {
    const { body } = await open('bo@example.com');
    await complete(body.redirect_url, { number });
    return (await sandbox.control.state('bo@example.com')).tokens[0]?.payment_methods[0];
  };

  it.each([
    ['4242 4242 4241 4417', 'hsa_fsa', 'visa'],
    ['4000 0512 3000 0072', 'hsa_fsa', 'visa'],
    ['5555-5555-5555-4444', 'card', 'mastercard'],
    ['6011111111111117', 'hsa_fsa', 'discover'],
  ])('%s is a card of type %s', async (number, type, brand) => {
    expect(await cardOf(number)).toMatchObject({ type, brand });
  });

  it.each([
    ['4000000000000002', 'The card was declined. Check'],
    ['4000000000009995', 'not enough money'],
    ['4000000000000127', 'security code does not match'],
    ['4000000000000069', 'has expired'],
  ])('%s is asked for again: %s', async (number, words) => {
    const { body } = await open('bo@example.com');
    expect((await complete(body.redirect_url, { number })).html).toContain(words);
    expect((await sendForm(body.redirect_url, card())).location).toBe('https://shop.example/done');
  });

  it('4000 0000 0000 9235 leads to a review', async () => {
    const { body } = await open('bo@example.com');
    const { location } = await complete(body.redirect_url, { number: '4000000000009235' });
    expect(location).toBe('https://shop.example/done');
    expect(await tokenOf(body.provision_token_request_id)).toBeNull();
    await sandbox.control.review({ email: 'bo@example.com', outcome: 'approve' });
    expect(await tokenOf(body.provision_token_request_id)).toMatch(/^pt_/);
  });

  it('4000 0000 0000 0341 is stored, and declined when it is charged', async () => {
    const { body } = await open('bo@example.com');
    await complete(body.redirect_url, { number: '4000000000000341' });
    const payment_token = await tokenOf(body.provision_token_request_id);
    const refused = await sandbox.post(SESSION, aRenewalBody({ payment_token }));
    expect(refused).toMatchObject({ status: 422, body: { next_action: 'UpdatePaymentMethod' } });
  });

  it('of the table passes the check of its last digit', () => {
    for (const { value } of MAGIC_CARDS) expect(passesLuhn(value.replaceAll(' ', '')), value).toBe(true);
  });
});

it('the table tells every tag and number, what it does and where that is written', async () => {
  const { emails, cards } = await sandbox.control.magicValues();
  expect({ emails, cards }).toEqual(magicValues());
  expect(emails).toHaveLength(18);
  for (const { what, section } of [...emails, ...cards]) {
    expect(what).not.toBe('');
    expect(section).toMatch(/^\d+(\.\d+)?$/);
  }
});
