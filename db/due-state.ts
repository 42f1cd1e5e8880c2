import { sql } from 'drizzle-orm';
import { databaseNow, QUEUE_NAMES, QUEUES, type Queue } from './claims';
import type { Queryable } from './client';
import { subscriptions } from './schema/subscriptions';

/** How one queue stands: rows that are due and those of them that a worker holds, up to a limit, and the oldest. */
export interface DueState {
  queue: Queue | 'renewals';
  due: number;
  claimed: number;
  /** Since when the oldest is due; null: nothing is. */
  oldestDueAt: Date | null;
}

/** Reads how all queues stand at `now`, in one query on the indexes by which they are claimed; counts end at `upTo`. */
export async function readDueState(db: Queryable, now: Date, upTo: number): Promise<DueState[]> {
  const instant = sql`${now.toISOString()}::timestamptz`;
  const leased = QUEUE_NAMES.map((queue) => {
    const { table, due } = QUEUES[queue];
    return sql`select ${queue} as queue, count(*)::int as due, min(due_at)::text as oldest,
      count(*) filter (where lease_until > ${databaseNow})::int as claimed
      from (select ${due} as due_at, ${table.leaseUntil} as lease_until from ${table}
        where ${due} <= ${instant} order by ${due} limit ${upTo}) ${sql.identifier(queue)}`;
  });
  const renewals = sql`select 'renewals' as queue, count(*)::int as due, min(due_at)::text as oldest, 0 as claimed
    from (select ${subscriptions.nextChargeAt} as due_at from ${subscriptions}
      where ${subscriptions.billingMethod} = 'hsa_fsa' and ${subscriptions.status} in ('active', 'trialing')
        and ${subscriptions.cancelOn} is null and ${subscriptions.nextChargeAt} <= ${instant}
      order by ${subscriptions.nextChargeAt} limit ${upTo}) renewals`;
  const rows = await db.execute<{ queue: DueState['queue']; due: number; claimed: number; oldest: string | null }>(
    sql.join([...leased, renewals], sql` union all `),
  );
  return rows.map(({ queue, due, claimed, oldest }) => ({
    queue,
    due,
    claimed,
    oldestDueAt: oldest === null ? null : new Date(oldest),
  }));
}
