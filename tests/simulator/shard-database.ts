import postgres from 'postgres';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';

/** The database of one shard, with a clock of its own and an eye on every lease. */
export interface ShardDatabase {
  url: string;
  /** Empties every table, so that each seed begins alike. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

/** A column that says when a row is due, by the names that queues have. */
const DUE_COLUMNS = ['due_at', 'retry_at', 'change_at', 'step_at', 'next_step_at', 'check_at'];

/**
 * Database time is the simulator's: `clock_timestamp()` is found in the schema `simulator` first. A lease that is taken
 * while another process holds it is written down there, an attempt that is sent or settled by one that has lost its lease,
 * and an invoice whose schedule did not move in its transaction.
 */
const INSTRUMENTS = `
  create schema simulator;
  create function simulator.clock_timestamp() returns timestamptz language sql stable
    as $$ select current_setting('perennial.now')::timestamptz $$;
  create table simulator.broken (invariant text not null, detail text not null);
  create function simulator.lease_was_taken() returns trigger language plpgsql as $$ begin
    insert into simulator.broken values ('lease', tg_table_name || ' ' || new.id || ' was claimed while its lease ran until ' || old.lease_until);
    return null;
  end $$;
  create unlogged table simulator.holders (id text primary key, actor text not null);
  create function simulator.lease_was_given() returns trigger language plpgsql as $$ begin
    insert into simulator.holders values (new.id, current_setting('perennial.actor'))
      on conflict (id) do update set actor = excluded.actor;
    return null;
  end $$;
  create function simulator.answer_was_settled() returns trigger language plpgsql as $$ begin
    if exists (select from simulator.holders where id = new.id and actor <> current_setting('perennial.actor')) then
      insert into simulator.broken values ('fence', 'attempt ' || new.id || ' was settled as ' || new.status || ' by a process that had lost its lease');
    end if;
    return null;
  end $$;
  create function simulator.attempt_was_marked() returns trigger language plpgsql as $$ begin
    if exists (select from simulator.holders where id = new.id and actor <> current_setting('perennial.actor')) then
      insert into simulator.broken values ('fence', 'attempt ' || new.id || ' was marked as sent by a process that had lost its lease');
    end if;
    return null;
  end $$;
  create function simulator.schedule_has_moved() returns trigger language plpgsql as $$ begin
    if not exists (select from public.subscriptions where id = new.subscription_id and next_charge_on >= new.period_end) then
      insert into simulator.broken values ('10', 'invoice ' || new.id || ' was committed without its schedule');
    end if;
    return null;
  end $$;
  create constraint trigger simulator_schedule after insert on public.invoices deferrable initially deferred
    for each row execute function simulator.schedule_has_moved();
  create trigger simulator_given after update of lease_epoch on public.charge_attempts
    for each row when (new.lease_epoch <> old.lease_epoch) execute function simulator.lease_was_given();
  create trigger simulator_marked after update of tries on public.charge_attempts
    for each row when (new.status = 'sent' and new.tries > old.tries) execute function simulator.attempt_was_marked();
  create trigger simulator_settled after update of status on public.charge_attempts
    for each row when (old.status = 'sent' and new.status in ('unknown', 'failed', 'action_required'))
    execute function simulator.answer_was_settled();
  create function simulator.captured_was_left() returns trigger language plpgsql as $$ begin
    insert into simulator.broken values ('19', 'attempt ' || new.id || ' went from captured to ' || new.status);
    return null;
  end $$;
  create trigger simulator_captured after update on public.charge_attempts
    for each row when (old.status = 'captured' and new.status <> 'captured') execute function simulator.captured_was_left();`;

/** Creates and migrates it. */
export async function createShardDatabase(serverUrl: string): Promise<ShardDatabase> {
  const url = await createTestDatabase(serverUrl);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(INSTRUMENTS);
  const tables = await sql<{ name: string; isLeased: boolean }[]>`
    select tables.tablename as name, exists (
      select from information_schema.columns
      where table_schema = 'public' and table_name = tables.tablename and column_name = 'lease_epoch') as "isLeased"
    from pg_tables tables where schemaname = 'public' order by tablename`;
  for (const { name, isLeased } of tables) {
    await sql.unsafe(`alter table public."${name}" set (autovacuum_enabled = off)`);
    if (isLeased)
      await sql.unsafe(`create trigger simulator_lease after update of lease_epoch on public."${name}" for each row
        when (old.lease_until >= simulator.clock_timestamp()) execute function simulator.lease_was_taken()`);
  }
  const names = tables.map(({ name }) => `public."${name}"`).join(', ');
  // The audit log refuses to be emptied, but for replication.
  await sql`set session_replication_role = replica`;
  return {
    url,
    empty: async () => {
      await sql.unsafe(`truncate ${names}, simulator.broken, simulator.holders restart identity`);
    },
    drop: async () => {
      await sql.end();
      await dropDatabase(serverUrl, url);
    },
  };
}

/**
 * The statement that says when something is due next after now, and whether something is due and free now. Nobody comes for
 * the nightly sweeps alone; they are done by whoever comes next.
 */
export async function dueStatement(sql: postgres.Sql): Promise<string> {
  const columns = await sql<{ table: string; column: string }[]>`
    select columns.table_name as table, columns.column_name as column from information_schema.columns columns
    where columns.table_schema = 'public' and columns.table_name <> 'sweeps' and columns.column_name in ${sql(DUE_COLUMNS)} and exists (
      select from information_schema.columns leases where leases.table_schema = 'public'
        and leases.table_name = columns.table_name and leases.column_name = 'lease_until')
    order by 1, 2`;
  const parts = columns.map(
    ({ table, column }) => `
    select greatest("${column}", lease_until) as at from public."${table}" where "${column}" is not null`,
  );
  parts.push(`
    select next_charge_at as at from public.subscriptions where billing_method = 'hsa_fsa'
      and status in ('active', 'trialing') and cancel_on is null and next_charge_at is not null`);
  return `select min(at) filter (where at > $1::timestamptz) as next, count(*) filter (where at <= $1::timestamptz)::int as ready
    from (${parts.join(' union all ')}) due`;
}
