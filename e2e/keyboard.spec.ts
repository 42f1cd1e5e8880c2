import type { Locator, Page } from '@playwright/test';
import { completeAtTruemed, saveCard } from './at-truemed';
import { expect, expectAccessible, expectStatus, refuseItems, test } from './scenario';

const MOST_PRESSES = 90;

/** Comes to it by Tab alone, and it shows that it has the focus. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    const ring = await target.evaluate((element) =>
      element === document.activeElement ? getComputedStyle(element).outlineStyle : null,
    );
    if (ring !== null) return expect(ring).not.toBe('none');
    await page.keyboard.press('Tab');
  }
  throw new Error(`${target} is not within ${MOST_PRESSES} presses of Tab.`);
}

async function press(page: Page, role: 'link' | 'button', name: string | RegExp): Promise<void> {
  await reach(page, page.getByRole(role, { name }).first());
  await page.keyboard.press('Enter');
}

/** Marks a choice: by Tab to its group, by arrow within. */
async function mark(page: Page, label: string): Promise<void> {
  const group = await page.getByRole('radio', { name: label }).getAttribute('name');
  const choices = page.locator(`input[type="radio"][name="${group}"]`);
  // Tab comes to the one that is marked, or to the first.
  const marked = choices.and(page.locator(':checked'));
  await reach(page, (await marked.count()) > 0 ? marked : choices.first());
  await page.keyboard.press('Space');
  for (let presses = await choices.count(); presses > 0; presses -= 1) {
    if (await page.getByRole('radio', { name: label }).isChecked()) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`No choice is called ${label}.`);
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await reach(page, page.getByLabel(label));
  await page.keyboard.type(text);
}

const saved = (page: Page) => expect(page.getByRole('status')).toContainText('Saved.');

