import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rateLimits, sweeps } from '@/db/schema/operations';
import { tick } from '@/lib/jobs/tick';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

const tokenSweep = async () => {
  const [row] = await world.runtime.db.select().from(sweeps).where(eq(sweeps.id, 'tokens'));
  if (row === undefined) throw new Error('There is no sweep.');
  return row;
};

it('the nights after, hits of nobody who came back are forgotten, and those that still count are kept', async () => {
  const { db } = world.runtime;
  await db.execute(sql`insert into rate_limits (key, window_start, hits)
    select 'network:' || n, clock_timestamp() - interval '25 hours', 1 from generate_series(1, 5001) n
    union all select 'address', clock_timestamp() - interval '10 minutes', 5`);
  await world.settle();
  expect(await db.$count(rateLimits)).toBe(5002);
  await world.advance({ days: 1 });
  await world.settle();
  expect(await db.select({ key: rateLimits.key, hits: rateLimits.hits }).from(rateLimits)).toEqual([
    { key: 'address', hits: 5 },
  ]);
  const [done] = await db.select().from(sweeps).where(eq(sweeps.id, 'rateLimits'));
  expect(done).toMatchObject({ cursor: null, startedAt: null, finishedAt: expect.any(Date) });
});

it('the sweep of tokens comes back within a day, however long Truemed asks it to wait', async () => {
  await world.settle();
  await world.advance({ days: 1 });
  const ctx = await world.system();
  const listPaymentTokenPage: typeof ctx.truemed.listPaymentTokenPage = async () => ({
    kind: 'unavailable',
    reason: 'server_error',
    retryAfterSeconds: 10 ** 10,
  });
  await tick({ ...ctx, truemed: { ...ctx.truemed, listPaymentTokenPage } });
  const { dueAt, finishedAt } = await tokenSweep();
  expect(dueAt.getTime() - ctx.now.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
  await world.advance({ days: 1 });
  await world.settle();
  expect((await tokenSweep()).finishedAt).not.toEqual(finishedAt);
});
