import { afterEach, beforeEach, expect, vi } from 'vitest';

/** A test in which something was written to console.error fails, unless the test has put its own function there. */
const unexpected: unknown[][] = [];

beforeEach(() => {
  unexpected.length = 0;
  vi.spyOn(console, 'error').mockImplementation((...args: unknown[]) => void unexpected.push(args));
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(unexpected, 'console.error was not expected').toEqual([]);
});
