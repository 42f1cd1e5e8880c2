import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { assertOutsideTransaction, insideTransaction } from '@/lib/core/transaction-scope';
import * as billing from './schema/billing';
import * as catalog from './schema/catalog';
import * as decisions from './schema/decisions';
import * as events from './schema/events';
import * as imports from './schema/imports';
import * as messages from './schema/messages';
import * as operations from './schema/operations';
import * as outages from './schema/outages';
import * as people from './schema/people';
import * as provisioning from './schema/provisioning';
import * as refunds from './schema/refunds';
import * as subscriptions from './schema/subscriptions';

const schema = {
  ...billing,
  ...decisions,
  ...events,
  ...catalog,
  ...imports,
  ...messages,
  ...operations,
  ...outages,
  ...people,
  ...provisioning,
  ...refunds,
  ...subscriptions,
};

/** A pool of connections; `$client` is the driver itself, for a statement that must be one constant text. */
export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };
/** What reads and writes go through: the pool, or one open transaction. */
export type Queryable = PgDatabase<PostgresJsQueryResultHKT, typeof schema>;

/** A server that went away is asked again so soon; by itself the driver would wait up to twenty seconds after it is back. */
const RECONNECT_SECONDS = 0.25;

/** Opens a pool on a PostgreSQL address. `close` waits for running queries, five seconds at most. */
export function openDatabase(
  url: string,
  options: { poolSize?: number } = {},
): { db: Database; close: () => Promise<void> } {
  const sql = postgres(url, {
    max: options.poolSize ?? 10,
    onnotice: () => {},
    backoff: () => RECONNECT_SECONDS,
    connection: { application_name: 'perennial' },
  });
  return { db: databaseOn(sql), close: () => sql.end({ timeout: 5 }) };
}

/** The database behind a driver that is open already: for the simulator, which decides when each statement runs. */
export function databaseOn(sql: postgres.Sql): Database {
  return drizzle(sql, { schema });
}

/** Postgres gives up a transaction for its neighbours' sake with these codes; running it again is right. */
const RERUN_CODES = new Set(['40001', '40P01']);
const MAX_RUNS = 3;

/**
 * One transaction. It commits when `run` returns and rolls back when it throws; inside it the network is out of reach. After
 * a deadlock or a serialization failure it is run again, three times in all, so `run` must change nothing but the database.
 */
export async function inTransaction<T>(db: Database, run: (tx: Queryable) => Promise<T>): Promise<T> {
  assertOutsideTransaction('A second transaction');
  for (let runs = 1; ; runs += 1) {
    try {
      return await insideTransaction(() => db.transaction(run));
    } catch (error) {
      if (runs === MAX_RUNS || !RERUN_CODES.has(postgresCode(error) ?? '')) throw error;
    }
  }
}

/** The five-character code of a PostgreSQL error, also where Drizzle has wrapped it; null for anything else. */
export function postgresCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof postgres.PostgresError) return error.code;
  return postgresCode(error.cause);
}
