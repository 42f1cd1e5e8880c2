import { test as base } from '@playwright/test';
import { type Stack, startStack } from './stack';

/** Playwright's test with a whole Perennial for each worker process; pages open on its web app. */
export const test = base.extend<object, { stack: Stack }>({
  stack: [
    async ({ browserName }, use, { parallelIndex }) => {
      const stack = await startStack(`${browserName}-${parallelIndex}`);
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.appUrl),
});
