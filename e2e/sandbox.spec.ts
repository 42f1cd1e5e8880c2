import { once } from 'node:events';
import { createServer } from 'node:http';
import { test as base, type Page } from '@playwright/test';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import { type Sandbox, startSandbox } from '@/sandbox/server';
import { aRenewalBody, aTokenBody } from '@/sandbox/test-world';
import { completeAtTruemed, saveCard, takeSurvey } from './at-truemed';
import { expect, expectNoSidewaysScroll, expectNoViolations, showAs } from './scenario';

interface Shop {
  /** Where the customer comes back to. */
  url: string;
  /** A page that shows an address in a frame and writes down the messages that it gets. */
  framing(address: string): string;
}

/** The sandbox alone, in this process, with a shop that customers come back to. Needs no web app and no database. */
const test = base.extend<{ quiet: undefined }, { sandbox: Sandbox; control: SandboxControl; shop: Shop }>({
  sandbox: [
    async ({ browserName: _ }, use) => {
      const sandbox = await startSandbox({
        port: 0,
        smtpPort: 0,
        data: 'memory',
        webhookUrls: ['http://localhost:1/webhooks'],
      });
      await use(sandbox);
      await sandbox.close();
    },
    { scope: 'worker' },
  ],
  control: [async ({ sandbox }, use) => use(createSandboxControl(sandbox.url)), { scope: 'worker' }],
  shop: [
    async ({ browserName: _ }, use) => {
      const server = createServer((request, response) => {
        const url = new URL(request.url ?? '/', 'http://shop');
        const frame = url.searchParams.get('frame');
        response.writeHead(200, { 'content-type': 'text/html' }).end(
          frame === null
            ? `<!doctype html><title>Shop</title><h1>Back at the shop: ${url.pathname}</h1>`
            : `<!doctype html><title>Shop</title><iframe title="Truemed" src="${frame.replaceAll('"', '&quot;')}" width="600" height="900"></iframe><output></output>
<script>addEventListener('message', ({ data }) => { document.querySelector('output').textContent = JSON.stringify(data); });</script>`,
        );
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('The shop has no port.');
      const url = `http://127.0.0.1:${address.port}`;
      await use({ url, framing: (frame) => `${url}/?frame=${encodeURIComponent(frame)}` });
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ sandbox }, use) => use(sandbox.url),
  quiet: [
    async ({ page }, use) => {
      const errors: string[] = [];
      // A browser reports an answer of 404 or 410 as an error; tests that want one assert it.
      page.on('console', (message) => {
        if (message.type() === 'error' && !/status of 4(04|10)/.test(message.text())) errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await use(undefined);
      expect(errors, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

test.beforeEach(async ({ control }) => {
  await control.reset();
});

async function post(sandbox: Sandbox, path: string, body: object): Promise<{ id: string; redirect_url: string }> {
  const response = await fetch(sandbox.url + path, {
    method: 'POST',
    headers: { 'x-truemed-api-key': DEFAULT_OPTIONS.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { id: string; redirect_url: string };
}

const provision = async (sandbox: Sandbox, shop: Shop, changes: object = {}) =>
  post(sandbox, '/api/v1/payment_tokens/create', {
    ...aTokenBody({ customer_state: 'CA', idempotency_key: `key-${Math.random()}` }),
    success_url: `${shop.url}/done`,
    failure_url: `${shop.url}/stopped`,
    ...changes,
  });

const checkout = async (sandbox: Sandbox, shop: Shop) =>
  post(sandbox, '/payments/v1/create_payment_session', {
    ...aRenewalBody({
      payment_token: null,
      customer_state: 'CA',
      tokenize: true,
      idempotency_key: `key-${Math.random()}`,
    }),
    success_url: `${shop.url}/done`,
    failure_url: `${shop.url}/stopped`,
  });

/** axe finds nothing in either theme and width, and nothing makes the page scroll sideways. */
async function expectGoodInEveryLook(page: Page): Promise<void> {
  for (const width of [375, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await showAs(page, { width, colorScheme });
      await expectNoViolations(page, `${width} px, ${colorScheme}`);
      await expectNoSidewaysScroll(page, `${width} px`);
    }
  }
}

test.describe('the hosted pages', () => {
  test('by keyboard: survey step by step, back and forth, card, and back at the shop', async ({
    page,
    sandbox,
    shop,
  }) => {
    const { redirect_url } = await provision(sandbox, shop);
    await page.goto(redirect_url);
    await expect(page.getByLabel('State of residence')).toHaveValue('CA');
    await page.getByRole('link', { name: 'Continue' }).press('Enter');
    await expect(page.getByText('Please answer: Are you 18 or older?')).toBeVisible();
    await page.getByRole('group', { name: 'Are you 18 or older?' }).getByLabel('Yes').press('Space');
    await page.getByLabel('Somebody in my household').press('Space');
    await page.getByRole('group', { name: 'How is this person related to you?' }).getByLabel('Child').press('Space');
    await page.getByRole('link', { name: 'Continue' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'Health 2 of 4' })).toBeFocused();

    await page.getByLabel('Joint, back or muscle pain').press('Space');
    await expect(page.getByLabel('Which other condition?')).toBeHidden();
    await page
      .getByRole('group', { name: 'Has a healthcare provider' })
      .getByLabel('No', { exact: true })
      .press('Space');
    await page.goBack();
    await expect(page.getByLabel('Somebody in my household')).toBeChecked();
    await page.goForward();
    await expect(page.getByLabel('Joint, back or muscle pain')).toBeChecked();
    await page.getByRole('link', { name: 'Continue' }).press('Enter');

    await page.getByLabel('Treating the condition').press('Space');
    await page.getByRole('group', { name: 'Have you used items' }).getByLabel('No').press('Space');
    await page.getByRole('link', { name: 'Continue' }).press('Enter');
    await page.getByLabel('My answers are true').press('Space');
    await page.getByRole('button', { name: 'Continue' }).press('Enter');

    await expect(page.getByText('Your health survey is complete.')).toBeVisible();
    expect(page.url()).not.toMatch(/pain|child/);
    await page.getByLabel('Security code').fill('000');
    await page.getByRole('button', { name: 'Save card' }).press('Enter');
    await expect(page.getByRole('alert')).toBeFocused();
    await expect(page.getByLabel('Security code')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Security code').fill('123');
    await page.getByLabel('Card number', { exact: true }).fill('');
    await page.getByLabel('Card number', { exact: true }).pressSequentially('5555555555554444');
    await expect(page.getByLabel('Card number', { exact: true })).toHaveValue('5555 5555 5555 4444');
    await page.getByLabel('Expiry', { exact: true }).fill('');
    await page.getByLabel('Expiry', { exact: true }).pressSequentially('960');
    await expect(page.getByLabel('Expiry', { exact: true })).toHaveValue('09/60');
    await saveCard(page);
    await expect(page.getByRole('heading', { name: 'Back at the shop: /done' })).toBeVisible();
  });

  test('an answer that rules a letter out is told, and leads back to the shop', async ({ page, sandbox, shop }) => {
    const { redirect_url } = await provision(sandbox, shop);
    await page.goto(redirect_url);
    await takeSurvey(page, 'Does not qualify');
    await expect(page.getByRole('heading', { name: 'Back at the shop: /stopped' })).toBeVisible();
  });

  test('without scripts: the same steps, and what is missing is told at the end', async ({
    browser,
    sandbox,
    shop,
  }) => {
    const { redirect_url } = await provision(sandbox, shop);
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const page = await plain.newPage();
    await page.goto(redirect_url);
    await page.getByLabel('I will').check();
    for (let step = 1; step < 4; step += 1) await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Say whether you are 18 or older.' }).click();
    await expect(page.getByLabel('I will')).toBeChecked();
    await page.goto(redirect_url);
    await completeAtTruemed(page);
    await expect(page.getByRole('heading', { name: 'Back at the shop: /done' })).toBeVisible();
    await plain.close();
  });

  for (const [open, key] of [
    [provision, 'redirectUrl'],
    [checkout, 'redirect_url'],
  ] as const) {
    test(`in a frame: one message, whose address is in ${key}`, async ({ page, sandbox, shop }) => {
      const { redirect_url } =
        open === provision ? await provision(sandbox, shop, { use_iframe: true }) : await framedCheckout(sandbox, shop);
      await page.goto(shop.framing(redirect_url));
      const frame = page.frameLocator('iframe');
      await takeSurvey(frame);
      await frame.getByRole('button', { name: /^(Save card|Pay \$48\.30)$/ }).click();
      await expect(page.locator('output')).toHaveText(`{"success":true,"${key}":"${shop.url}/done"}`);
      expect(page.url()).toContain(shop.url);
    });
  }

  test('are accessible at every step and end', async ({ page, sandbox, shop, control }) => {
    const { redirect_url } = await provision(sandbox, shop);
    for (const step of ['', '#your-health', '#your-items', '#confirm']) {
      await page.goto(redirect_url + step);
      await expectGoodInEveryLook(page);
    }
    await page.getByLabel('Does not qualify').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { name: 'You do not qualify for this order' })).toBeVisible();
    await expectGoodInEveryLook(page);
    await page.getByRole('link', { name: 'Change my answers' }).click();
    await takeSurvey(page, 'Reviewed later');
    await page.getByText('Sandbox cards').click();
    await expectGoodInEveryLook(page);
    await page.getByRole('button', { name: 'Use 4000000000000002' }).click();
    await saveCard(page);
    await expect(page.getByText('The card was declined.')).toBeVisible();
    await expectGoodInEveryLook(page);
    await page.goto(redirect_url);
    await saveCard(page);
    await page.goto(redirect_url);
    await expect(page.getByRole('heading', { name: 'Being reviewed' })).toBeVisible();
    await expectGoodInEveryLook(page);

    const { id, redirect_url: paying } = await checkout(sandbox, shop);
    await page.goto(paying);
    await takeSurvey(page);
    await expect(page.getByText('$48.30').first()).toBeVisible();
    await expectGoodInEveryLook(page);
    await fetch(`${sandbox.url}/payments/v1/payment_session/${id}/cancel`, {
      method: 'POST',
      headers: { 'x-truemed-api-key': DEFAULT_OPTIONS.apiKey },
    });
    await page.goto(paying);
    await expect(page.getByRole('heading', { name: 'This page has timed out' })).toBeVisible();
    await expectGoodInEveryLook(page);

    await control.setSwitches({ hostedLinkHours: 1 });
    const { redirect_url: old } = await provision(sandbox, shop, { customer_email: 'bo@example.com' });
    await control.advance({ hours: 2 });
    await page.goto(old);
    await expect(page.getByRole('heading', { name: 'This link has expired' })).toBeVisible();
    await expectGoodInEveryLook(page);
  });
});

const framedCheckout = (sandbox: Sandbox, shop: Shop) =>
  post(sandbox, '/payments/v1/create_payment_session', {
    ...aRenewalBody({
      payment_token: null,
      customer_state: 'CA',
      idempotency_key: `key-${Math.random()}`,
      use_iframe: true,
    }),
    success_url: `${shop.url}/done`,
    failure_url: `${shop.url}/stopped`,
  });

test.describe('the console', () => {
  for (const [title, action] of [
    ['422 UpdatePaymentMethod', 'Update payment method'],
    ['422 TakeHealthSurvey', 'Retake the health survey'],
  ] as const) {
    test(`forces ${title} in two clicks from the first page`, async ({ page }) => {
      await page.goto('/');
      await page.getByRole('link', { name: title }).click();
      await page.getByRole('button', { name: 'Prepare it' }).click();
      await expect(page.getByRole('status')).toHaveText('It is prepared.');
      await expect(page.getByText('422', { exact: true })).toBeVisible();
      await page.getByRole('link', { name: 'Open the page' }).click();
      await expect(page.getByRole('heading', { name: action })).toBeVisible();
    });
  }

  test('shows a request as soon as it was answered, and copies it as curl', async ({
    page,
    context,
    sandbox,
    shop,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/console/requests');
    await expect(page.getByText('No requests yet')).toBeVisible();
    await provision(sandbox, shop);
    await page.getByRole('link', { name: 'createPaymentToken' }).click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain('-H "x-truemed-api-key: $TRUEMED_API_KEY"');
    expect(command).toContain('"customer_email":"Ada@Example.com"');
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect(page.getByRole('status')).toContainText('It was sent again.');
  });

  test('puts webhooks in flight into another order by dragging', async ({ page }) => {
    await page.goto('/console/scenarios/webhooks-in-flight?seed=1');
    await page.getByRole('button', { name: 'Prepare it' }).click();
    await page.goto('/console/webhooks');
    const rows = page.locator('[data-drag]');
    await expect(rows).toHaveCount(3);
    const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-drag')));
    await rows.nth(2).dragTo(rows.nth(0));
    await expect(page).toHaveURL(/order=/);
    const moved = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-drag')));
    expect(moved).toEqual([ids[2], ids[0], ids[1]]);
    await page
      .getByRole('link', { name: /^Later/ })
      .first()
      .click();
    await expect(async () => {
      const again = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-drag')));
      expect(again).toEqual([ids[0], ids[2], ids[1]]);
    }).toPass();
  });

  test('is accessible before and after a scenario', async ({ page }) => {
    for (const name of ['update-payment-method', 'being-reviewed', 'webhooks-in-flight']) {
      await page.goto(`/console/scenarios/${name}?seed=2`);
      await expectGoodInEveryLook(page);
      await page.getByRole('button', { name: 'Prepare it' }).click();
      await expectGoodInEveryLook(page);
    }
  });

  test('is accessible on every page', async ({ page, control }) => {
    for (const name of ['take-health-survey', 'being-reviewed', 'webhooks-in-flight', 'webhook-lost']) {
      await page.goto(`/console/scenarios/${name}?seed=3`);
      await page.getByRole('button', { name: 'Prepare it' }).click();
    }
    await control.addFault({ fault: '429', match: { email: 'ada@example.com' } });
    const { sessions, tokens } = await control.state();
    const { deliveries, requests } = await control.ledger();
    for (const path of [
      '/',
      '/mail',
      '/console/requests',
      `/console/requests/${requests.at(-1)?.id}`,
      '/console/webhooks',
      `/console/webhooks/${deliveries.at(-1)?.id}`,
      '/console/tokens',
      `/console/tokens/${tokens.at(-1)?.payment_token}`,
      '/console/sessions',
      `/console/sessions/${sessions.at(-1)?.id}`,
      '/console/clock',
      '/console/scenarios',
      '/console/faults',
      '/console/magic-values',
      '/console/switches',
    ]) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectGoodInEveryLook(page);
    }
  });
});
