import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

const FOLDER = join(import.meta.dirname, 'migrations');
/** Any number, the same in every process: who holds it migrates. */
const LOCK = 7_361_524;

/**
 * Brings a database up to date and returns the names of the migrations that it applied, oldest first. Processes that do
 * it at once take turns. A migration that cannot get its locks within five seconds is undone and thrown, so that it does
 * not hold up the queries behind it.
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    const before = await countApplied(sql);
    await sql`set lock_timeout = '5s'`;
    await migrate(drizzle(sql), { migrationsFolder: FOLDER });
    return migrationNames().slice(before);
  } finally {
    // The lock is the session's, and ends with it.
    await sql.end();
  }
}

/** The names of all migrations, oldest first. */
export function migrationNames(): string[] {
  const journal: { entries: { tag: string }[] } = JSON.parse(readFileSync(join(FOLDER, 'meta/_journal.json'), 'utf8'));
  return journal.entries.map((entry) => entry.tag);
}

async function countApplied(sql: postgres.Sql): Promise<number> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`;
  if (!table?.exists) return 0;
  const [row] = await sql`select count(*)::int as count from drizzle.__drizzle_migrations`;
  return Number(row?.count);
}
