import { expect } from 'vitest';
import { checkInvariants } from '@/lib/views/check-invariants';
import { Ledger } from '@/lib/views/ledger-invariants';
import type { TestWorld } from './world';

/** Closes a world after a test, in which every promise must hold against Truemed's own ledger, whatever the test has done. */
export async function closeChecked(world: TestWorld): Promise<void> {
  const results = await checkInvariants(await world.system(), async () => Ledger.parse(await world.truemed.ledger()));
  await world.close();
  expect(results.filter(({ violations }) => (violations ?? 0) > 0)).toEqual([]);
}
