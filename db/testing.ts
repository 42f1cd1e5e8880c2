import postgres from 'postgres';
import { inject } from 'vitest';
import { type Database, openDatabase } from './client';
import { cloneDatabase, dropDatabase } from './test-databases';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that this run's tests share. */
    testServerUrl: string;
    /** A migrated and empty database on it. */
    testTemplateUrl: string;
  }
}

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  db: Database;
  url: string;
  /** A second way in, for what a test wants to see or break in plain SQL. */
  sql: postgres.Sql;
  /** Closes the connections and removes the database. Call it in `afterAll`. */
  drop(): Promise<void>;
}

/** A fresh database on real PostgreSQL for a `*.db.test.ts` file: call it in `beforeAll`. It takes about 50 ms. */
export async function aDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('testServerUrl');
  const url = await cloneDatabase(serverUrl, inject('testTemplateUrl'));
  const { db, close } = openDatabase(url, { poolSize: 8 });
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  return {
    db,
    url,
    sql,
    drop: async () => {
      await Promise.all([close(), sql.end({ timeout: 5 })]);
      await dropDatabase(serverUrl, url);
    },
  };
}
