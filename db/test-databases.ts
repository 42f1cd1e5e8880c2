import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrateDatabase } from './migrate';

/** Creates a migrated, empty database and returns its address. */
export async function createTestDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)}`);
  const url = withDatabase(serverUrl, name);
  await migrateDatabase(url);
  return url;
}

/** Clones a database that nobody is connected to and returns the address of the copy. */
export async function cloneDatabase(serverUrl: string, templateUrl: string): Promise<string> {
  const template = nameOf(templateUrl);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return withDatabase(serverUrl, name);
}

/** Removes a database, whoever is still connected to it. */
export async function dropDatabase(serverUrl: string, url: string): Promise<void> {
  const name = nameOf(url);
  await onServer(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(serverUrl: string, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  try {
    await run(sql);
  } finally {
    await sql.end();
  }
}
