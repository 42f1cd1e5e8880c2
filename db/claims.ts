import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from './client';
import { chargeAttempts, leasedBatches, recoveryCases } from './schema/billing';
import { checkouts } from './schema/checkouts';
import { eventDeliveries } from './schema/events';
import { outbox, webhookInbox } from './schema/messages';
import { sweeps } from './schema/operations';
import { paymentTokens, provisionRequests } from './schema/provisioning';
import { refunds } from './schema/refunds';
import { subscriptions } from './schema/subscriptions';

/**
 * Every query that takes due rows. A claim is a lease in database time: a dead worker's lease expires, and the epoch,
 * which goes up with each claim, fences off the late write of a frozen one.
 */

/** Database time, by which leases and rate limits run. Only the simulator sets the offset. */
export const databaseNow: SQL = sql`(clock_timestamp() + coalesce(nullif(current_setting('perennial.clock_offset', true), ''), '0 seconds')::interval)`;

/** One leased row: its id, and the epoch that its settling must still find. */
export interface Claim {
  id: string;
  epoch: number;
}

/** Where a sweep stands: the next claim begins after this row, so that dead rows behind it are not visited again. */
export interface Cursor {
  dueAt: string;
  id: string;
}

type Leased = PgTable & { id: AnyPgColumn; leaseUntil: AnyPgColumn; leaseEpoch: AnyPgColumn };

/** What can be claimed: the table, and the column that says when. */
export const QUEUES = {
  webhooks: { table: webhookInbox, due: webhookInbox.dueAt },
  attempts: { table: chargeAttempts, due: chargeAttempts.dueAt },
  checkouts: { table: checkouts, due: checkouts.dueAt },
  provisionRequests: { table: provisionRequests, due: provisionRequests.dueAt },
  recoveries: { table: recoveryCases, due: recoveryCases.retryAt },
  recoverySteps: { table: recoveryCases, due: recoveryCases.stepAt },
  sweeps: { table: sweeps, due: sweeps.dueAt },
  refunds: { table: refunds, due: refunds.dueAt },
  tokenDeletions: { table: paymentTokens, due: paymentTokens.deletionDueAt },
  scheduleChanges: { table: subscriptions, due: subscriptions.changeAt },
  mails: { table: outbox, due: outbox.dueAt },
  deliveries: { table: eventDeliveries, due: eventDeliveries.dueAt },
} satisfies Record<string, { table: Leased; due: AnyPgColumn }>;

export type Queue = keyof typeof QUEUES;
export const QUEUE_NAMES = Object.keys(QUEUES) as readonly Queue[];

/**
 * Leases up to `limit` rows of a queue that are due at `now` (business time) and not leased, oldest first, for
 * `leaseSeconds` of database time. Rows that another worker holds are passed over, and so is one that changes in that very
 * moment. A locked row is leased where it lies: to find it by its id once more would cost more with every row of the table.
 */
export async function claimDue(
  db: Queryable,
  queue: Queue,
  now: Date,
  options: { limit: number; leaseSeconds: number; after: Cursor | null },
): Promise<{ claims: Claim[]; cursor: Cursor | null }> {
  const { table, due } = QUEUES[queue];
  const beyond =
    options.after === null
      ? sql``
      : sql`and (${due}, ${table.id}) > (${options.after.dueAt}::timestamptz, ${options.after.id})`;
  const rows = await db.execute<{ id: string; epoch: number; due_at: string }>(sql`
    with due as (
      select ${table.id} as id, ${due} as due_at, ${table}.ctid as place from ${table}
      where ${due} <= ${now.toISOString()}::timestamptz
        and (${table.leaseUntil} is null or ${table.leaseUntil} < ${databaseNow}) ${beyond}
      order by ${due}, ${table.id} limit ${options.limit} for update skip locked
    ), leased as (
      update ${table} set lease_until = ${databaseNow} + make_interval(secs => ${options.leaseSeconds}), lease_epoch = ${table.leaseEpoch} + 1
      from due where ${table}.ctid = due.place
      returning ${table.id} as id, ${table.leaseEpoch} as epoch, ${table.leaseUntil} as lease_until, due.due_at
    ) ${queue === 'attempts' ? sql`, ${NOTED}` : sql``} select id, epoch, due_at::text from leased order by due_at, id`);
  const last = rows.at(-1);
  return {
    claims: rows.map(({ id, epoch }) => ({ id, epoch })),
    cursor: last === undefined ? null : { dueAt: last.due_at, id: last.id },
  };
}

/** Notes what is being leased as one batch, for `claimLapsedAttempts`. */
const NOTED = sql`noted as (
      insert into ${leasedBatches} (lease_until, attempt_ids) select max(lease_until), array_agg(id) from leased having count(*) > 0
    )`;

/** A batch of which somebody had a row locked is looked at again after so long: locks are held for milliseconds. */
const LOCKED_PAUSE_SECONDS = 0.2;

/**
 * Leases the charge attempts of one batch whose lease has run out, that of the longest ago first, as far as they are still
 * due at `now` and nobody has them: what a dead worker held, however much is due that nobody has taken yet. Batches that
 * were settled in time are forgotten on the way; one with a row that somebody has locked is kept for it. Empty when none has ended.
 */
