import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { contextFor } from '@/lib/context';
import { checkInvariants } from '@/lib/views/check-invariants';
import { Ledger } from '@/lib/views/ledger-invariants';
import type { ChaosWorld } from './chaos-world';

/** How long work lay there after the lease of its dead worker was over, in seconds, and how often that happened. */
export interface TakeOvers {
  count: number;
  median: number;
  p99: number;
  longest: number;
}

/** A stop of PostgreSQL: from, and until it answered again. Of this machine's clock, which is the database's too. */
export interface Stop {
  from: Date;
  until: Date;
}

/** What is marked as sent and not settled, each with the try that it is. */
export async function readInFlight(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ id: string; tries: number }>(
    sql`select id, tries from charge_attempts where due_at is not null and status in ('sent', 'unknown')`,
  );
  return rows.map(({ id, tries }) => `${id} ${tries}`);
}

/** From now on the database itself writes down whenever somebody takes an attempt whose lease has run out unsettled. */
export async function keepTakeOvers(db: Queryable): Promise<void> {
  await db.execute(
    sql`create table chaos_take_overs (lease_until timestamptz not null, at timestamptz not null default clock_timestamp())`,
  );
  await db.execute(sql`create function chaos_take_over() returns trigger language plpgsql as
    $$ begin insert into chaos_take_overs (lease_until) values (old.lease_until); return null; end $$`);
  await db.execute(sql`create trigger chaos_take_over after update of lease_epoch on charge_attempts for each row
    when (old.lease_until is not null and new.lease_epoch > old.lease_epoch) execute function chaos_take_over()`);
}

/** While PostgreSQL is not there nobody can take anything: that time is not counted, and `stopped` has whatever waited through it. */
export async function readTakeOvers(
  db: Queryable,
  stops: readonly Stop[],
): Promise<{ running: TakeOvers; stopped: TakeOvers }> {
  const rows = await db.execute<{ seconds: number; wasStopped: boolean }>(sql`
    select extract(epoch from taken.at - taken.lease_until
        - coalesce(stop.until - greatest(stop."from", taken.lease_until), interval '0 seconds'))::float8 as seconds,
      stop.until is not null as "wasStopped"
    from chaos_take_overs taken left join json_to_recordset(${JSON.stringify(stops)}::text::json)
      as stop ("from" timestamptz, until timestamptz) on taken.lease_until < stop.until and stop."from" < taken.at`);
  const of = (wasStopped: boolean) =>
    takeOvers(rows.filter((row) => row.wasStopped === wasStopped).map(({ seconds }) => seconds));
  return { running: of(false), stopped: of(true) };
}

function takeOvers(seconds: readonly number[]): TakeOvers {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  return { count: sorted.length, median: at(0.5), p99: at(0.99), longest: at(1) };
}

/** What the sandbox's ledger and our tables say of each other. `lost`: charges without a paid invoice, and orders that stay unpaid. */
export interface Comparison {
  renewals: number;
  captured_twice: number;
  lost: number;
  resends: number;
  brokenInvariants: string[];
}

/** Compares them, once everything has healed. */
export async function compare({ runtime, truemed }: ChaosWorld): Promise<Comparison> {
  await truemed.settle();
  const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
  const ledger = Ledger.parse(await truemed.ledger());
  const capturedOf = new Map<string, number>();
  for (const { metadata } of ledger.charges) {
    if (metadata !== null) capturedOf.set(metadata, (capturedOf.get(metadata) ?? 0) + 1);
  }
  const ours = await runtime.db.execute<{ id: string; status: string }>(
    sql`select id, status from invoices where status <> 'skipped'`,
  );
  const paid = new Set(ours.filter(({ status }) => status === 'paid').map(({ id }) => id));
  const chargedUnpaid = [...capturedOf.keys()].filter((id) => !paid.has(id)).length;
  const unpaid = ours.length - paid.size;
  const paidUncharged = [...paid].filter((id) => !capturedOf.has(id)).length;
  const [sent] = await runtime.db.execute<{ again: number }>(
    sql`select coalesce(sum(tries - 1), 0)::int as again from charge_attempts where tries > 1`,
  );
  const invariants = await checkInvariants(ctx, async () => ledger);
  return {
    renewals: paid.size,
    captured_twice: [...capturedOf.values()].filter((times) => times > 1).length,
    lost: chargedUnpaid + unpaid + paidUncharged,
    resends: sent?.again ?? 0,
    brokenInvariants: invariants
      .filter(({ violations }) => (violations ?? 0) > 0)
      .map(({ number, title, violations }) => `${number} ${title}: ${violations}`),
  };
}
