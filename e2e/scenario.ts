import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import { test as withStack } from './fixtures';
import { openPeople, type People } from './people';

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