export async function claimLapsedAttempts(db: Queryable, now: Date, leaseSeconds: number): Promise<Claim[]> {
  const { id, dueAt, leaseUntil, leaseEpoch } = chargeAttempts;
  for (;;) {
    // As a query of its own the time is read once; compared with a volatile function no index would serve.
    const rows = await db.execute<{ id: string | null; epoch: number }>(sql`
      with ended as (
        select ${leasedBatches.id} as batch_id, attempt_ids from ${leasedBatches}
        where lease_until < (select ${databaseNow}) order by lease_until limit 1 for update skip locked
      ), held as (
        select ${id} as id from ${chargeAttempts}
        where ${id} in (select unnest(attempt_ids) from ended)
          and ${leaseUntil} < (select ${databaseNow}) and ${dueAt} <= ${now.toISOString()}::timestamptz
      ), lapsed as (
        select ${id} as id from ${chargeAttempts} where ${id} in (select id from held) and ${leaseUntil} < (select ${databaseNow})
        for update skip locked
      ), leased as (
        update ${chargeAttempts} set lease_until = ${databaseNow} + make_interval(secs => ${leaseSeconds}), lease_epoch = ${leaseEpoch} + 1
        from lapsed where ${id} = lapsed.id
        returning ${id} as id, ${leaseEpoch} as epoch, ${leaseUntil} as lease_until
      ), ${NOTED}, kept as (
        update ${leasedBatches} set lease_until = ${databaseNow} + make_interval(secs => ${LOCKED_PAUSE_SECONDS})
        from ended where ${leasedBatches.id} = batch_id and (select count(*) from held) > (select count(*) from lapsed)
      ), forgotten as (
        delete from ${leasedBatches} using ended
        where ${leasedBatches.id} = batch_id and (select count(*) from held) = (select count(*) from lapsed)
      ) select leased.id, leased.epoch from ended left join leased on true`);
    if (rows.length === 0) return [];
    const claims = rows.flatMap((row) => (row.id === null ? [] : [{ id: row.id, epoch: row.epoch }]));
    if (claims.length > 0) return claims;
  }
}

/** Leases one row by id, due or not, for the person who pressed a button. Null while somebody else holds it. */
export async function claimOne(db: Queryable, queue: Queue, id: string, leaseSeconds: number): Promise<Claim | null> {
  const { table } = QUEUES[queue];
  const [row] = await db.execute<{ id: string; epoch: number }>(sql`
    update ${table} set lease_until = ${databaseNow} + make_interval(secs => ${leaseSeconds}), lease_epoch = ${table.leaseEpoch} + 1
    where ${table.id} = ${id} and (${table.leaseUntil} is null or ${table.leaseUntil} < ${databaseNow})
    returning ${table.id} as id, ${table.leaseEpoch} as epoch`);
  return row === undefined ? null : { id: row.id, epoch: row.epoch };
}

/**
 * Locks up to `limit` subscriptions that are due at `now`, oldest first, until the transaction ends. One that ends with its
 * period is not due any more, also where its end has not been written yet. With `only`, that one, where it is due.
 */
export async function lockDueSubscriptions(
  tx: Queryable,
  now: Date,
  limit: number,
  only: string | null = null,
): Promise<(typeof subscriptions.$inferSelect)[]> {
  return tx
    .select()
    .from(subscriptions)
    .where(
      sql`${subscriptions.billingMethod} = 'hsa_fsa' and ${subscriptions.status} in ('active', 'trialing')
        and ${subscriptions.cancelOn} is null and ${subscriptions.nextChargeAt} <= ${now.toISOString()}::timestamptz
        ${only === null ? sql`` : sql`and ${subscriptions.id} = ${only}`}`,
    )
    .orderBy(subscriptions.nextChargeAt, subscriptions.id)
    .limit(limit)
    .for('no key update', { skipLocked: true });
}

/**
 * Locks up to `limit` subscriptions whose date has come and that are not charged because of how they stand, as far as that is
 * not on record for this date, oldest first.
 */
export async function lockHeldSubscriptions(
  tx: Queryable,
  now: Date,
  limit: number,
): Promise<(typeof subscriptions.$inferSelect)[]> {
  return tx
    .select()
    .from(subscriptions)
    .where(
      sql`${subscriptions.nextChargeAt} <= ${now.toISOString()}::timestamptz
        and (${subscriptions.status} in ('paused', 'past_due') or ${subscriptions.cancelOn} is not null)
        and ${subscriptions.heldFor} is distinct from ${subscriptions.nextChargeOn}`,
    )
    .orderBy(subscriptions.nextChargeAt, subscriptions.id)
    .limit(limit)
    .for('no key update', { skipLocked: true });
}

/** For `worker --once`: what waits in each queue, how much of it is due and free at `now`, and when the next is due. */
export async function queueState(
  db: Queryable,
  now: Date,
): Promise<{ queue: Queue | 'renewals'; waiting: number; ready: number; nextAt: Date | null }[]> {
  const instant = sql`${now.toISOString()}::timestamptz`;
  const leased = QUEUE_NAMES.map((queue) => {
    const { table, due } = QUEUES[queue];
    return sql`select ${queue} as queue, count(*)::int as waiting, min(${due}) as next_at,
      count(*) filter (where ${due} <= ${instant} and (${table.leaseUntil} is null or ${table.leaseUntil} < ${databaseNow}))::int as ready
      from ${table} where ${due} is not null`;
  });
  const renewals = sql`select 'renewals' as queue, count(*)::int as waiting, min(${subscriptions.nextChargeAt}) as next_at,
    count(*) filter (where ${subscriptions.nextChargeAt} <= ${instant})::int as ready
    from ${subscriptions} where ${subscriptions.nextChargeAt} is not null and ${subscriptions.billingMethod} = 'hsa_fsa'
      and ${subscriptions.status} in ('active', 'trialing') and ${subscriptions.cancelOn} is null`;
  const rows = await db.execute<{ queue: Queue | 'renewals'; waiting: number; ready: number; next_at: string | null }>(
    sql.join([...leased, renewals], sql` union all `),
  );
  return rows.map((row) => ({
    queue: row.queue,
    waiting: row.waiting,
    ready: row.ready,
    nextAt: row.next_at === null ? null : new Date(row.next_at),
  }));
}
