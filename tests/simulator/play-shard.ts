import { openSlot, type Slot } from './database';
import { POSTS } from './run';
import { runSeed, type SeedResult } from './run-seed';
import { createShardDatabase, dueStatement } from './shard-database';

/** Runs seeds one after the other on a database of their own, up to the last or to the first that breaks something. */
export async function playShard(
  options: { serverUrl: string; seeds: readonly number[]; isUntilViolation: boolean },
  onSeed: (result: SeedResult) => void,
): Promise<void> {
  const database = await createShardDatabase(options.serverUrl);
  const slots = new Map<string, Slot>();
  for (const name of POSTS) slots.set(name, await openSlot(database.url));
  try {
    const oracle = slots.get('oracle');
    if (oracle === undefined) throw new Error('There is no oracle.');
    const due = await dueStatement(oracle.sql);
    for (const seed of options.seeds) {
      await database.empty();
      const result = await runSeed(seed, slots, due);
      onSeed(result);
      if (options.isUntilViolation && result.violations.length > 0) break;
    }
  } finally {
    await Promise.all([...slots.values()].map(({ sql }) => sql.end({ timeout: 1 })));
    await database.drop();
  }
}
