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
  // One connection for all: operations take turns, and a statement is prepared and planned once for all processes.
  const slot = await openSlot(database.url);
  const slots = new Map<string, Slot>(POSTS.map((name) => [name, slot]));
  try {
    const due = await dueStatement(slot.sql);
    for (const seed of options.seeds) {
      await database.empty();
      const result = await runSeed(seed, slots, due);
      onSeed(result);
      if (options.isUntilViolation && result.violations.length > 0) break;
    }
  } finally {
    await slot.sql.end({ timeout: 1 });
    await database.drop();
  }
}
