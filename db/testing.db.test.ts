import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDatabase } from './migrate';
import { aDatabase, type TestDatabase } from './testing';

describe('a test database', () => {
  let first: TestDatabase;
  let second: TestDatabase;
  beforeAll(async () => {
    [first, second] = await Promise.all([aDatabase(), aDatabase()]);
  });
  afterAll(() => Promise.all([first.drop(), second.drop()]));

  it('is up to date, so that migrating it applies nothing', async () => {
    expect(await migrateDatabase(first.url)).toEqual([]);
  });

  it("is nobody else's", async () => {
    await first.sql`create table only_here (id integer)`;
    expect(await second.db.execute(sql`select to_regclass('only_here') as found`)).toEqual([{ found: null }]);
  });

  it('acknowledges a write when it is on disk, as in operation', async () => {
    const [fsync] = await first.sql`show fsync`;
    const [commit] = await first.sql`show synchronous_commit`;
    expect([fsync?.fsync, commit?.synchronous_commit]).toEqual(['on', 'on']);
  });

  it('sorts and compares text the same on every machine', async () => {
    const [row] =
      await first.sql`select datlocprovider as provider, datlocale as locale from pg_database where datname = current_database()`;
    expect(row).toEqual({ provider: 'b', locale: 'C.UTF-8' });
  });
});
