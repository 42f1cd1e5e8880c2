import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './scenario';

/** The link that confirms, in the last mail to an address. */
async function confirmingLink(mails: readonly { text: string }[]): Promise<string> {
  const link = mails
    .map(({ text }) => /https?:\S+\/confirm-email\?\S+/.exec(text)?.[0])
    .find((one) => one !== undefined);
  if (link === undefined) throw new Error('No mail has a link that confirms.');
  return link;
}

async function pressesTo(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('button', { name });
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`No ${name} within 60 presses of Tab.`);
}

test.describe('a customer’s settings', () => {
  test('name and time zone change by keyboard alone, the hour shown first', async ({ page, context, people }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    await people.signIn(context, maya);
    await page.goto('/account/settings');
    await expectAccessible(page);
    await page.getByRole('link', { name: /^Name and state/ }).press('Enter');
    await expect(page.getByLabel('Name')).toHaveValue('Maya Okafor');
    await page.getByLabel('Name').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Maya Adeyemi');
    await pressesTo(page, 'Save');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status')).toContainText('Saved.');
    await expect(page.getByText('Maya Adeyemi, California')).toBeVisible();
    await page.getByRole('link', { name: /^Time zone/ }).press('Enter');
    await page.getByLabel('Pacific (Los Angeles)').press('Space');
    await pressesTo(page, 'Continue');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/at 8:00 am your time, in place of 5:00 am/)).toBeVisible();
    await expectAccessible(page);
    await pressesTo(page, 'Change the time zone');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status')).toContainText('Saved.');
    await expect(page.getByText('Pacific (Los Angeles)')).toBeVisible();
  });

  test('the e-mail changes once both mails are confirmed, and sign-in goes on with the new one', async ({
    page,
    context,
    browser,
    people,
    stack,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
    const newEmail = `new-${maya.email}`;
    await people.signIn(context, maya);
    await page.goto('/account/settings/email');
    await expectAccessible(page);
    await page.getByLabel('New e-mail address').fill(newEmail);
    await page.getByRole('button', { name: 'Ask both addresses' }).click();
    await expect(page.getByRole('status')).toContainText('The address changes once both have confirmed');
    const links = await Promise.all(
      [newEmail, maya.email].map(async (email) => confirmingLink(await people.truemed.mail(email))),
    );
    const elsewhere = await browser.newContext({ baseURL: stack.appUrl, javaScriptEnabled: false });
    const other = await elsewhere.newPage();
    await other.goto(links[0] ?? '');
    await other.getByRole('button', { name: 'Confirm' }).click();
    await expect(other.getByText('Confirmed. The address changes once the other mail')).toBeVisible();
    await page.goto(links[1] ?? '');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Confirm' }).dblclick();
    await expect(page.getByRole('status')).toContainText('Your e-mail address has changed.');
    await page.goto('/account');
    await expect(page).toHaveURL(/sign-in/);
    await people.signIn(context, { email: newEmail });
    await page.goto('/account/settings');
    await expect(page.getByText(newEmail)).toBeVisible();
    await other.goto(links[0] ?? '');
    await other.getByRole('button', { name: 'Confirm' }).click();
    await expect(other.getByText('This link was used already')).toBeVisible();
    await elsewhere.close();
  });

  test('the account is downloaded, then deleted, and nothing is charged afterwards', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 3 });
    await people.signIn(context, maya);
    await page.goto('/account/settings/data');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download my data' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
    expect(JSON.parse(Buffer.concat(chunks).toString()).account.email).toBe(maya.email);
    await page.goto('/account/settings/delete');
    await expectAccessible(page);
    await expect(page.getByText(/You are not charged \$48\.30 on/)).toBeVisible();
    await page.getByLabel('Your e-mail address, to be sure').fill('somebody@example.com');
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await expect(page.getByRole('status')).toContainText('Nothing was deleted.');
    await page.getByLabel('Your e-mail address, to be sure').fill(maya.email);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await expect(page.getByRole('heading', { name: 'Your account is deleted' })).toBeVisible();
    await expectAccessible(page);
    await page.goto('/account');
    await expect(page).toHaveURL(/sign-in/);
    await people.truemed.advance({ days: 5 });
    await expect(async () =>
      expect((await people.truemed.mail(maya.email)).map(({ subject }) => subject)).toContain(
        'Your account at Alder Health is deleted',
      ),
    ).toPass();
    expect(await people.chargesOf(maya)).toEqual([]);
  });
});

test('what the merchant switches off is left out, and refused where it is still posted', async ({
  browser,
  people,
  stack,
}) => {
  const maya = await people.aCustomer({ paymentToken: true, dueInDays: 12 });
  const theirs = await browser.newContext({ baseURL: stack.appUrl });
  const shop = await browser.newContext({ baseURL: stack.appUrl });
  await people.signIn(theirs, maya);
  await people.signInAsStaff(shop, 'owner');
  const [page, admin] = [await theirs.newPage(), await shop.newPage()];
  const address = `/account/subscriptions/${maya.subscriptionId}`;
  await page.goto(`${address}/skip`);
  await admin.goto('/admin/settings');
  await expectAccessible(admin);
  await admin.getByLabel('Skip the next order').uncheck();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByRole('status')).toContainText('Saved.');
  try {
    await page.getByRole('button', { name: /^Skip \d/ }).click();
    await expect(page.getByRole('status')).toContainText('We make this change for you');
    await page.goto(address);
    await expect(page.getByRole('link', { name: /^Cancel/ })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Skip the next order' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Skip it' })).toHaveCount(0);
  } finally {
    await admin.getByLabel('Skip the next order').check();
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.getByLabel('Skip the next order')).toBeChecked();
  }
  await Promise.all([theirs.close(), shop.close()]);
});
