import { completeAtTruemed, saveCard, takeSurvey } from './at-truemed';
import { aHeldOrder, expect, expectAccessible, expectCharges, expectMails, test } from './scenario';

test('a renewal falls due, is captured, and the account says so', async ({ page, context, people }) => {
  const maya = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
  await people.signIn(context, maya);
  await page.goto('/account');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('$48.30');
  await people.truemed.advance({ days: 3 });
  await expectCharges(people, maya, [4830]);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('Paid').first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await expectMails(people, maya);
});

for (const [health, button] of [
  ['needs_card', 'Update my card'],
  ['needs_survey', 'Continue to the health survey'],
] as const) {
  test(`a renewal answered 422 (${health}) is repaired by the customer and paid, once`, async ({
    page,
    context,
    people,
    stack,
  }) => {
    const maya = await aHeldOrder(people, health);

    await people.signIn(context, maya);
    await page.goto('/account');
    await expect(page.getByText('Action needed').first()).toBeVisible();
    await expect(page.getByText('You have not been charged.')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: button }).click();
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
    if (health === 'needs_survey') await takeSurvey(page);
    else await saveCard(page);
    await expect(page).toHaveURL(new RegExp(`^${stack.appUrl}`));
    await expectCharges(people, maya, [4830]);
    await expect(async () => {
      await page.goto('/account');
      await expect(page.getByText('Action needed')).toHaveCount(0, { timeout: 500 });
    }).toPass();
  });
}

test('a card that is gone at Truemed is connected again, and the order that waited is paid, once', async ({
  page,
  context,
  people,
  stack,
}) => {
  const maya = await aHeldOrder(people, 'deleted');

  await people.signIn(context, maya);
  await page.goto(`/account/subscriptions/${maya.subscriptionId}/hsa-fsa`);
  await expect(page.getByRole('heading', { name: 'Connect a card again, if you qualify' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/account');
  await expect(page.getByText('You have not been charged.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Connect a card' }).click();
  await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
  await completeAtTruemed(page);
  await expect(page).toHaveURL(new RegExp(`^${stack.appUrl}`));
  await expectCharges(people, maya, [4830]);
  await expect(async () => {
    await page.goto('/account');
    await expect(page.getByText('Connected').first()).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('the mailed link works signed out, as often as wanted, and ends with the case', async ({
  page,
  people,
  stack,
}) => {
  const maya = await aHeldOrder(people, 'needs_card');
  const [mail] = await people.truemed.mail(maya.email);
  const link = mail?.links.find((address) => address.includes('/go/')) ?? '';
  for (let times = 0; times < 2; times += 1) {
    await page.goto(link);
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
  }
  await saveCard(page);
  await expectCharges(people, maya, [4830]);
  await expect(async () => {
    await page.goto(link);
    expect(page.url()).toContain(stack.appUrl);
  }).toPass();
  expect((await page.request.get('/go/rec_0000000000000000000000')).status()).toBe(404);
  expect((await page.request.get('/go/nonsense')).status()).toBe(404);
});

test('Try again after the card was repaired elsewhere', async ({ page, context, people }) => {
  const maya = await aHeldOrder(people, 'needs_card');
  await people.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
  await people.signIn(context, maya);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expectCharges(people, maya, [4830]);
});
