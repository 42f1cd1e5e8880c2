import { expect, expectAccessible, test } from './scenario';

test('staff see what needs them, charge now with the effect shown first, and only once', async ({
  page,
  context,
  people,
}) => {
  const maya = await people.aCustomer({ paymentToken: true, dueInDays: 20 });
  await people.signInAsStaff(context, 'owner');
  await page.goto('/admin');
  await expectAccessible(page);
  await page.goto(`/admin/subscriptions/${maya.subscriptionId}`);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Charge now' }).click();
  await expect(page.getByText(/Charge \$48\.30 today\?/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Charge $48.30' }).click();
  await expect(async () => expect(await people.chargesOf(maya)).toEqual([4830])).toPass();
});

for (const path of [
  '/admin',
  '/admin/subscriptions',
  '/admin/charges',
  '/admin/webhooks',
  '/admin/provisioning',
  '/admin/hand-overs',
]) {
  test(`the staff’s list ${path} opens, and stands the test of axe`, async ({ page, context, people }) => {
    await people.aCustomer();
    await people.signInAsStaff(context, 'viewer');
    await page.goto(path);
    await expectAccessible(page);
  });
}

test('a viewer sees no button that moves money', async ({ page, context, people }) => {
  const maya = await people.aCustomer({ paymentToken: true, dueInDays: 20 });
  await people.signInAsStaff(context, 'viewer');
  await page.goto(`/admin/subscriptions/${maya.subscriptionId}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Charge now' })).toHaveCount(0);
});

test('the staff’s rooms do not exist for customers and strangers', async ({ page, context, people }) => {
  const maya = await people.aCustomer();
  expect((await page.request.get('/admin')).status()).toBe(404);
  await people.signIn(context, maya);
  expect((await page.request.get('/admin')).status()).toBe(404);
});
