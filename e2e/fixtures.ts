import { test as base } from '@playwright/test';
import { runProgram } from '@/scripts/processes';
import { type Stack, startStack } from './stack';

/** Playwright's test with a whole Perennial for each worker process; pages open on its web app. */
export const test = base.extend<object, { stack: Stack }>({
  stack: [
    async ({ browserName }, use, { parallelIndex }) => {
      const stack = await startStack(`${browserName}-${parallelIndex}`);
      await use(stack);
      await checkInvariants(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.appUrl),
});

/** Whatever its scenarios did, the database and the provider's ledger must agree. Throws with the invariants that do not hold. */
async function checkInvariants({ settings }: Stack): Promise<void> {
  const program = { name: 'check:invariants', file: 'scripts/check-invariants.ts', env: settings };
  console.log(await runProgram(program, { output: 'keep' }));
}
