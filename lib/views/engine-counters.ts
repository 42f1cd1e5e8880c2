import { createHash, timingSafeEqual } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { Counter, Gauge, Registry } from 'prom-client';
import { databaseNow } from '@/db/claims';
import type { Queryable } from '@/db/client';
import { type DueState, readDueState } from '@/db/due-state';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { eventEndpoints } from '@/db/schema/events';
import { workers } from '@/db/schema/operations';
import { outageMode } from '@/db/schema/outages';
import { WAITS_FOR_PERSON } from '@/db/waiting-charges';
import type { Context } from '@/lib/context';
import { OPEN_ATTEMPT_STATUSES, RECOVERY_REASONS, type RecoveryReason } from '@/lib/core/charge';
import { NO_OUTAGE, type OutageState } from '@/lib/core/outage';

/** How the engine stands: what `GET /api/metrics` and the staff's panel show. Every count ends at `COUNTED_UP_TO`, but that of paid orders. */
export interface EngineCounters {
  queues: DueState[];
  /** Charges that are not settled: `planned`, `sent`, `unknown`, `accepted`. */
  openCharges: Record<(typeof OPEN_ATTEMPT_STATUSES)[number], number>;
  /** Charges without a clear answer that nothing asks about any more. */
  parkedCharges: number;
  /** Orders that wait, by what Truemed answered or asks for. */
  heldOrders: Record<RecoveryReason, number>;
  /** Orders that were captured and have their number: it only goes up. */
  paidOrders: number;
  disabledEndpoints: number;
  /** `open`: charges wait, because Truemed does not answer; `half_open`: it does again, and what has waited goes out. */
  outageMode: OutageState['mode'];
  /** Ages and times in seconds of the database's clock; `tickSeconds` is null until a worker has finished a tick. */
  workers: { id: string; lastTickAgeSeconds: number; tickSeconds: number | null }[];
}

/** Where counting ends. */
export const COUNTED_UP_TO = 10_000;
/** Workers that have been silent for so long are not shown. */
const SHOWN_FOR_HOURS = 1;

/** Reads the counters, in four queries made at once, each on partial indexes. */
export async function readEngineCounters(db: Queryable, now: Date): Promise<EngineCounters> {
  const [queues, rows, ticking, outage] = await Promise.all([
    readDueState(db, now, COUNTED_UP_TO),
    db.execute<{ kind: string; name: string; count: number }>(countsOf()),
    db.execute<{ id: string; age: number; ms: number | null }>(sql`
      select ${workers.id} as id, extract(epoch from ${databaseNow} - ${workers.lastTickAt})::float8 as age,
        ${workers.lastTickMs} as ms
      from ${workers} where ${workers.lastTickAt} > ${databaseNow} - make_interval(hours => ${SHOWN_FOR_HOURS})
      order by ${workers.startedAt}`),
    db.select({ state: outageMode.state }).from(outageMode),
  ]);
  const counts = new Map(rows.map(({ kind, name, count }) => [`${kind}:${name}`, count]));
  const countOf = (kind: string, name: string) => counts.get(`${kind}:${name}`) ?? 0;
  const byName = <T extends string>(kind: string, names: readonly T[]) =>
    Object.fromEntries(names.map((name) => [name, countOf(kind, name)])) as Record<T, number>;
  return {
    queues,
    openCharges: byName('open', OPEN_ATTEMPT_STATUSES),
    parkedCharges: countOf('parked', 'all'),
    heldOrders: byName('held', RECOVERY_REASONS),
    paidOrders: countOf('paid', 'all'),
    disabledEndpoints: countOf('endpoints', 'disabled'),
    outageMode: (outage[0]?.state ?? NO_OUTAGE).mode,
    workers: ticking.map(({ id, age, ms }) => ({
      id,
      lastTickAgeSeconds: Math.max(0, age),
      tickSeconds: ms === null ? null : ms / 1000,
    })),
  };
}

/** Since when the oldest of all queues is due; null: nothing is. */
export function oldestDue(queues: readonly DueState[]): Date | null {
  const since = queues.flatMap(({ oldestDueAt }) => (oldestDueAt === null ? [] : [oldestDueAt.getTime()]));
  return since.length === 0 ? null : new Date(Math.min(...since));
}

