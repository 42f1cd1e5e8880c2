import { openSlot, type Slot } from './database';
import { POSTS, runSeed } from './run-seed';
import { createShardDatabase, dueStatement } from './shard-database';
import { takeOverSystem } from './system';

/**
 * One process of the simulator: `SERVER_URL FIRST STEP COUNT [until-violation]` runs the seeds FIRST, FIRST + STEP, … and
 * prints a line of JSON for each.
 */
const [serverUrl = '', first = '1', step = '1', count = '1', until] = process.argv.slice(2);
const database = await createShardDatabase(serverUrl);
const slots = new Map<string, Slot>(POSTS.map((name) => [name, openSlot(database.url)]));
try {
  takeOverSystem();
  const oracle = slots.get('oracle');
  if (oracle === undefined) throw new Error('There is no oracle.');
  const due = await dueStatement(oracle.sql);
  for (let done = 0; done < Number(count); done += 1) {
    await database.empty();
    const result = await runSeed(Number(first) + done * Number(step), slots, due);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (until === 'until-violation' && result.violations.length > 0) break;
  }
} finally {
  await Promise.all([...slots.values()].map(({ sql }) => sql.end({ timeout: 1 })));
  await database.drop();
}
