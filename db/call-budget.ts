import { sql } from 'drizzle-orm';
import { databaseNow } from './claims';
import type { Queryable } from './client';
import { callBudget } from './schema/operations';

/** Slots that were taken, the first of them after `waitMs` of real time; or, where that would be too long, none. */
export type Reservation = { kind: 'reserved'; waitMs: number } | { kind: 'held'; waitMs: number };

/**
 * Takes the next free slots for calls to Truemed, `1 / callsPerSecond` apart, so that all processes together stay below that
 * rate and keep a hold. Takes none where the first would be more than `withinMs` away. One short row update; database time.
 */
export async function reserveCalls(
  db: Queryable,
  wanted: { slots: number; callsPerSecond: number; withinMs: number },
): Promise<Reservation> {
  const taken = sql`make_interval(secs => ${wanted.slots / wanted.callsPerSecond}::float8)`;
  const [row] = await db.execute<{ wait_ms: number }>(sql`
    insert into ${callBudget} (id, next_slot_at) values (1, ${databaseNow} + ${taken})
    on conflict (id) do update set next_slot_at = greatest(${callBudget.nextSlotAt}, ${databaseNow}) + ${taken}
      where ${callBudget.nextSlotAt} <= ${databaseNow} + make_interval(secs => ${wanted.withinMs / 1000}::float8)
    returning greatest(0, extract(epoch from next_slot_at - ${taken} - ${databaseNow}) * 1000)::float8 as wait_ms`);
  if (row !== undefined) return { kind: 'reserved', waitMs: row.wait_ms };
  return { kind: 'held', waitMs: await heldForMs(db) };
}

/** Nobody calls Truemed for so long: its Retry-After is meant for all of our workers. A longer hold stays. */
export async function holdCalls(db: Queryable, seconds: number): Promise<void> {
  const until = sql`${databaseNow} + make_interval(secs => ${seconds}::float8)`;
  await db.execute(sql`
    insert into ${callBudget} (id, next_slot_at) values (1, ${until})
    on conflict (id) do update set next_slot_at = greatest(${callBudget.nextSlotAt}, excluded.next_slot_at)`);
}

/** How long until the next call may go out, in milliseconds of real time. */
async function heldForMs(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ wait_ms: number }>(
    sql`select greatest(0, extract(epoch from ${callBudget.nextSlotAt} - ${databaseNow}) * 1000)::float8 as wait_ms from ${callBudget}`,
  );
  return row?.wait_ms ?? 0;
}
