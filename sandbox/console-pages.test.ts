import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCENARIOS } from './console/scenarios';
import { themeOf } from './console/theme';
import { magicValues } from './magic-values';
import { aboutSwitches } from './switches';
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
});

const show = async (path: string) => {
  const response = await fetch(sandbox.url + path);
  return { status: response.status, html: await response.text() };
};

/** Presses a button of the page `from`. Returns where the browser is sent. */
async function press(path: string, fields: Record<string, string>, from = '/') {
  const response = await fetch(sandbox.url + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { referer: sandbox.url + from },
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  return { status: response.status, to: location === null ? null : new URL(location, sandbox.url).pathname, location };
}

const aToken = () => sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
const lastCall = async () => (await sandbox.control.ledger()).requests.at(-1);

describe('a newcomer', () => {
  it.each([
    ['update-payment-method', 'UpdatePaymentMethod'],
    ['take-health-survey', 'TakeHealthSurvey'],
  ])('forces a 422 in two clicks from the first page: %s', async (name, action) => {
    expect((await show('/')).html).toContain(`href="/console/scenarios/${name}?seed=7"`);
    const page = await show(`/console/scenarios/${name}?seed=7`);
    expect(page.html).toContain('Prepare it</button>');
    const { to, location } = await press('/console/scenarios/prepare', { name, seed: '7' });
    expect(to).toBe(`/console/scenarios/${name}`);
    expect(await lastCall()).toMatchObject({ operation: 'createPaymentSession', status: 422 });
    const [session] = (await sandbox.control.state()).sessions;
    expect(session?.next_action).toBe(action);
    expect((await show(String(location))).html).toMatch(/href="\/repair\/[^"]+">Open the page/);
  });

  it('charges a token by a button, and sees the answer', async () => {
    await aToken();
    await press('/console/health', { payment_token: 'pt_ada', health: 'needs_card' });
    const { to } = await press('/console/tokens/charge', { payment_token: 'pt_ada' });
    const page = await show(String(to));
    expect(page.html).toContain('&quot;next_action&quot;: &quot;UpdatePaymentMethod&quot;');
    expect(page.html).toContain('Go where the customer is sent');
  });
});

describe('the pages', () => {
  it.each([
    '/',
    '/mail',
    '/console/requests',
    '/console/webhooks',
    '/console/tokens',
    '/console/sessions',
    '/console/clock',
    '/console/scenarios',
    '/console/faults',
    '/console/magic-values',
    '/console/switches',
  ])('%s is one page with one main heading, and runs nothing of others', async (path) => {
    const response = await fetch(sandbox.url + path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('aria-current="page"');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('show what does not exist as missing', async () => {
    for (const path of ['/console/none', '/console/tokens/none', '/console/constructor', '/console/requests/a/b']) {
      expect((await show(path)).status).toBe(404);
    }
    expect((await press('/console/none', {})).status).toBe(404);
  });

  it('have one stylesheet, script and font, which browsers keep', async () => {
    const { html } = await show('/');
    const assets = [...html.matchAll(/(?:href|src)="(\/console\/[a-z]+-[0-9a-f]{12}\.(?:css|js))"/g)].map(
      ([, path]) => path,
    );
    expect(assets).toHaveLength(2);
    for (const path of [...assets, '/console/hanken-grotesk.woff2']) {
      const response = await fetch(sandbox.url + path);
      expect([response.status, response.headers.get('cache-control')]).toEqual([
        200,
        expect.stringContaining('immutable'),
      ]);
      await response.arrayBuffer();
    }
  });

  it('take the palette of the theme, for light and dark, and its utilities as classes', () => {
    const css = themeOf(`@plugin "daisyui" { themes: false; }
@plugin "daisyui/theme" { name: "a"; prefersdark: false; color-scheme: light; --color-primary: green; }
@plugin "daisyui/theme" { name: "b"; prefersdark: true; --color-primary: lime; }
@theme { --text-*: initial; --text-fine: 13px; @keyframes x { 0% { opacity: 0; } } }
@utility chip { color: red; & svg { width: 1px; } }`);
    expect(css).toContain(':root { color-scheme: light; --color-primary: green; }');
    expect(css).toContain('@media (prefers-color-scheme: dark) { :root { --color-primary: lime; } }');
    expect(css).toContain(':root { --text-fine: 13px; }');
    expect(css).toContain('.chip { color: red; & svg { width: 1px; } }');
  });
});

describe('requests', () => {
  it('are found by operation, answer and words', async () => {
    await aToken();
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.post(SESSION, aRenewalBody({ total_amount: 1, idempotency_key: 'wrong-sum' }));
    await sandbox.get('/api/v1/payment_tokens/pt_ada');
    const rows = async (query: string) =>
      (await show(`/console/requests?${query}`)).html.match(/<tr><th scope="row"/g)?.length ?? 0;
    expect(await rows('')).toBe(3);
    expect(await rows('operation=retrievePaymentToken')).toBe(1);
    expect(await rows('answer=refused')).toBe(1);
    expect(await rows('text=WRONG-sum')).toBe(1);
    expect(await rows('text=magnesium')).toBe(2);
  });

  it('are copied as curl, with the key left to the environment', async () => {
    await sandbox.post('/api/v1/payment_tokens/create', aTokenBody({ customer_name: "Ada O'Park" }));
    const call = await lastCall();
    const { html } = await show(`/console/requests/${call?.id}`);
    expect(html).toContain('$TRUEMED_API_KEY');
    expect(html).not.toContain('sandbox-key');
    expect(html).toContain('Ada O&#39;\\&#39;&#39;Park');
  });

  it('are sent again, byte for byte, and answered as their key asks for', async () => {
    await sandbox.post('/api/v1/payment_tokens/create', aTokenBody());
    const first = await lastCall();
    const { to } = await press('/console/requests/replay', { id: String(first?.id) });
    const second = await lastCall();
    expect(to).toBe(`/console/requests/${second?.id}`);
    expect(second).toMatchObject({ status: 200, idempotency_key: 'key-1' });
    expect((await sandbox.control.state()).requests).toHaveLength(1);
    expect((await press('/console/requests/replay', { id: 'none' })).status).toBe(404);
  });
});

describe('webhooks in flight', () => {
  const inFlight = async () => {
    const { html } = await show('/console/webhooks');
    return [...html.matchAll(/data-drag="([^"]+)"/g)].map(([, id]) => String(id));
  };
  const statuses = () =>
    receiver.received.map(({ body }) => JSON.parse(body)).map(({ data }) => data.metadata ?? data.status);

  async function hold(count: number) {
    await aToken();
    await press('/console/webhooks/hold-new', { hold: 'yes' });
    for (let at = 1; at <= count; at += 1) {
      await sandbox.post(SESSION, aRenewalBody({ idempotency_key: `renewal-${at}`, metadata: `att_${at}` }));
    }
    await sandbox.control.settle();
  }

  it('are held, put into another order and sent in that order', async () => {
    await hold(3);
    expect(receiver.received).toEqual([]);
    const [first, second, third] = await inFlight();
    const { html } = await show(`/console/webhooks?order=${third},${first},${second}`);
    const delivery_ids = /name="delivery_ids" value="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(delivery_ids).toBe(`${third},${first},${second}`);
    await press('/console/webhooks/release', { delivery_ids }, '/console/webhooks');
    expect(statuses()).toEqual(['att_3', 'att_1', 'att_2']);
    expect(await inFlight()).toEqual([]);
  });

  it('are dropped and sent one by one', async () => {
    await hold(2);
    const [first = '', second = ''] = await inFlight();
    await press('/console/webhooks/drop', { delivery_id: first });
    await press('/console/webhooks/send', { delivery_id: second });
    await sandbox.control.settle();
    expect(statuses()).toEqual(['att_2']);
    const page = await show(`/console/webhooks/${second}`);
    expect(page.html).toContain('x-truemed-signature: t=');
    expect(page.html).toContain('&quot;webhook_delivery_id&quot;');
  });

  it('are fired by hand for a customer', async () => {
    await aToken();
    const { to } = await press('/console/webhooks/fire', {
      event_type: 'payment_token.updated',
      subject: 'ada@example.com',
    });
    expect(to).toMatch(/^\/console\/webhooks\/.+/);
    await sandbox.control.settle();
    expect(JSON.parse(receiver.received[0]?.body ?? '{}').data.payment_token).toBe('pt_ada');
    expect((await press('/console/webhooks/fire', { event_type: 'payment_token.updated', subject: '' })).status).toBe(
      400,
    );
  });
});

describe('faults', () => {
  it('are added in a form, listed, and removed', async () => {
    await press('/console/faults/call', {
      fault: '429',
      times: '2',
      email: 'ada@example.com',
      operation: '',
      retry_after_seconds: '9',
    });
    const [fault] = await sandbox.control.faults();
    expect(fault).toMatchObject({
      fault: '429',
      times: 2,
      match: { email: 'ada@example.com' },
      retry_after_seconds: 9,
    });
    expect((await show('/console/faults')).html).toContain('email ada@example.com');
    await press('/console/faults/delivery', {
      fault: 'delay',
      times: '1',
      delay_seconds: '90',
      event_type: '',
      email: '',
    });
    expect(await sandbox.control.deliveryFaults()).toMatchObject([{ fault: 'delay', delay_seconds: 90, email: null }]);
    await press('/console/faults/remove', { id: String(fault?.id) });
    expect(await sandbox.control.faults()).toEqual([]);
    await press('/console/faults/clear', {});
    expect(await sandbox.control.deliveryFaults()).toEqual([]);
  });

  it('that are not known are refused in words', async () => {
    expect((await press('/console/faults/call', { fault: 'flood', times: '1' })).status).toBe(400);
    expect((await press('/console/chaos', { seed: '7', calls: 'nonsense' })).status).toBe(400);
  });

  it('come by chance with a seed, until that is stopped', async () => {
    await press('/console/chaos', { seed: '7', calls: '500 1', deliveries: '', max_delay_seconds: '60' });
    expect((await sandbox.post(SESSION, aRenewalBody())).status).toBe(500);
    expect((await show('/console/faults')).html).toContain('with the seed <strong>7</strong>');
    await press('/console/chaos/stop', {});
    expect((await sandbox.post(SESSION, aRenewalBody({ payment_token: null }))).status).toBe(200);
  });
});

describe('what is steered', () => {
  it('is the clock: to an instant, to the next thing that waits, and its pace', async () => {
    await press('/console/clock', { mode: 'manual' });
    await press('/console/clock', { to: '2099-01-31T10:00' });
    expect(await sandbox.control.clock()).toMatchObject({ now: '2099-01-31T10:00:00.000Z', mode: 'manual' });
    await press('/console/clock', { mode: 'accelerated', rate: '3600' });
    expect((await sandbox.control.clock()).mode).toBe('accelerated');
    expect((await press('/console/clock', { to: '2001-01-01T00:00' })).status).toBe(400);
    expect((await press('/console/clock', { unit: 'eons' })).status).toBe(400);
  });

  it('is the whole state, kept under a name and come back to', async () => {
    await aToken();
    await press('/console/snapshots', { name: 'with-ada' });
    await press('/console/reset', {});
    expect((await sandbox.control.state()).tokens).toEqual([]);
    expect((await show('/console/clock')).html).toContain('with-ada');
    await press('/console/snapshots/restore', { name: 'with-ada' });
    expect((await sandbox.control.state()).tokens).toHaveLength(1);
    await press('/console/snapshots/remove', { name: 'with-ada' });
    expect((await press('/console/snapshots/restore', { name: 'with-ada' })).status).toBe(404);
    expect((await press('/console/snapshots', { name: '../x' })).status).toBe(400);
  });

  it('is every switch, with what it is about', async () => {
    const { html } = await show('/console/switches');
    for (const name of Object.keys(aboutSwitches())) expect(html).toContain(`name="${name}"`);
    await press('/console/switches', {
      authorizationEnabled: 'true',
      discountSign: '1',
      updateSurveyAction: 'TakeHealthSurvey',
      retryScheduleScale: '0.5',
      maxCallsPerSecond: '9',
      idempotencyKeyLifetimeHours: '',
    });
    expect(await sandbox.control.switches()).toMatchObject({
      authorizationEnabled: true,
      discountSign: 1,
      updateSurveyAction: 'TakeHealthSurvey',
      retryScheduleScale: 0.5,
      maxCallsPerSecond: 9,
      idempotencyKeyLifetimeHours: null,
      captureDelayMs: 0,
    });
    await press('/console/switches/reset', {});
    expect(await sandbox.control.switches()).toMatchObject({ authorizationEnabled: false, captureDelayMs: 200 });
  });

  it('is a token: made, scripted by dates, and deleted through the API', async () => {
    await press('/console/tokens/seed', {
      email: 'bo@example.com',
      name: 'Bo Reyes',
      payment_token: 'pt_bo',
      skus: 'A, B',
      health: 'ok',
    });
    await press('/console/health', { payment_token: 'pt_bo', lmn_expires_on: '2030-01-02', card_expires: '2029-05' });
    const [token] = (await sandbox.control.state()).tokens;
    expect(token).toMatchObject({ covered_skus: ['A', 'B'], lmn_expires_at: '2030-01-02T00:00:00.000Z' });
    await press('/console/tokens/delete', { payment_token: 'pt_bo' });
    expect(await lastCall()).toMatchObject({ operation: 'deletePaymentToken', status: 204 });
  });

  it('is a session: canceled through the API, decided by hand', async () => {
    const { body } = await sandbox.post(SESSION, aRenewalBody({ payment_token: null }));
    await press('/console/sessions/call', { id: String(body.id), operation: 'cancel' });
    expect((await show(`/console/sessions/${body.id}`)).html).toContain('It is canceled, and stays so.');
    expect((await press('/console/sessions/call', { id: 'none', operation: 'cancel' })).status).toBe(404);
    expect((await press('/console/decision', { session_id: String(body.id), status: 'captured' })).status).toBe(409);
  });

  it('is shown in one table of magic values', async () => {
    const { html } = await show('/console/magic-values');
    const { emails, cards } = magicValues();
    for (const { value } of [...emails, ...cards]) expect(html).toContain(`data-copy="${value}"`);
  });
});

describe('a scenario', () => {
  it.each(SCENARIOS.map(({ name }) => name))('is prepared once for a seed: %s', async (name) => {
    const { status, location } = await press('/console/scenarios/prepare', { name, seed: 'x1' });
    expect(status).toBe(303);
    expect((await show(String(location))).html).toContain('Where to go now');
    expect((await press('/console/scenarios/prepare', { name, seed: 'x1' })).status).toBe(409);
    expect((await press('/console/scenarios/prepare', { name, seed: 'x2' })).status).toBe(303);
  });

  it('changes nothing when its link is opened', async () => {
    const before = await sandbox.control.state();
    for (const { name } of SCENARIOS) await show(`/console/scenarios/${name}?seed=7`);
    expect(await sandbox.control.state()).toEqual(before);
    expect((await show('/console/scenarios/none')).status).toBe(404);
    expect((await press('/console/scenarios/prepare', { name: 'first-checkout', seed: '<b>' })).status).toBe(400);
  });

  it('has the same customer and order for the same seed', async () => {
    const page = async () => (await show('/console/scenarios/new-subscriber?seed=41')).html;
    const [first, second] = [await page(), await page()];
    expect(/@example\.com/.test(first)).toBe(true);
    expect(second).toBe(first);
  });
});
