import { Webhook } from 'standardwebhooks';
import { anEventReceiver, type Received } from '@/tests/event-receiver';
import { expect, expectAccessible, expectCharges, test } from './scenario';

/** Whether it is signed with this secret, whenever that was: the scenario's clock is not this machine's. */
function isSigned(secret: string, { id, headers, body }: Received): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  return headers['webhook-signature'] === new Webhook(secret).sign(id, at, body);
}

test('the shop’s own system is told that an order is paid, is told again, and waits while it is disabled', async ({
  page,
  context,
  people,
}) => {
  const shop = await anEventReceiver();
  const paid = () => shop.received.filter(({ event }) => event.type === 'invoice.paid');
  try {
    await people.signInAsStaff(context, 'owner');
    await page.goto('/admin/events/endpoints');
    const address = page.getByLabel('Address');
    await address.fill(`${shop.url}#paid`);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await expect(page.getByText('This is not a web address.')).toBeVisible();
    await expect(address).toHaveValue(`${shop.url}#paid`);
    await address.fill(shop.url);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    const told = page.getByText('It is told from now on.');
    await expect(told).toBeVisible();
    await expect(address).toHaveValue('');
    const secret = /whsec_\S+/.exec((await told.textContent()) ?? '')?.[0] ?? '';
    await expectAccessible(page);

    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
    await people.truemed.advance({ days: 3 });
    await expectCharges(people, maya, [4830]);
    await expect(() => expect(paid()).toHaveLength(1)).toPass();
    expect(shop.received.every((one) => isSigned(secret, one))).toBe(true);

    await expect(async () => {
      await page.goto('/admin/events?status=delivered');
      await expect(page.getByRole('link', { name: 'invoice.paid' })).toBeVisible({ timeout: 500 });
    }).toPass();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'invoice.paid' }).click();
    await expect(page.getByText('It answered 200.')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect(() => expect(paid()).toHaveLength(2)).toPass();
    expect(new Set(paid().map(({ id }) => id)).size).toBe(1);

    await page.goto('/admin/events/endpoints');
    await page.getByRole('link', { name: shop.url }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await expect(page.getByText('Nothing is lost: its events wait')).toBeVisible();
    await expectAccessible(page);
    const noah = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
    await people.truemed.advance({ days: 3 });
    await expectCharges(people, noah, [4830]);
    await page.goto('/admin/events?status=pending');
    await expect(page.getByText('One endpoint is disabled.')).toBeVisible();
    await expect(page.getByText('It waits until its endpoint is enabled.').first()).toBeVisible();
    expect(paid()).toHaveLength(2);
    await page.goto('/admin/events/endpoints');
    await page.getByRole('link', { name: shop.url }).click();
    await page.getByRole('button', { name: 'Enable' }).click();
    await expect(() => expect(paid()).toHaveLength(3)).toPass();
    // The scenarios after this one have no such system.
    await page.getByRole('button', { name: 'Disable' }).click();
    await expect(page.getByText('Nothing is lost: its events wait')).toBeVisible();
  } finally {
    await shop.close();
  }
});
