import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAULT_PLACES } from './fault-places';

const FAULTS = Object.entries(FAULT_PLACES);

it('knows where each fault of reliability.md, 1 to 38, is shown', () => {
  expect(FAULTS.map(([name]) => name)).toEqual(Array.from({ length: 38 }, (_, index) => `F${index + 1}`));
  for (const [name, { suites }] of FAULTS) expect(suites, `${name} has no scenario of its own`).not.toEqual([]);
});

it.each(FAULTS)('%s is in the files that are named', (_name, { simulated, suites }) => {
  for (const suite of suites) expect(existsSync(suite), suite).toBe(true);
  for (const file of simulated?.match(/[a-z-]+\.ts/g) ?? [])
    expect(readFileSync(`tests/simulator/${file}`, 'utf8').length).toBeGreaterThan(0);
});
