import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '@/db/client';
import { workers } from '@/db/schema/operations';
import { aDatabase, type TestDatabase } from '@/db/testing';
import { openLog } from '@/lib/log';
import { isWorkerSilent, readReadiness } from './health';

let database: TestDatabase;
const log = openLog('silent');
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.drop());

const readiness = () => readReadiness({ db: database.db, log });
async function tickedSecondsAgo(seconds: number): Promise<void> {
  const at = sql`clock_timestamp() - make_interval(secs => ${seconds})`;
  await database.db.delete(workers);
  await database.db.insert(workers).values({ id: 'one', startedAt: at, lastTickAt: at });
}

describe('readiness', () => {
  it('is there with a migrated database, and says that no worker has ever ticked', async () => {
    expect(await readiness()).toEqual({
      status: 'ok',
      database: 'reachable',
      migrations: 'current',
      lastTickAgeSeconds: null,
      worker: 'silent',
    });
  });

  it('tells the age of the last tick, and that workers are silent after five minutes', async () => {
    await tickedSecondsAgo(3);
    expect(await readiness()).toMatchObject({ status: 'ok', lastTickAgeSeconds: 3, worker: 'ticking' });
    await tickedSecondsAgo(301);
    expect(await readiness()).toMatchObject({ status: 'ok', lastTickAgeSeconds: 301, worker: 'silent' });
    expect([isWorkerSilent(299), isWorkerSilent(300)]).toEqual([false, true]);
  });

  it('fails while the database does not answer', async () => {
    const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/none');
    expect(await readReadiness({ db, log })).toEqual({
      status: 'unavailable',
      database: 'unreachable',
      migrations: null,
      lastTickAgeSeconds: null,
      worker: null,
    });
    await close();
  });

  it('fails while the database lacks migrations of this build, and holds while it is ahead', async () => {
    await database.sql`update drizzle.__drizzle_migrations set created_at = created_at + 1`;
    expect(await readiness()).toMatchObject({ status: 'ok', migrations: 'current' });
    await database.sql`update drizzle.__drizzle_migrations set created_at = created_at - 2`;
    expect(await readiness()).toMatchObject({ status: 'unavailable', migrations: 'behind' });
    await database.sql`alter schema drizzle rename to elsewhere`;
    expect(await readiness()).toMatchObject({ status: 'unavailable', database: 'reachable', migrations: 'behind' });
  });
});
