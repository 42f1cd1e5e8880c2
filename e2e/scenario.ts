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

/** What of a page has to do with its theme. */
const IN_COLORS = ['color-contrast', 'link-in-text-block'];

/** axe finds nothing on the page that is open, as it is: by all rules, or by some. */
export async function expectNoViolations(page: Page, look: string, rules?: readonly string[]): Promise<void> {
  const found = await page.evaluate(
    async ({ source, runOnly }): Promise<string[]> => {
      // The page's policy allows no foreign script element, so axe is evaluated by the test's own connection.
      const axe = new Function(`${source}; return axe;`)();
      const { violations } = await axe.run(document, runOnly === undefined ? {} : { runOnly });
      return violations.map(
        ({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
          `${id}: ${nodes.map(({ html }) => html).join(' | ')}`,
      );
    },
    { source: axeSource, runOnly: rules },
  );
  expect(found, look).toEqual([]);
}

/** Shows the page that is open in a width and a theme. A color on its way from one theme to the other is neither: each is there at once. */
export async function showAs(page: Page, look: { width: number; colorScheme: 'light' | 'dark' }): Promise<void> {
  await page.setViewportSize({ width: look.width, height: 900 });
  await page.emulateMedia({ colorScheme: look.colorScheme });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
  });
}

/** Nothing makes the page that is open scroll sideways. */
export async function expectNoSidewaysScroll(page: Page, look: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), look).toBe(false);
}

/**
 * axe finds nothing on the page that is open: as it is, in the other theme, and on the smallest phone in that theme, where
 * nothing makes it scroll sideways either. Leaves it as it was.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // A document that has only begun has neither a heading nor anything else that axe looks for.
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expectNoViolations(page, 'as it is');
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
  await showAs(page, { width, colorScheme: 'dark' });
  await expectNoViolations(page, 'dark', IN_COLORS);
  await showAs(page, { width: 320, colorScheme: 'dark' });
  await expectNoViolations(page, '320 px, dark');
  await expectNoSidewaysScroll(page, '320 px');
  await showAs(page, { width, colorScheme: 'light' });
  await page.setViewportSize({ width, height });
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

/** Fills in where something is sent. */
export async function fillAddress(page: Page, state: 'CA' | 'OR'): Promise<void> {
  await page.getByLabel('Street and number').fill('12 Elm Street');
  await page.getByLabel('City').fill('Salem');
  await page.getByLabel('State').selectOption(state);
  await page.getByLabel('ZIP code').fill('97301');
}

/** Truemed refuses the next change of items of a customer. */
export async function refuseItems(people: People, { email }: { email: string }): Promise<void> {
  await people.truemed.addFault({
    match: { operation: 'updatePaymentToken', email },
    times: 1,
    fault: { status: 400, body: { error: 'ValidationError', message: 'These items cannot be paid for.' } },
  });
}
