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

it('the sweep of tokens ends where Truemed gives the same page again and again', async () => {
  await world.aCharged({ nextChargeOn: '2027-11-12' });
  await world.settle();
  await world.advance({ days: 1 });
  const ctx = await world.system();
  let asked = 0;
  const listPaymentTokenPage: typeof ctx.truemed.listPaymentTokenPage = async (query) => {
    asked += 1;
    const answer = await ctx.truemed.listPaymentTokenPage({ ...query, page: 1 });
    return answer.kind === 'found' ? { ...answer, value: { ...answer.value, lastPage: null } } : answer;
  };
  const { finishedAt } = await tokenSweep();
  for (let ticks = 0; ticks < 3; ticks += 1) await tick({ ...ctx, truemed: { ...ctx.truemed, listPaymentTokenPage } });
  expect(asked).toBe(2);
  expect((await tokenSweep()).finishedAt).not.toEqual(finishedAt);
});
