import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostedRequest } from './records';
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

/** Sends a hosted page's form the way a browser does, without following where it leads. */
async function send(url: unknown, fields: Record<string, string>) {
  const response = await fetch(String(url), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), html: await response.text() };
}

const survey = (outcome = 'qualifies') => ({ step: 'survey', action: 'continue', state: 'CA', outcome });
const card = (changes: Record<string, string> = {}) => ({
  step: 'card',
  action: 'save',
  number: '4242 4242 4242 4417',
  expiry: '09/60',
  code: '123',
  outcome: 'accept',
  ...changes,
});

async function openProvision(changes: Record<string, unknown> = {}) {
  const { body } = await sandbox.post(CREATE, aTokenBody(changes));
  return { id: String(body.provision_token_request_id), url: String(body.redirect_url) };
}

async function tokenOf(id: string) {
  const { body } = await sandbox.get(`/api/v1/payment_tokens/provision_request/${id}`);
  return body.payment_token;
}

const events = () => receiver.received.map(({ body }) => JSON.parse(body));

describe('moving to HSA/FSA', () => {
  it('leads through survey and card to the success URL, and the token comes by webhook', async () => {
    const { id, url } = await openProvision({ customer_state: 'RI' });
    const first = await (await fetch(url)).text();
    expect(first).toContain('<h1>Health survey</h1>');
    expect(first).toContain('<option value="RI" selected>Rhode Island</option>');
    expect(await send(url, survey())).toMatchObject({ status: 303, location: `/provision/${id}` });
    expect(await (await fetch(url)).text()).toContain('<h1>Payment card</h1>');
    expect(await send(url, card())).toMatchObject({ status: 303, location: 'https://shop.example/done' });
    await sandbox.control.settle();
    const token = await tokenOf(id);
    expect(events()).toMatchObject([
      {
        event_type: 'payment_token.updated',
        data: {
          payment_token: token,
          provision_token_request_id: id,
          customer_email: 'ada@example.com',
          customer_name: 'Ada Park',
          metadata: 'prq_1',
          lmn_expires_at: expect.any(String),
        },
      },
    ]);
    const { body } = await sandbox.get(`/api/v1/payment_tokens/${token}`);
    expect(body.payment_methods).toEqual([
      { type: 'hsa_fsa', brand: 'visa', last4: '4417', exp_month: 9, exp_year: 2060 },
    ]);
    expect(await (await fetch(url)).text()).toContain('All set');
  });

  it('ends at the failure URL for an ineligible customer and for one who cancels, and can be taken up again', async () => {
    const { id, url } = await openProvision();
    expect(await send(url, survey('ineligible'))).toMatchObject({
      status: 303,
      location: 'https://shop.example/stopped',
    });
    expect(await send(url, { step: 'survey', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    await send(url, survey());
    expect(await send(url, { step: 'card', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    expect(await tokenOf(id)).toBeNull();
    expect((await send(url, card())).location).toBe('https://shop.example/done');
    expect(await tokenOf(id)).toEqual(expect.any(String));
  });

  it('asks again where the state is missing', async () => {
    const { url } = await openProvision();
    const { status, html } = await send(url, { ...survey(), state: '' });
    expect(status).toBe(200);
    expect(html).toContain('role="alert"');
    expect(html).toContain('aria-describedby="state-error"');
  });

  it.each([
    [card({ outcome: 'decline' }), 'The card was declined.'],
    [card({ number: '4000 0000 0000 0002' }), 'The card was declined.'],
    [card({ code: '000' }), 'The security code does not match'],
    [card({ code: '' }), 'Enter the security code'],
    [card({ expiry: '01/20' }), 'This card has expired.'],
    [card({ expiry: '13/40' }), 'Enter the expiry'],
    [card({ number: '42' }), 'Enter the card number'],
  ])('asks again where the card is not good', async (fields, message) => {
    const { id, url } = await openProvision();
    await send(url, survey());
    const { status, html } = await send(url, fields);
    expect([status, html]).toEqual([200, expect.stringContaining(message)]);
    expect(await tokenOf(id)).toBeNull();
    expect((await send(url, card())).location).toBe('https://shop.example/done');
  });

  it('waits for the review, during which the e-mail cannot begin anew', async () => {
    const { id, url } = await openProvision();
    await send(url, survey('reviewed_later'));
    expect((await send(url, card())).location).toBe('https://shop.example/done');
    expect(await tokenOf(id)).toBeNull();
    const again = await sandbox.post(CREATE, aTokenBody({ idempotency_key: 'key-2' }));
    expect(again).toMatchObject({ status: 400, body: { error: 'WaitingForVerification' } });
    expect(await (await fetch(url)).text()).toContain('Being reviewed');
    await sandbox.control.review({ email: 'ADA@example.com', outcome: 'approve' });
    await sandbox.control.settle();
    expect(events()).toMatchObject([{ data: { provision_token_request_id: id, payment_token: await tokenOf(id) } }]);
  });

  it('ends without a word when the review ends badly, and may begin anew', async () => {
    const { id, url } = await openProvision();
    await send(url, survey('reviewed_later'));
    await send(url, card());
    await sandbox.control.review({ request_id: id, outcome: 'reject' });
    await sandbox.control.settle();
    expect([await tokenOf(id), events()]).toEqual([null, []]);
    expect((await fetch(url)).status).toBe(410);
    expect((await sandbox.post(CREATE, aTokenBody({ idempotency_key: 'key-2' }))).status).toBe(200);
    await expect(sandbox.control.review({ request_id: id, outcome: 'approve' })).rejects.toThrow('404');
  });

  it('makes one token of two open requests, and tells of both', async () => {
    const first = await openProvision();
    const second = await openProvision({ idempotency_key: 'key-2' });
    for (const { url } of [first, second]) {
      await send(url, survey());
      await send(url, card());
    }
    expect(await tokenOf(first.id)).toBe(await tokenOf(second.id));
    expect((await sandbox.control.state()).tokens).toHaveLength(1);
    expect((await sandbox.control.ledger()).events).toHaveLength(2);
  });

  it('takes the second click of a double click for the first', async () => {
    const { url } = await openProvision();
    await send(url, survey());
    const clicks = await Promise.all([send(url, card()), send(url, card())]);
    expect(clicks.map(({ location }) => location)).toEqual(['https://shop.example/done', 'https://shop.example/done']);
    expect((await sandbox.control.ledger()).events).toHaveLength(1);
  });
});

describe('the webhook and the redirect', () => {
  const finish = async () => {
    const { url } = await openProvision();
    await send(url, survey());
    return send(url, card());
  };

  it('come in that order when switched so', async () => {
    await sandbox.control.setSwitches({ webhookBeforeRedirect: 'before' });
    await finish();
    expect(receiver.received).toHaveLength(1);
  });

  it('come the other way round if not told otherwise', async () => {
    await finish();
    expect(receiver.received).toHaveLength(0);
    await sandbox.control.settle();
    expect(receiver.received).toHaveLength(1);
  });

  it('may never meet: the event is in the ledger, and not delivered', async () => {
    await sandbox.control.setSwitches({ webhookBeforeRedirect: 'never' });
    await finish();
    await sandbox.control.settle();
    const { events: emitted, deliveries } = await sandbox.control.ledger();
    expect([emitted.length, deliveries.map(({ status }) => status), receiver.received]).toEqual([1, ['dropped'], []]);
  });
});

describe('in a frame', () => {
  it('posts one message with the documented key and does not redirect', async () => {
    const { url } = await openProvision({ use_iframe: true });
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors *');
    await send(url, survey());
    const { status, html } = await send(url, card());
    expect(status).toBe(200);
    expect(html).toContain(`parent.postMessage({"success":true,"redirectUrl":"https://shop.example/done"}, '*');`);
    expect(await (await fetch(url)).text()).not.toContain('postMessage');
  });

  it('tells of the failure, under the other key when switched so', async () => {
    await sandbox.control.setSwitches({ postMessageKey: 'redirect_url' });
    const { url } = await openProvision({ use_iframe: true });
    const { html } = await send(url, survey('ineligible'));
    expect(html).toContain(`{"success":false,"redirect_url":"https://shop.example/stopped"}`);
  });

  it('is refused to pages that were not asked for in a frame', async () => {
    const { url } = await openProvision();
    expect((await fetch(url)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('cannot be broken out of by an address', async () => {
    const { url } = await openProvision({
      use_iframe: true,
      failure_url: 'https://shop.example/?a=</script><script>alert(1)</script>',
    });
    const { html } = await send(url, { step: 'survey', action: 'cancel' });
    expect(html.match(/<script/g)).toHaveLength(1);
  });
});

describe('the repair of a 422', () => {
  beforeEach(() => sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' }));

  it('of a card: a new card, an event with the failed session, and the charge goes through under a new key', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card', card_expires: '2020-01' });
    const failed = await sandbox.post(SESSION, aRenewalBody());
    const url = failed.body.redirect_url;
    expect(await (await fetch(String(url))).text()).toContain('<h1>Payment card</h1>');
    expect(await send(url, { step: 'card', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    const done = await send(url, card());
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
    expect((await send(failed.body.redirect_url, survey())).location).toContain('https://shop.example/done');
    const { now } = await sandbox.control.clock();
    const [token] = (await sandbox.control.state()).tokens;
    expect(token?.lmn_expires_at?.slice(0, 4)).toBe(String(Number(now.slice(0, 4)) + 1));
  });

  it('of both takes one 422 for each', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', lmn_expires_at: null, card_expires: '2020-01' });
    const first = await sandbox.post(SESSION, aRenewalBody());
    await send(first.body.redirect_url, survey());
    const second = await sandbox.post(SESSION, aRenewalBody({ idempotency_key: 'renewal-2' }));
    expect([first.body.next_action, second.body.next_action]).toEqual(['TakeHealthSurvey', 'UpdatePaymentMethod']);
  });

  it('has no page any more once the token is deleted', async () => {
    await sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
    const failed = await sandbox.post(SESSION, aRenewalBody());
    await sandbox.post('/api/v1/payment_tokens/pt_ada/delete');
    expect((await send(failed.body.redirect_url, card())).status).toBe(410);
  });

  it('of an update tells of the update', async () => {
    const { body } = await sandbox.post('/api/v1/payment_tokens/pt_ada/update', aTokenBody({ update_card_info: true }));
    await send(body.redirect_url, card({ number: '5555555555554444' }));
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
    await send(body.redirect_url, survey());
    expect((await send(body.redirect_url, card())).location).toBe(`https://shop.example/done?session=${body.id}`);
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
    await send(body.redirect_url, survey('reviewed_later'));
    await send(body.redirect_url, card());
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

it('knows only its own addresses', async () => {
  const { id } = await openProvision();
  const [request] = (await sandbox.control.state()).requests;
  expect(request satisfies HostedRequest | undefined).toMatchObject({ id, status: 'open' });
  expect((await fetch(`${sandbox.url}/repair/${id}`)).status).toBe(404);
  expect((await fetch(`${sandbox.url}/provision/none`)).status).toBe(404);
  expect((await fetch(`${sandbox.url}/provision/${id}`, { method: 'PUT' })).status).toBe(405);
});
