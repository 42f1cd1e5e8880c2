import { sql } from 'drizzle-orm';
import { databaseNow } from './claims';
import type { Queryable } from './client';
import { callBudget } from './schema/operations';

/**
 * Takes the next free slot for a call to Truemed, so that all processes together stay below `callsPerSecond`. Returns how
 * many milliseconds of real time to wait before calling. One short row update; database time.
 */
export async function reserveCall(db: Queryable, callsPerSecond: number): Promise<number> {
  const spacing = sql`make_interval(secs => ${1 / callsPerSecond})`;
  const [row] = await db.execute<{ wait_ms: number }>(sql`
    insert into ${callBudget} (id, next_slot_at) values (1, ${databaseNow} + ${spacing})
    on conflict (id) do update set next_slot_at = greatest(${callBudget.nextSlotAt}, ${databaseNow}) + ${spacing}
    returning greatest(0, extract(epoch from next_slot_at - ${spacing} - ${databaseNow}) * 1000)::float8 as wait_ms`);
  return row?.wait_ms ?? 0;
}
