import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './scenario';

/** The days that a preview promises, as `YYYY-MM-DD`. */
const promisedDays = (page: Page) => daysIn(page, 'tbody tr td:nth-of-type(2) time:visible');
const nextDays = (page: Page) => daysIn(page, 'section[aria-labelledby="next-charges"] time');
async function daysIn(page: Page, selector: string): Promise<(string | null)[]> {
  return Promise.all((await page.locator(selector).all()).map((time) => time.getAttribute('datetime')));
}

test.describe('a customer changes the dates of a subscription', () => {
  test('skips an order by keyboard, and takes it back: what follows is what was shown', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    const before = await nextDays(page);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Skip the next order' }).press('Enter');
    await expect(page.getByRole('heading', { name: /^Skip the order of/ })).toBeVisible();
    await expectAccessible(page);
    const promised = await promisedDays(page);
    expect(promised).toEqual(before.slice(1));
    await page.getByRole('button', { name: /^Skip \d/ }).press('Enter');
    await expect(page.getByRole('status')).toContainText('Saved. Your next charge is $48.30');
    expect((await nextDays(page)).slice(0, 2)).toEqual(promised);
    await page.getByRole('link', { name: 'Take the skip back' }).press('Enter');
    await page.getByRole('button', { name: 'Take the skip back' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'Next charges' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Take the skip back' })).toHaveCount(0);
    expect(await nextDays(page)).toEqual(before);
  });

  test('a second press, a second tab and the way back skip one order, once', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    const address = `/account/subscriptions/${maya.subscriptionId}`;
    await page.goto(address);
    const before = await nextDays(page);
    const other = await context.newPage();
    await other.goto(`${address}/skip`);
    await page.goto(`${address}/skip`);
    await page.getByRole('button', { name: /^Skip \d/ }).dblclick();
    await expect(page.getByRole('status')).toContainText('Saved.');
    expect((await nextDays(page)).slice(0, 2)).toEqual(before.slice(1));
    await other.getByRole('button', { name: /^Skip \d/ }).click();
    await expect(other.getByRole('status')).toContainText('has changed since you opened this page');
    await page.goto(address);
    expect((await nextDays(page)).slice(0, 2)).toEqual(before.slice(1));
  });

  test('moves the date, orders less often, pauses and resumes without scripts', async ({ browser, people, stack }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    const plain = await browser.newContext({ baseURL: stack.appUrl, javaScriptEnabled: false });
    await people.signIn(plain, maya);
    const page = await plain.newPage();
    const address = `/account/subscriptions/${maya.subscriptionId}`;
    for (const [link, choose, deed] of [
      ['Move the next date', () => page.getByLabel('They count from the new day').check(), /^Move to/],
      ['Change how often', () => page.getByLabel('Every 2 months').check(), /^Change to every 2 months/],
    ] as const) {
      await page.goto(address);
      await page.getByRole('link', { name: link }).click();
      if (link === 'Move the next date') await page.getByLabel('Day of the next order').fill(await aDayLater(page));
      await choose();
      await page.getByRole('button', { name: 'Continue' }).click();
      const promised = await promisedDays(page);
      await page.getByRole('button', { name: deed }).click();
      await expect(page.getByText('Saved. Your next charge')).toBeVisible();
      expect((await nextDays(page)).slice(0, 2)).toEqual(promised);
    }
    await page.getByRole('link', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByText('Paused. Nothing is charged until you resume it.')).toBeVisible();
    await page.getByRole('link', { name: 'Resume' }).first().click();
    const promised = await promisedDays(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText('Saved. Your next charge')).toBeVisible();
    expect((await nextDays(page)).slice(0, 2)).toEqual(promised);
    await plain.close();
  });

  test('cancels in two steps with one offer beside the button, takes it back, and is charged as before', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await page.getByRole('link', { name: /^Cancel/ }).click();
    await expectAccessible(page);
    await page.getByLabel('I am away for a while').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('link', { name: /^Pause it/ })).toBeVisible();
    await expect(page.getByText('Nothing more is charged.')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel it' }).click();
    await expect(page.getByRole('status')).toContainText('Nothing more is charged.');
    await expect(page.getByRole('heading', { name: /^Ends on/ })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Keep it' }).first().click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await expect(page.getByRole('status')).toContainText('Saved. Your next charge is $48.30');
    await people.truemed.advance({ days: 13 });
    await expect(async () => expect(await people.chargesOf(maya)).toEqual([4830])).toPass();
  });

  test('a subscription that is somebody else’s is not there, and stays as it is', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, await people.aCustomer({ paymentToken: true }));
    for (const change of [
      'skip',
      'move',
      'how-often',
      'pause',
      'cancel?reason=away',
      'keep',
      'start-again',
      'no-such',
    ]) {
      const response = await page.goto(`/account/subscriptions/${maya.subscriptionId}/${change}`);
      expect(response?.status(), change).toBe(404);
    }
  });
});

/** A day later than the one that the field shows. */
async function aDayLater(page: Page): Promise<string> {
  const shown = await page.getByLabel('Day of the next order').inputValue();
  return new Date(Date.parse(shown) + 3 * 86_400_000).toISOString().slice(0, 10);
}

test('a customer orders more of an item: the new total is shown first, and Truemed agrees', async ({
  page,
  context,
  people,
}) => {
  const maya = await people.aCustomer({ paymentToken: true, dueInDays: 200 });
  await people.signIn(context, maya);
  await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
  await page.getByRole('link', { name: 'Change items' }).click();
  await expectAccessible(page);
  await page.getByRole('spinbutton').first().fill('2');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expectAccessible(page);
  const button = page.getByRole('button', { name: /^Change to \$/ });
  const total = (await button.textContent())?.replace('Change to ', '') ?? '';
  await button.click();
  await expect(page.getByRole('status')).toContainText(`Saved. Your next charge is ${total}`);
});
