import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrateDatabase } from './migrate';

/** Creates a migrated, empty database to clone others from and returns its name. */
export async function createTemplate(serverUrl: string): Promise<string> {
  const name = `template_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)}`);
  await migrateDatabase(withDatabase(serverUrl, name));
  return name;
}

/** Clones a template and returns the new database's address. */
export async function cloneTemplate(serverUrl: string, template: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return withDatabase(serverUrl, name);
}

/** Removes a database, whoever is still connected to it. */
export async function dropDatabase(serverUrl: string, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await onServer(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
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
