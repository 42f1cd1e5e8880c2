import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { completeAtTruemed, takeSurvey } from './at-truemed';
import type { People } from './people';
import { expect, expectAccessible, expectStatus, fillAddress, test } from './scenario';

const anAddress = () => `ada-${randomUUID().slice(0, 8)}@example.com`;

/** From the plans to the preview of an order, signed out. */
async function choose(page: Page, plan: { name: string }, quantity: string): Promise<void> {
  await page.goto('/plans');
  await expectAccessible(page);
  await page.getByRole('link', { name: `Choose ${plan.name}` }).click();
  await page.getByRole('spinbutton', { name: 'How many' }).fill(quantity);
  await page.getByRole('radio', { name: 'Every month' }).check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Asks for the mailed link from the preview, and opens it: the same page, now as somebody. */
async function proveAddress(page: Page, people: People, email: string): Promise<void> {
  await page.getByRole('link', { name: 'Continue with my e-mail' }).click();
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: 'Email me a sign-in link' }).click();
  const link = async () =>
    /http:\S+\/api\/auth\/\S+/.exec((await people.truemed.mail(email))[0]?.text ?? '')?.[0] ?? '';
  await expect.poll(link).not.toBe('');
  await page.goto(await link());
}

async function order(page: Page): Promise<void> {
  await page.getByLabel('First and last name').fill('Ada');
  await fillAddress(page, 'CA');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Continue to Truemed' }).click();
  // What was refused is mended where it is wrong; the rest stands as it was typed.
  await expect(page.getByText('Nothing was ordered. Correct what is marked above.')).toBeVisible();
  await expect(page.getByLabel('First and last name')).toHaveAccessibleDescription(
    /Write your first and your last name\./,
  );
  await expect(page.getByLabel('First and last name')).toHaveValue('Ada');
  await expect(page.getByLabel('State')).toHaveValue('CA');
  await expect(page.getByRole('checkbox')).toBeChecked();
  await page.getByLabel('First and last name').fill('Ada Park');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue to Truemed' }).click();
}

test.describe('a new subscription', () => {
  test('is ordered by somebody new: chosen, proven by mail, agreed to, paid once', async ({ page, people, stack }) => {
    const [plan, email] = [await people.aPlan(), anAddress()];
    await choose(page, plan, '2');
    await expect(page.getByRole('heading', { name: '$44.95 now, then every month' })).toBeVisible();
    await proveAddress(page, people, email);
    await expect(page.getByText(email)).toBeVisible();
    await order(page);
    // Who comes back meanwhile finds the order where everything begins.
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
    const atTruemed = page.url();
    await page.goto('/account');
    await expect(page.getByText('Your order is not completed')).toBeVisible();
    await expect(page.getByRole('link', { name: 'See where it stands' })).toBeVisible();
    await expectAccessible(page);
    await page.goto(atTruemed);
    await completeAtTruemed(page);
    await expectStatus(page, 'Paid');
    await expectAccessible(page);
    expect(await people.chargesOf({ email })).toEqual([4495]);

    // The back button leads to the same form, which makes no second order.
    await page.getByRole('link', { name: 'Open subscription' }).click();
    await expect(page.getByText('$44.95').first()).toBeVisible();
    await page.goto(`/checkout?plan=${plan.id}&quantity=2&every=1-month`);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Continue to Truemed' }).click();
    await expectStatus(page, 'Paid');
    expect(await people.chargesOf({ email })).toEqual([4495]);
  });

  test('is not made where the card is declined and the customer leaves: nothing is charged, and the link closes', async ({
    page,
    people,
  }) => {
    const [plan, email] = [await people.aPlan(), `ada-${randomUUID().slice(0, 8)}+declines_9_then_ok@example.com`];
    await choose(page, plan, '1');
    await proveAddress(page, people, email);
    await order(page);
    await completeAtTruemed(page);
    await expect(page.getByText(/declined/i).first()).toBeVisible();
    const back = page.waitForURL(/\/account\/checkout\//);
    await page.getByRole('button', { name: /cancel/i }).click();
    await back;
    await expectStatus(page, 'Not completed');
    await expect(page.getByText('Nothing was charged.')).toBeVisible();
    await expectAccessible(page);
    const here = page.url();
    await page.getByRole('button', { name: 'Do not order it' }).click();
    await expect(page.getByRole('heading', { name: 'This order was not made' })).toBeVisible();
    expect(await people.chargesOf({ email })).toEqual([]);
    expect((await people.truemed.state(email)).sessions[0]?.status).toBe('canceled');

    const other = await people.aCustomer();
    await page.context().clearCookies();
    await people.signIn(page.context(), other);
    const path = new URL(here).pathname;
    for (const foreign of [path, `${path}/return?outcome=success`, path.replace('/account/', '/api/')])
      expect((await page.request.get(foreign)).status(), foreign).toBe(404);
  });

  test('begins with a trial: nothing is charged now, and the overview says when it ends', async ({ page, people }) => {
    const [plan, email] = [await people.aPlan({ trialDays: 14 }), anAddress()];
    await choose(page, plan, '1');
    await expect(page.getByRole('heading', { name: 'Nothing now, then $25.45 every month' })).toBeVisible();
    await proveAddress(page, people, email);
    await order(page);
    await completeAtTruemed(page);
    await expectStatus(page, 'Trial');
    await expectAccessible(page);
    await page.goto('/account');
    await expect(page.getByText('Your trial ends in 14 days')).toBeVisible();
    await expectAccessible(page);
    expect(await people.chargesOf({ email })).toEqual([]);
  });

  test('says so where somebody does not qualify, and can be gone on with', async ({ page, people }) => {
    const [plan, email] = [await people.aPlan(), anAddress()];
    await choose(page, plan, '1');
    await proveAddress(page, people, email);
    await order(page);
    await takeSurvey(page, 'Does not qualify');
    await expectStatus(page, 'Not completed');
    await expect(page.getByRole('button', { name: 'Continue at Truemed' })).toBeVisible();
    expect(await people.chargesOf({ email })).toEqual([]);
  });
});

test('a plan that nobody offers is not there', async ({ page }) => {
  for (const path of ['/checkout', '/checkout?plan=pln_1', `/checkout?plan=pln_${'0'.repeat(22)}`])
    expect((await page.request.get(path)).status(), path).toBe(404);
});
