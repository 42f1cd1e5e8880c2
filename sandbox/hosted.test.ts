import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { card, envelopes, sendForm, survey } from './test-forms';
import { aTokenBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const CREATE = '/api/v1/payment_tokens/create';

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

async function openProvision(changes: Record<string, unknown> = {}) {
  const { body } = await sandbox.post(CREATE, aTokenBody(changes));
  return { id: String(body.provision_token_request_id), url: String(body.redirect_url) };
}

async function tokenOf(id: string) {
  const { body } = await sandbox.get(`/api/v1/payment_tokens/provision_request/${id}`);
  return body.payment_token;
}

const events = () => envelopes(receiver);

describe('moving to HSA/FSA', () => {
  it('leads through survey and card to the success URL, and the token comes by webhook', async () => {
    const { id, url } = await openProvision({ customer_state: 'RI' });
    const first = await (await fetch(url)).text();
    expect(first).toContain('<h1>Health survey</h1>');
    expect(first).toContain('<option value="RI" selected>Rhode Island</option>');
    expect(await sendForm(url, survey())).toMatchObject({ status: 303, location: `/provision/${id}` });
    expect(await (await fetch(url)).text()).toContain('<h1>Payment card</h1>');
    expect(await sendForm(url, card())).toMatchObject({ status: 303, location: 'https://shop.example/done' });
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
    expect(await sendForm(url, survey('ineligible'))).toMatchObject({
      status: 303,
      location: 'https://shop.example/stopped',
    });
    expect(await sendForm(url, { step: 'survey', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    await sendForm(url, survey());
    expect(await sendForm(url, { step: 'card', action: 'cancel' })).toMatchObject({
      location: 'https://shop.example/stopped',
    });
    expect(await tokenOf(id)).toBeNull();
    expect((await sendForm(url, card())).location).toBe('https://shop.example/done');
    expect(await tokenOf(id)).toEqual(expect.any(String));
  });

  it('asks again where the state is missing', async () => {
    const { url } = await openProvision();
    const { status, html } = await sendForm(url, { ...survey(), state: '' });
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
    [card({ number: '4242 4242 4242 4243' }), 'This is not a card number.'],
    [card({ number: '4000 0000 0000 9995' }), 'there is not enough money on it'],
    [card({ number: '4000 0000 0000 0127' }), 'The security code does not match'],
    [card({ number: '4000 0000 0000 0069' }), 'This card has expired.'],
  ])('asks again where the card is not good', async (fields, message) => {
    const { id, url } = await openProvision();
    await sendForm(url, survey());
    const { status, html } = await sendForm(url, fields);
    expect([status, html]).toEqual([200, expect.stringContaining(message)]);
    expect(await tokenOf(id)).toBeNull();
    expect((await sendForm(url, card())).location).toBe('https://shop.example/done');
  });

  it('waits for the review, during which the e-mail cannot begin anew', async () => {
    const { id, url } = await openProvision();
    await sendForm(url, survey('reviewed_later'));
    expect((await sendForm(url, card())).location).toBe('https://shop.example/done');
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
    await sendForm(url, survey('reviewed_later'));
    await sendForm(url, card());
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
      await sendForm(url, survey());
      await sendForm(url, card());
    }
    expect(await tokenOf(first.id)).toBe(await tokenOf(second.id));
    expect((await sandbox.control.state()).tokens).toHaveLength(1);
    expect((await sandbox.control.ledger()).events).toHaveLength(2);
  });

  it('takes the second click of a double click for the first', async () => {
    const { url } = await openProvision();
    await sendForm(url, survey());
    const clicks = await Promise.all([sendForm(url, card()), sendForm(url, card())]);
    expect(clicks.map(({ location }) => location)).toEqual(['https://shop.example/done', 'https://shop.example/done']);
    expect((await sandbox.control.ledger()).events).toHaveLength(1);
  });
});

describe('the webhook and the redirect', () => {
  const finish = async () => {
    const { url } = await openProvision();
    await sendForm(url, survey());
    return sendForm(url, card());
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
    await sendForm(url, survey());
    const { status, html } = await sendForm(url, card());
    expect(status).toBe(200);
    expect(html).toContain(`parent.postMessage({"success":true,"redirectUrl":"https://shop.example/done"}, '*');`);
    expect(await (await fetch(url)).text()).not.toContain('postMessage');
  });

  it('tells of the failure, under the other key when switched so', async () => {
    await sandbox.control.setSwitches({ postMessageKey: 'redirect_url' });
    const { url } = await openProvision({ use_iframe: true });
    const { html } = await sendForm(url, survey('ineligible'));
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
    const { html } = await sendForm(url, { step: 'survey', action: 'cancel' });
    expect(html.match(/<script/g)).toHaveLength(1);
  });
});

it('knows only its own addresses', async () => {
  const { id } = await openProvision();
  expect((await fetch(`${sandbox.url}/repair/${id}`)).status).toBe(404);
  expect((await fetch(`${sandbox.url}/provision/none`)).status).toBe(404);
  expect((await fetch(`${sandbox.url}/provision/${id}`, { method: 'PUT' })).status).toBe(405);
});
