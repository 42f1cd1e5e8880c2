import type { Page } from '@playwright/test';
import { completeAtTruemed } from './at-truemed';
import type { People, Person } from './people';
import { expect, expectAccessible, expectStatus, test } from './scenario';

/** The customer, signed in, on the page before a move. */
async function opensTheOffer(page: Page, people: People, customer: Person): Promise<void> {
  await people.signIn(page.context(), customer);
  await page.goto(`/account/subscriptions/${customer.subscriptionId}/hsa-fsa`);
}

/** The customer at Truemed, in this tab. */
async function goesToTruemed(page: Page, people: People, customer: Person): Promise<void> {
  await opensTheOffer(page, people, customer);
  await page.getByRole('button', { name: 'Continue to Truemed' }).click();
}

test.describe('a customer moves a subscription to HSA/FSA', () => {
  test('by redirect: signs in by mail, completes Truemed, is connected', async ({ page, people, stack }) => {
    const maya = await people.aCustomer({ dueInDays: 1 });
    await page.goto('/sign-in?callbackUrl=/account');
    await expectAccessible(page);
    await page.getByLabel('Email').fill(maya.email);
    await page.getByRole('button', { name: 'Email me a sign-in link' }).click();
    await expect(async () => expect(await people.truemed.mail(maya.email)).toHaveLength(1)).toPass();
    const [mail] = await people.truemed.mail(maya.email);
    await page.goto(mail?.links[0] ?? '');
    await expect(page).toHaveURL(/\/account$/);
    await expectAccessible(page);

    await page.getByRole('link', { name: 'Use my HSA/FSA' }).click();
    // The order of tomorrow is too near to be moved: the page says who bills what.
    await expect(page.getByText('former card')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue to Truemed' }).click();
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
    await expect(page.getByLabel('State of residence')).toHaveValue('CA');
    await completeAtTruemed(page);
    await expect(page).toHaveURL(/\/account\/hsa-fsa\/prq_\w+$/);
    await expectStatus(page, 'Connected');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Go to overview' }).click();
    await expect(page.getByText('ending 4417').first()).toBeVisible();
    await expectAccessible(page);
  });

  test('in the frame: the message only leads to our own page', async ({ page, people }) => {
    const maya = await people.aCustomer();
    await opensTheOffer(page, people, maya);
    await page.getByRole('button', { name: 'Complete it on this page' }).click();
    await expect(page).toHaveURL(/\/frame$/);
    // Messages of our own window, of the wrong shape and with a foreign address change nothing.
    await page.evaluate(() => {
      window.postMessage({ success: true, redirectUrl: 'https://evil.example/' }, '*');
      window.postMessage('success', '*');
    });
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'Health survey' })).toBeVisible();
    await expect(page).toHaveURL(/\/frame$/);
    await completeAtTruemed(frame);
    await expect(page).toHaveURL(/\/account\/hsa-fsa\/prq_\w+$/);
    await expectStatus(page, 'Connected');
  });

  for (const key of ['redirectUrl', 'redirect_url'] as const) {
    test(`in the frame, whose message spells the address ${key}`, async ({ page, people }) => {
      await people.truemed.setSwitches({ postMessageKey: key });
      const maya = await people.aCustomer();
      await opensTheOffer(page, people, maya);
      await page.getByRole('button', { name: 'Complete it on this page' }).click();
      await completeAtTruemed(page.frameLocator('iframe'));
      await expectStatus(page, 'Connected');
      await people.truemed.setSwitches({ postMessageKey: 'documented' });
    });
  }

  test('webhook before the redirect', async ({ page, people }) => {
    await people.truemed.setSwitches({ webhookBeforeRedirect: 'before' });
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    await completeAtTruemed(page);
    await expectStatus(page, 'Connected');
  });

  test('redirect before the webhook: confirming, then connected by itself', async ({ page, people, stack }) => {
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    // Without a worker nothing is applied, so the page stands where the redirect has left it.
    await stack.worker.kill('SIGTERM');
    await completeAtTruemed(page);
    await expectStatus(page, 'Confirming');
    await expectAccessible(page);
    stack.worker.start();
    await expectStatus(page, 'Connected');
  });

  test('the webhook is lost and the tab closed: right on a second device', async ({ page, browser, people, stack }) => {
    await people.truemed.setSwitches({ webhookBeforeRedirect: 'never' });
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    await completeAtTruemed(page);
    await expect(page).toHaveURL(/\/account\/hsa-fsa\/prq_\w+$/);
    const address = page.url();
    await page.close();
    await people.truemed.advance({ seconds: 6 });

    const phone = await browser.newContext({ baseURL: stack.appUrl, viewport: { width: 375, height: 700 } });
    await people.signIn(phone, maya);
    const second = await phone.newPage();
    await second.goto(address);
    await expectStatus(second, 'Connected');
    await phone.close();
  });

  test('cancelled at Truemed: not completed, nothing changed, and the way back in', async ({ page, people, stack }) => {
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expectStatus(page, 'Not completed');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue at Truemed' }).click();
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
    await completeAtTruemed(page);
    await expectStatus(page, 'Connected');
  });

  test('does not qualify: not completed, and still billed elsewhere', async ({ page, people }) => {
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    await completeAtTruemed(page, 'Does not qualify');
    await expectStatus(page, 'Not completed');
    await page.goto('/account');
    await expect(page.getByRole('link', { name: 'Use my HSA/FSA' })).toBeVisible();
  });

  test('reviewed later: being reviewed, and connected when the practitioner has decided', async ({ page, people }) => {
    const maya = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    await completeAtTruemed(page, 'Reviewed later');
    await expectStatus(page, 'Confirming');
    await people.truemed.advance({ minutes: 3 });
    await page.reload();
    await expectStatus(page, 'Being reviewed');
    await expectAccessible(page);
    await people.truemed.review({ email: maya.email, outcome: 'approve' });
    await expectStatus(page, 'Connected');
  });

  test('already has a token that we do not know: needs attention, and staff link it', async ({
    page,
    browser,
    people,
    stack,
  }) => {
    const maya = await people.aCustomer();
    await people.truemed.seedToken({ email: maya.email, name: 'Maya Okafor' });
    await goesToTruemed(page, people, maya);
    await expectStatus(page, 'Needs attention');
    await expectAccessible(page);
    const requestId = page.url().match(/prq_\w+/)?.[0];

    const desk = await browser.newContext({ baseURL: stack.appUrl });
    await people.signInAsStaff(desk, 'owner');
    const staff = await desk.newPage();
    await staff.goto(`/admin/provisioning/${requestId}`);
    await expectAccessible(staff);
    await staff.getByRole('button', { name: /^Link/ }).first().click();
    // The customer's page follows by itself.
    await expectStatus(page, 'Connected');
    await desk.close();
  });

  test('without scripts: the forms work, and the waiting page refreshes itself', async ({ browser, people, stack }) => {
    const maya = await people.aCustomer();
    const plain = await browser.newContext({ baseURL: stack.appUrl, javaScriptEnabled: false });
    await people.signIn(plain, maya);
    const page = await plain.newPage();
    await page.goto('/account');
    await page.getByRole('link', { name: 'Use my HSA/FSA' }).click();
    await page.getByRole('button', { name: 'Continue to Truemed' }).click();
    await completeAtTruemed(page);
    await expectStatus(page, 'Connected');
    await plain.close();
  });

  test('what is another customer’s is not there', async ({ page, context, people }) => {
    const maya = await people.aCustomer();
    const other = await people.aCustomer();
    await goesToTruemed(page, people, maya);
    const { requests } = await people.truemed.state(maya.email);
    const requestId = requests[0]?.metadata;
    await context.clearCookies();
    await people.signIn(context, other);
    for (const path of [
      `/account/subscriptions/${maya.subscriptionId}`,
      `/account/subscriptions/${maya.subscriptionId}/hsa-fsa`,
      `/account/hsa-fsa/${requestId}`,
      `/account/hsa-fsa/${requestId}/return?outcome=success`,
      `/account/hsa-fsa/${requestId}/frame`,
      `/api/provisioning/${requestId}`,
      '/admin',
      `/admin/subscriptions/${maya.subscriptionId}`,
    ]) {
      expect((await page.request.get(path)).status(), path).toBe(404);
    }
  });
});