function countsOf() {
  const open = sql.raw(OPEN_ATTEMPT_STATUSES.map((status) => `'${status}'`).join(', '));
  return sql`
    select 'open' as kind, status as name, count(*)::int as count
    from (select ${chargeAttempts.status} as status from ${chargeAttempts}
      where ${chargeAttempts.status} in (${open}) limit ${COUNTED_UP_TO}) open group by status
    union all select 'parked', 'all', count(*)::int from (select from ${chargeAttempts}
      where ${chargeAttempts.status} in (${open}) and ${WAITS_FOR_PERSON} limit ${COUNTED_UP_TO}) parked
    union all select 'held', reason, count(*)::int from (select ${recoveryCases.reason} as reason from ${recoveryCases}
      where ${recoveryCases.status} = 'open' limit ${COUNTED_UP_TO}) held group by reason
    union all select 'paid', 'all', coalesce(sum(last.number), 0)::int from (${lastNumbers()}) last
    union all select 'endpoints', 'disabled', count(*)::int from ${eventEndpoints}
      where ${eventEndpoints.status} = 'disabled'`;
}

// Numbers have no gaps, so the last of each year says how many there are: one step into the index for each year.
function lastNumbers() {
  return sql`
    with recursive years as (
      (select ${invoices.numberYear} as year, ${invoices.yearNumber} as number from ${invoices}
        where ${invoices.numberYear} is not null order by ${invoices.numberYear} desc, ${invoices.yearNumber} desc limit 1)
      union all
      select earlier.year, earlier.number from years cross join lateral (
        select ${invoices.numberYear} as year, ${invoices.yearNumber} as number from ${invoices}
        where ${invoices.numberYear} < years.year
        order by ${invoices.numberYear} desc, ${invoices.yearNumber} desc limit 1) earlier
    ) select number from years`;
}

/** Whether a request may read the metrics: its `Authorization` carries METRICS_TOKEN. `closed`: there is no token, so nobody may. */
export function mayReadMetrics(env: Context['env'], authorization: string | null): 'yes' | 'no' | 'closed' {
  if (env.metricsToken === null) return 'closed';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${env.metricsToken}`)) ? 'yes' : 'no';
}

/** The counters in Prometheus' text format, and its content type. */
export async function metricsText(ctx: Pick<Context, 'db' | 'now'>): Promise<{ type: string; text: string }> {
  const counters = await readEngineCounters(ctx.db, ctx.now);
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `perennial_${name}`, help, labelNames, registers: [registry] });
  const due = gauge('due', `Rows that are due, up to ${COUNTED_UP_TO}.`, 'queue');
  const claimed = gauge('claimed', 'Due rows that a worker holds.', 'queue');
  const oldest = gauge('oldest_due_seconds', 'For how long the oldest due row has been due; 0 where none is.', 'queue');
  for (const state of counters.queues) {
    due.set({ queue: state.queue }, state.due);
    claimed.set({ queue: state.queue }, state.claimed);
    const since = state.oldestDueAt === null ? ctx.now : state.oldestDueAt;
    oldest.set({ queue: state.queue }, Math.max(0, (ctx.now.getTime() - since.getTime()) / 1000));
  }
  const open = gauge('open_charges', 'Charges that are not settled, by status.', 'status');
  for (const [status, count] of Object.entries(counters.openCharges)) open.set({ status }, count);
  gauge('unknown_charges_parked', 'Charges without a clear answer that wait for a person.').set(counters.parkedCharges);
  const held = gauge('held_orders', 'Orders in recovery, by what Truemed answered or asks for.', 'reason');
  for (const [reason, count] of Object.entries(counters.heldOrders)) held.set({ reason }, count);
  new Counter({
    name: 'perennial_captured_total',
    help: 'Orders that were captured and have their number.',
    registers: [registry],
  }).inc(counters.paidOrders);
  gauge('endpoints_disabled', 'Endpoints of the merchant that are told nothing.').set(counters.disabledEndpoints);
  const mode = gauge('outage_mode', 'Which mode charging is in: 1 for that one, 0 for the others.', 'mode');
  for (const one of ['closed', 'open', 'half_open'] as const)
    mode.set({ mode: one }, one === counters.outageMode ? 1 : 0);
  gauge('workers', 'Workers that ticked within the last hour.').set(counters.workers.length);
  const age = gauge('worker_last_tick_age_seconds', 'Since a worker began or finished a tick.', 'worker');
  const took = gauge('worker_tick_seconds', 'How long its last tick took.', 'worker');
  for (const { id, lastTickAgeSeconds, tickSeconds } of counters.workers) {
    age.set({ worker: id }, lastTickAgeSeconds);
    if (tickSeconds !== null) took.set({ worker: id }, tickSeconds);
  }
  return { type: registry.contentType, text: await registry.metrics() };
}
