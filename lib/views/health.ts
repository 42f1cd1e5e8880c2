import { sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import journal from '@/db/migrations/meta/_journal.json';
import { workers } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { withDeadline } from '@/lib/deadline';

/** No tick by any worker for this long is an alarm: here, and on the staff's first page. */
export const WORKER_SILENT_SECONDS = 5 * 60;
/** A probe that hears nothing for this long is told that the database does not answer. */
const ANSWER_WITHIN_MS = 3_000;

/** The body of `GET /api/health/ready`. */
export interface Readiness {
  /** `ok`: requests can be served. A silent worker does not make the web process unready, so it is said beside. */
  status: 'ok' | 'unavailable';
  database: 'reachable' | 'unreachable';
  /** `behind`: this build has migrations that the database has not; null: not known. */
  migrations: 'current' | 'behind' | null;
  /** Whole seconds since any worker last finished or began a tick; null: none ever did, or not known. */
  lastTickAgeSeconds: number | null;
  /** `silent`: no worker has ticked for five minutes. Null: not known. */
  worker: 'ticking' | 'silent' | null;
}

/**
 * What the web process and its database are able to do. Open to everybody, since it tells nothing about anybody. Ages are by
 * the database's clock, by which workers also stamp their ticks: moving business time makes nobody look dead. Never throws:
 * a database that refuses, or is silent for three seconds, is `unreachable`.
 */
export async function readReadiness(ctx: Pick<Context, 'db' | 'log'>): Promise<Readiness> {
  try {
    return await withDeadline(ANSWER_WITHIN_MS, askDatabase(ctx.db));
  } catch (error) {
    ctx.log.error({ event: 'health.unavailable', error });
    const unknown = { migrations: null, lastTickAgeSeconds: null, worker: null };
    return { status: 'unavailable', database: 'unreachable', ...unknown };
  }
}

/** Whether the age of the last tick is an alarm; a deployment in which none ever ticked is silent too. */
export function isWorkerSilent(lastTickAgeSeconds: number | null): boolean {
  return lastTickAgeSeconds === null || lastTickAgeSeconds >= WORKER_SILENT_SECONDS;
}

/** Whole seconds since the last tick of any worker, by the database's clock; null where none ever ticked. */
export async function readLastTickAge(db: Context['db']): Promise<number | null> {
  const [row] = await db
    .select({
      age: sql<number | null>`extract(epoch from ${databaseNow} - max(${workers.lastTickAt}))::float8`,
    })
    .from(workers);
  return row?.age == null ? null : Math.max(0, Math.floor(row.age));
}

async function askDatabase(db: Context['db']): Promise<Readiness> {
  if (!(await isMigrated(db))) {
    return {
      status: 'unavailable',
      database: 'reachable',
      migrations: 'behind',
      lastTickAgeSeconds: null,
      worker: null,
    };
  }
  const lastTickAgeSeconds = await readLastTickAge(db);
  const worker = isWorkerSilent(lastTickAgeSeconds) ? 'silent' : 'ticking';
  return { status: 'ok', database: 'reachable', migrations: 'current', lastTickAgeSeconds, worker };
}

// A database that is ahead is fine: while releases change, the older one still runs beside it.
async function isMigrated(db: Context['db']): Promise<boolean> {
  const [table] = await db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`);
  if (table?.exists !== true) return false;
  const [last] = await db.execute<{ at: string | null }>(
    sql`select max(created_at) as at from drizzle.__drizzle_migrations`,
  );
  return Number(last?.at ?? 0) >= Math.max(...journal.entries.map((entry) => entry.when));
}