test.describe('by keyboard alone', () => {
  test('a customer moves the next date, and orders less often', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 40 });
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);

    await press(page, 'link', 'Move the next date');
    const day = page.getByLabel('Day of the next order');
    const now = new Date(await day.inputValue());
    await reach(page, day);
    const [year = '', month = '', date = ''] = new Date(now.getTime() + 86_400_000)
      .toISOString()
      .slice(0, 10)
      .split('-');
    await page.keyboard.type(`${month}${date}${year}`);
    await press(page, 'button', 'Continue');
    await press(page, 'button', /^Move to/);
    await saved(page);

    await press(page, 'link', 'Change how often');
    await mark(page, 'Every 2 months');
    await press(page, 'button', 'Continue');
    await press(page, 'button', /^Change to every 2 months/);
    await expect(page.getByText('every 2 months').first()).toBeVisible();
  });

  test('a customer orders more of an item, pauses and resumes', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 40 });
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);

    await press(page, 'link', 'Change items');
    await reach(page, page.getByRole('spinbutton'));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('1');
    await press(page, 'button', 'Continue');
    await expect(page.getByText('That is how many come already.')).toBeVisible();
    await reach(page, page.getByRole('spinbutton'));
    await page.keyboard.press('ArrowUp');
    await press(page, 'button', 'Continue');
    await press(page, 'button', /^Change to \$/);
    await saved(page);

    await press(page, 'link', /^Pause/);
    await press(page, 'button', 'Continue');
    await press(page, 'button', 'Pause');
    await expect(page.getByText('Paused. Nothing is charged until you resume it.')).toBeVisible();
    await press(page, 'link', 'Resume');
    await press(page, 'button', /^Resume/);
    await expect(page.getByRole('heading', { name: 'Next charges' })).toBeVisible();
  });

  test('a customer swaps an item, sends it elsewhere, orders now, and on the payment page updates the card and stops', async ({
    page,
    context,
    people,
  }) => {
    const [maya, plan] = [await people.aCustomer({ paymentToken: true, dueInDays: 12 }), await people.aPlan()];
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);

    await press(page, 'link', 'Swap an item');
    await mark(page, plan.name);
    await press(page, 'button', 'Continue');
    await press(page, 'button', /^Change to \$/);
    await saved(page);

    await press(page, 'link', 'Send it somewhere else');
    await type(page, 'Street and number', '12 Elm Street');
    await type(page, 'City', 'Salem');
    await type(page, 'State', 'Oregon');
    await type(page, 'ZIP code', '97301');
    await press(page, 'button', 'Send it here');
    await saved(page);

    await press(page, 'link', /^Order now/);
    await press(page, 'button', /^Pay \$/);
    await expect(page).toHaveURL(/\/account\/orders\//);

    await press(page, 'link', 'Payment');
    await press(page, 'link', /^Update my card/);
    await press(page, 'button', 'Continue to Truemed');
    await saveCard(page);
    await expectStatus(page, 'Connected');
    await press(page, 'link', 'See how you pay');

    await press(page, 'link', /^Stop using HSA\/FSA/);
    await mark(page, 'Cancel it now');
    await mark(page, 'Delete it for ever');
    await press(page, 'button', 'Continue');
    await press(page, 'button', 'Stop and delete it for ever');
    await expect(page.getByText('HSA/FSA is off. Nothing is charged to a card at Truemed.')).toBeVisible();
  });

  test('a customer stores a card', async ({ page, context, people }) => {
    await people.signIn(context, await people.aCustomer());
    await page.goto('/account');
    await press(page, 'link', 'Payment');
    await press(page, 'link', 'Store my HSA/FSA card');
    await press(page, 'button', 'Continue to Truemed');
    await completeAtTruemed(page);
    await expectStatus(page, 'Connected');
    await press(page, 'link', 'See how you pay');
    await expect(page).toHaveURL(/\/account\/payment-methods$/);
  });

  test('a customer skips and adds to one order, takes both back, and says what a failed payment does', async ({
    page,
    context,
    people,
  }) => {
    const [maya, plan] = [await people.aCustomer({ paymentToken: true, dueInDays: 40 }), await people.aPlan()];
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);

    await press(page, 'link', /^Skip the next order/);
    await press(page, 'button', /^Skip \d/);
    await expect(page.getByRole('status')).toContainText('Skipped.');
    await press(page, 'link', /^Take the skip back/);
    await press(page, 'button', 'Take the skip back');
    await saved(page);

    await press(page, 'link', /^Add to one order/);
    await mark(page, plan.name);
    await press(page, 'button', 'Continue');
    await press(page, 'button', /^Add for \$/);
    await saved(page);
    await press(page, 'link', 'Take out what was added to this order');
    await press(page, 'link', /^Take out /);
    await press(page, 'button', 'Take it out');
    await saved(page);

    await press(page, 'link', /^If a payment fails/);
    await mark(page, 'Leave it out');
    await press(page, 'button', 'Keep this choice');
    await saved(page);
  });

  test('a customer takes a change of items back that waits, and puts away that another was refused', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 40 });
    await people.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await people.signIn(context, maya);
    const order = page.getByRole('region', { name: 'In this order' });
    const wantTwo = async () => {
      await press(page, 'link', 'Change items');
      await reach(page, page.getByRole('spinbutton'));
      await page.keyboard.press('ArrowUp');
      await press(page, 'button', 'Continue');
      await press(page, 'button', /^Change to \$/);
    };
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await wantTwo();
    await expect(page.getByRole('heading', { name: 'Retake the health survey' })).toBeVisible();

    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await expect(order.getByText('2 × Daily Essentials waits for Truemed')).toBeVisible();
    await press(page, 'link', 'take it back');
    await press(page, 'button', 'Take it back');
    await saved(page);
    await expect(order.getByText(/waits for Truemed/)).toHaveCount(0);

    await refuseItems(people, maya);
    await wantTwo();
    await expect(page.getByText('Truemed did not take this change.')).toBeVisible();
    await press(page, 'link', 'Keep it as it is');
    const refused = page.getByRole('region', { name: 'Change that was not made' });
    await expect(refused).toContainText('Truemed did not take your new items: 2\u00a0× Daily Essentials.');
    await expectAccessible(page);
    await press(page, 'link', 'Try again');
    await expect(page.getByRole('heading', { name: 'Change your order to $97.30?' })).toBeVisible();
    await press(page, 'link', 'Keep it as it is');
    await press(page, 'button', 'I have read this');
    await expect(refused).toHaveCount(0);
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Next charges' })).toBeVisible();
    await expect(refused).toHaveCount(0);
  });

  test('a customer renews the letter, stops, starts again, and orders something else', async ({
    page,
    context,
    people,
  }) => {
    const [maya, plan] = [await people.aCustomer({ paymentToken: true, dueInDays: 40 }), await people.aPlan()];
    await people.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await people.signIn(context, maya);
    await page.goto('/account');
    await press(page, 'link', 'Payment');
    await press(page, 'link', /^Renew my letter/);
    await press(page, 'button', 'Continue to Truemed');
    await expect(page.getByRole('heading', { name: 'Retake the health survey' })).toBeVisible();
    await page.goto('/account/payment-methods');

    await press(page, 'link', /^Stop using HSA\/FSA/);
    await mark(page, 'Cancel it now');
    await press(page, 'button', 'Continue');
    await press(page, 'button', 'Stop using HSA/FSA');
    await press(page, 'link', 'Overview');
    await press(page, 'link', 'Start again');
    await press(page, 'button', 'Start again');
    await saved(page);

    await press(page, 'link', 'Overview');
    await press(page, 'link', 'See what else you can subscribe to');
    await press(page, 'link', `Choose ${plan.name}`);
    await mark(page, 'Every month');
    await press(page, 'button', 'Continue');
    await type(page, 'Street and number', '12 Elm Street');
    await type(page, 'City', 'Fresno');
    await type(page, 'ZIP code', '93701');
    await reach(page, page.getByRole('checkbox'));
    await page.keyboard.press('Space');
    await press(page, 'button', 'Continue to Truemed');
    // The survey is still to be taken.
    await expect(page).toHaveURL(/\/repair\//);
  });

  test('a customer cancels, takes it back, and moves another one to HSA/FSA', async ({ page, context, people }) => {
    const [maya, noah] = [await people.aCustomer({ paymentToken: true, dueInDays: 40 }), await people.aCustomer()];
    await people.signIn(context, maya);
    await page.goto(`/account/subscriptions/${maya.subscriptionId}`);
    await press(page, 'link', /^Cancel/);
    await mark(page, 'I am away for a while');
    await press(page, 'button', 'Continue');
    await press(page, 'button', 'Cancel it');
    await expect(page.getByRole('heading', { name: /^Ends on/ })).toBeVisible();
    await press(page, 'link', 'Keep it');
    await press(page, 'button', 'Keep it');
    await saved(page);

    await context.clearCookies();
    await people.signIn(context, noah);
    await page.goto('/account');
    await press(page, 'link', 'Use my HSA/FSA');
    await press(page, 'button', 'Continue to Truemed');
    await completeAtTruemed(page);
    await expectStatus(page, 'Connected');
    await press(page, 'link', 'Go to overview');
    await expect(page).toHaveURL(/\/account$/);
  });
});
