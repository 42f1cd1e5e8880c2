import { gte, sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import { chargeAttempts } from '@/db/schema/billing';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { workers } from '@/db/schema/operations';
import { outages } from '@/db/schema/outages';
import type { Context } from '@/lib/context';
import { instantAt, localDateAt } from '@/lib/core/calendar';
import { requireStaff } from '@/lib/core/principal';
import { COUNTED_UP_TO, type EngineCounters, oldestDue, readEngineCounters } from './engine-counters';
import { isWorkerSilent } from './health';

/** How the machine is: counts up to `COUNTED_UP_TO`, ages in seconds of the database's time. */
export interface MachineHealth {
  workers: { running: number; lastTickAgeSeconds: number | null; isSilent: boolean };
  webhooks: { today: number; waiting: number; keptAside: number };
  /** Charges that Truemed has not answered, and that are asked about again by themselves. */
  unanswered: number;
  /** Since when Truemed has been out, so that charges wait; null: it is not. */
  outSince: Date | null;
  mail: { waiting: number; failing: number };
  engine: EngineCounters;
  /** Since when the oldest work is due, where that is longer than `LATE_AFTER_MS`: an alarm, with workers or without. */
  lateSince: Date | null;
}

/** What has been due for longer is late: workers that keep up take it within seconds. */
const LATE_AFTER_MS = 15 * 60_000;

/** A worker that has ticked so recently is running. */
const RUNNING_SECONDS = 60;

interface Row extends Record<string, unknown> {
  running: number;
  age: number | null;
  today: number;
  waiting: number;
  kept_aside: number;
  unanswered: number;
  out_since: string | null;
  mails: number;
  mails_failing: number;
}

/** Reads it in four queries made at once. Throws `not_found` for everybody who is not staff. */
export async function readMachine(ctx: Context): Promise<MachineHealth> {
  requireStaff(ctx.principal, 'read');
  const { timeZone } = ctx.env.merchant;
  const dayStart = instantAt(localDateAt(ctx.now, timeZone), 0, timeZone);
  const counted = (from: ReturnType<typeof sql>) =>
    sql`(select count(*)::int from (select ${from} limit ${COUNTED_UP_TO + 1}) counted)`;
  const reading = ctx.db.execute<Row>(sql`select
    (select count(*)::int from ${workers}
      where ${workers.lastTickAt} > ${databaseNow} - make_interval(secs => ${RUNNING_SECONDS})) as running,
    (select extract(epoch from ${databaseNow} - max(${workers.lastTickAt}))::float8 from ${workers}) as age,
    ${counted(sql`from ${webhookInbox} where ${gte(webhookInbox.receivedAt, dayStart)}`)} as today,
    ${counted(sql`from ${webhookInbox} where ${webhookInbox.dueAt} is not null`)} as waiting,
    ${counted(sql`from ${webhookInbox} where ${webhookInbox.status} = 'quarantined'`)} as kept_aside,
    ${counted(sql`from ${chargeAttempts} where ${chargeAttempts.status} = 'unknown' and ${chargeAttempts.dueAt} is not null`)} as unanswered,
    (select ${outages.startedAt}::text from ${outages} where ${outages.endedAt} is null) as out_since,
    ${counted(sql`from ${outbox} where ${outbox.dueAt} is not null`)} as mails,
    ${counted(sql`from ${outbox} where ${outbox.dueAt} is not null and ${outbox.tries} > 0`)} as mails_failing`);
  const [[row], engine] = await Promise.all([reading, readEngineCounters(ctx.db, ctx.now)]);
  if (row === undefined) throw new Error('The machine said nothing.');
  const lastTickAgeSeconds = row.age === null ? null : Math.max(0, Math.floor(row.age));
  return {
    workers: { running: row.running, lastTickAgeSeconds, isSilent: isWorkerSilent(lastTickAgeSeconds) },
    webhooks: { today: row.today, waiting: row.waiting, keptAside: row.kept_aside },
    unanswered: row.unanswered,
    outSince: row.out_since === null ? null : new Date(row.out_since),
    mail: { waiting: row.mails, failing: row.mails_failing },
    engine,
    lateSince: lateSince(engine, ctx.now),
  };
}

function lateSince({ queues }: EngineCounters, now: Date): Date | null {
  const oldest = oldestDue(queues);
  return oldest !== null && now.getTime() - oldest.getTime() > LATE_AFTER_MS ? oldest : null;
}
