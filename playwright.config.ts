import { defineConfig, devices } from '@playwright/test';
import { BROWSER_ARGS, rememberedBrowser } from './scripts/browser';

const { executablePath } = rememberedBrowser();

export default defineConfig({
  testDir: './e2e',
  testMatch: '**/*.spec.ts',
  outputDir: './.data/test-reports/playwright-results',
  forbidOnly: true,
  // A test that passes at the second try has found something: nothing is tried again.
  retries: 0,
  // Each has its own processes and database (e2e/fixtures.ts), and the machine that counts has two cores.
  workers: 2,
  fullyParallel: false,
  // No measure of speed: two browsers, their stacks and axe share two cores, and a busy machine takes twice as long.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [
    ['list'],
    ['html', { open: 'never', outputFolder: './.data/test-reports/playwright' }],
    ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['json'] as const] : []),
  ],
  use: {
    ...devices['Desktop Chrome'],
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { args: [...BROWSER_ARGS], ...(executablePath === null ? {} : { executablePath }) },
  },
});
