import { expect, expectAccessible, expectCharges, nextDays, promisedDays, test } from './scenario';

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
    await expect(page.getByRole('status')).toContainText('Skipped. Your next charge is $48.30');
    await expectAccessible(page);
    expect((await nextDays(page)).slice(0, 2)).toEqual(promised);
    await page.getByRole('link', { name: 'Take it back' }).press('Enter');
    await page.getByRole('button', { name: 'Take the skip back' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'Next charges' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Take the skip back' })).toHaveCount(0);
    expect(await nextDays(page)).toEqual(before);
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
    await expectCharges(people, maya, [4830]);
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
