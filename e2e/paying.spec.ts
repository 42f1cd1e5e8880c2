import { completeAtTruemed, saveCard } from './at-truemed';
import {
  aHeldOrder,
  expect,
  expectAccessible,
  expectCharges,
  expectMails,
  expectStatus,
  pressByKeyboard,
  test,
} from './scenario';

test.describe('paying', () => {
  test('orders now by keyboard: what follows is what was shown, and the next is five days away at least', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    const address = `/account/subscriptions/${maya.subscriptionId}`;
    await page.goto(address);
    await pressByKeyboard(page, /^Order now/);
    await expect(page.getByRole('heading', { name: 'Pay $48.30 today?' })).toBeVisible();
    await expectAccessible(page);
    const promised = await page
      .locator('tbody tr:nth-of-type(2) td:nth-of-type(2) time')
      .first()
      .getAttribute('datetime');
    await pressByKeyboard(page, 'Pay $48.30 now', 'button');
    await expect(page).toHaveURL(/\/account\/orders\//);
    await expect(page.getByRole('heading', { name: 'In this order' })).toBeVisible();
    await expectAccessible(page);
    await expectCharges(people, maya, [4830]);
    await page.goto(address);
    await expect(page.locator('section[aria-labelledby="next-charges"] time').first()).toHaveAttribute(
      'datetime',
      promised ?? '',
    );
    await expect(async () => {
      await page.goto(`${address}/charge-now`);
      await expect(page.getByText('Your last order is less than five days away.')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expectAccessible(page);
    expect(await people.chargesOf(maya)).toEqual([4830]);
  });

  test('updates the card from the payment page by keyboard, and sees the order that waited being paid', async ({
    page,
    context,
    people,
    stack,
  }) => {
    const maya = await aHeldOrder(people, 'needs_card');
    await people.signIn(context, maya);
    await page.goto('/account/payment-methods');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your card needs an update');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Update my card' }).first().press('Enter');
    await expect(page.getByRole('heading', { name: /^Change your HSA\/FSA card/ })).toBeVisible();
    await expectAccessible(page);
    await pressByKeyboard(page, 'Continue to Truemed', 'button');
    await expect(page).toHaveURL(new RegExp(`^${stack.sandboxUrl}`));
    await saveCard(page);
    await expect(page).toHaveURL(/\/account\/hsa-fsa\//);
    await expectStatus(page, 'Connected');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your card is up to date');
    await expect(page.getByText('Your $48.30 order is paid.')).toBeVisible({ timeout: 20_000 });
    await expectAccessible(page);
    expect(await people.chargesOf(maya)).toEqual([4830]);
    await page.getByRole('link', { name: 'See how you pay' }).click();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Your card needs an update');
  });

  test('stores a card without scripts, moves nothing by it, and moves later without a survey', async ({
    browser,
    people,
    stack,
  }) => {
    const maya = await people.aCustomer({ dueInDays: 20 });
    const plain = await browser.newContext({ baseURL: stack.appUrl, javaScriptEnabled: false });
    await people.signIn(plain, maya);
    const page = await plain.newPage();
    await page.goto('/account/payment-methods');
    await page.getByRole('link', { name: 'Store my HSA/FSA card' }).click();
    await page.getByRole('button', { name: 'Continue to Truemed' }).click();
    await completeAtTruemed(page);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your HSA/FSA card is stored', { timeout: 500 });
    }).toPass();
    await page.goto('/account');
    await expect(page.getByText('Billed elsewhere').first()).toBeVisible();
    await page.goto('/account/payment-methods');
    await page.getByRole('link', { name: /^Move to this card/ }).click();
    await page.getByRole('button', { name: 'Continue to Truemed' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your HSA/FSA card is connected');
    expect(await people.chargesOf(maya)).toEqual([]);
    await plain.close();
  });

  test('stops by keyboard: each subscription as chosen, the card deleted only because it was asked for', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    await page.goto('/account/payment-methods');
    await pressByKeyboard(page, /^Stop using HSA\/FSA/);
    await expect(page.getByRole('heading', { name: 'What shall become of your subscriptions?' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('radio', { name: /^Cancel it now/ }).press('Space');
    await page.getByRole('radio', { name: /^Delete it for ever/ }).press('Space');
    await pressByKeyboard(page, 'Continue', 'button');
    await expect(page.getByText('This cannot be taken back.')).toBeVisible();
    await expectAccessible(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await page.getByRole('button', { name: 'Stop and delete it for ever' }).dblclick();
    await expect(page.getByText('HSA/FSA is off. Nothing is charged to a card at Truemed.')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('No card is connected');
    await expectAccessible(page);
    await other.getByRole('button', { name: 'Stop and delete it for ever' }).click();
    await expect(other.getByText('Your subscriptions have changed since you opened this page.')).toBeVisible();
    await expect(async () => {
      const mails = await people.truemed.mail(maya.email);
      expect(mails.filter(({ subject }) => subject.startsWith('Nothing is charged'))).toHaveLength(1);
    }).toPass();
  });

  test('leaves an order out that cannot be paid, as was chosen', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await page.getByRole('link', { name: /^If a payment fails/ }).click();
    await expect(page.getByRole('heading', { name: 'What shall become of the order?' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('radio', { name: /^Leave it out/ }).check();
    await page.getByRole('button', { name: 'Keep this choice' }).click();
    await expect(page.getByText('Saved. An order that cannot be paid is left out.')).toBeVisible();
    await people.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await people.truemed.advance({ days: 3 });
    await expectMails(people, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await expect(page.getByText('it was left out as you chose')).toBeVisible();
    await expect(page.getByText('Action needed')).toHaveCount(0);
    await expectAccessible(page);
    expect(await people.chargesOf(maya)).toEqual([]);
  });

  test('the rooms of paying answer 404 for another customer’s subscription', async ({ page, context, people }) => {
    const [maya, priya] = [await people.aCustomer({ paymentToken: true }), await people.aCustomer()];
    await people.signIn(context, priya);
    for (const room of ['charge-now', 'if-payment-fails']) {
      const answer = await page.goto(`/account/subscriptions/${maya.subscriptionId}/${room}`);
      expect(answer?.status()).toBe(404);
    }
  });
});
