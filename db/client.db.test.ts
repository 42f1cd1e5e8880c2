import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase } from './client';
import { aDatabase } from './testing';

let database: Awaited<ReturnType<typeof aDatabase>>;
let db: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  database = await aDatabase();
  ({ db, close } = openDatabase(database.url, { poolSize: 2 }));
});
afterAll(async () => {
  await close();
  await database.drop();
});

/** Fails with a code of PostgreSQL's so many times; returns how often it ran, and what came of it. */
async function runFailing(code: string, times: number): Promise<{ runs: number; end: 'committed' | 'failed' }> {
  let runs = 0;
  const end = await inTransaction(db, async (tx) => {
    runs += 1;
    if (runs <= times)
      await tx.execute(sql.raw(`do $$ begin raise exception 'on purpose' using errcode = '${code}'; end $$`));
  }).then(
    () => 'committed' as const,
    () => 'failed' as const,
  );
  return { runs, end };
}

describe('a transaction', () => {
  it.each(['40001', '40P01'])('that PostgreSQL gives up with %s is run again, three times in all', async (code) => {
    expect(await runFailing(code, 1)).toEqual({ runs: 2, end: 'committed' });
    expect(await runFailing(code, 2)).toEqual({ runs: 3, end: 'committed' });
    expect(await runFailing(code, 3)).toEqual({ runs: 3, end: 'failed' });
  });

  it.each(['23505', '55P03', '22012'])('that fails with %s is not', async (code) => {
    expect(await runFailing(code, 1)).toEqual({ runs: 1, end: 'failed' });
  });

  it('that deadlocks with another leaves both to commit', async () => {
    await db.execute(sql`create table places (id int primary key, visits int not null)`);
    await db.execute(sql`insert into places values (1, 0), (2, 0)`);
    const visit = (tx: Pick<Database, 'execute'>, id: number) =>
      tx.execute(sql`update places set visits = visits + 1 where id = ${id}`);
    let arrived = 0;
    let meet: () => void = () => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const go = (first: number, second: number) =>
      inTransaction(db, async (tx) => {
        await visit(tx, first);
        arrived += 1;
        if (arrived >= 2) meet();
        await met;
        await visit(tx, second);
      });
    await Promise.all([go(1, 2), go(2, 1)]);
    expect(arrived).toBe(3);
    expect([...(await db.execute(sql`select visits from places order by id`))]).toEqual([{ visits: 2 }, { visits: 2 }]);
  });
});
