import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rateLimits, sweeps } from '@/db/schema/operations';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

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
