import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import { test as withStack } from './fixtures';
import { openPeople, type People, type Person } from './people';

/** A scenario: a running Perennial, its people, and a browser in which an error on the console fails the test. */
export const test = withStack.extend<{ people: People; quietConsole: undefined }>({
  people: async ({ stack }, use) => {
    const people = openPeople(stack);
    await people.truemed.setSwitches({ webhookBeforeRedirect: 'after', captureAs: 'captured' });
    await use(people);
    await people.truemed.clearFaults();
    await people.truemed.clearDeliveryFaults();
    await people.close();
  },
  quietConsole: [
    async ({ page, stack }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => {
        const isOurs = message.location().url.startsWith(stack.appUrl);
        // A browser reports a 404 answer of a page as an error; scenarios that want one assert it.
        if (message.type() === 'error' && isOurs && !message.text().includes('status of 404'))
          errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await use(undefined);
      expect(errors, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The waiting page's status region says exactly this. */
export async function expectStatus(page: Page, word: string): Promise<void> {
  await expect(page.getByRole('status').first()).toHaveText(word, { timeout: 20_000 });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing on the page that is open. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await page.evaluate(async (source): Promise<string[]> => {
    // The page's policy allows no foreign script element, so axe is evaluated by the test's own connection.
    const axe = new Function(`${source}; return axe;`)();
    const { violations } = await axe.run(document);
    return violations.map(
      ({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
        `${id}: ${nodes.map(({ html }) => html).join(' | ')}`,
    );
  }, axeSource);
  expect(found).toEqual([]);
}

/** The days that a part of a page shows, as `YYYY-MM-DD`, in order. */
export async function daysIn(page: Page, selector: string): Promise<(string | null)[]> {
  return Promise.all((await page.locator(selector).all()).map((time) => time.getAttribute('datetime')));
}

/** The days that a preview promises for the next two orders. */
export const promisedDays = (page: Page) => daysIn(page, 'tbody tr td:nth-of-type(2) time:visible');
/** The days of the next orders on a subscription's page. */
export const nextDays = (page: Page) => daysIn(page, 'section[aria-labelledby="next-charges"] time');

/** Presses what has the focus once the keyboard has come to it. */
export async function pressByKeyboard(
  page: Page,
  name: string | RegExp,
  role: 'link' | 'button' = 'link',
): Promise<void> {
  const target = page.getByRole(role, { name });
  await target.focus();
  await expect(target).toBeFocused();
  await page.keyboard.press('Enter');
}

/** Waits until a customer has so many mails. */
export async function expectMails(people: People, { email }: { email: string }, count = 1): Promise<void> {
  await expect(async () => expect((await people.truemed.mail(email)).length).toBe(count)).toPass();
}

/** Waits until Truemed has captured exactly these from a customer, in cents. */
export async function expectCharges(
  people: People,
  person: { email: string },
  cents: readonly number[],
): Promise<void> {
  await expect(async () => expect(await people.chargesOf(person)).toEqual(cents)).toPass();
}

/** A customer whose renewal of $48.30 could not be paid, and who has been written to. */
export async function aHeldOrder(people: People, health: 'needs_card' | 'needs_survey' | 'deleted'): Promise<Person> {
  const person = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
  await people.truemed.setTokenHealth({ email: person.email, health });
  await people.truemed.advance({ days: 3 });
  await expectMails(people, person);
  return person;
}
