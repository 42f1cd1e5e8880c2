import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queryable } from '@/db/client';
import { rateLimits } from '@/db/schema/operations';
import { aDatabase, type TestDatabase } from '@/db/testing';
import { type RateLimit, withinRateLimit } from './rate-limit';

const LIMIT: RateLimit = { hits: 5, windowSeconds: 900 };

let database: TestDatabase;

beforeAll(async () => {
  database = await aDatabase();
});

afterAll(() => database.drop());

/** Runs at an exact database time: `clock_timestamp()` plus the offset that only tests and the simulator set. */
async function at<T>(isoTime: string, run: (tx: Queryable) => Promise<T>): Promise<T> {
  return database.db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('perennial.clock_offset', (${isoTime}::timestamptz - clock_timestamp())::text, true)`,
    );
    return run(tx);
  });
}

async function hit(isoTime: string, key: string, times: number): Promise<number> {
  return at(isoTime, async (tx) => {
    let allowed = 0;
    for (let i = 0; i < times; i += 1) if (await withinRateLimit(tx, key, LIMIT)) allowed += 1;
    return allowed;
  });
}

describe('five in fifteen minutes', () => {
  test('the sixth is refused', async () => {
    expect(await hit('2027-01-12T14:01:00Z', 'sixth', 6)).toBe(5);
  });

  test('one key does not count for another', async () => {
    expect(await hit('2027-01-12T14:01:00Z', 'one', 5)).toBe(5);
    expect(await hit('2027-01-12T14:01:00Z', 'other', 5)).toBe(5);
  });

  test('the edge of a window is no gap', async () => {
    expect(await hit('2027-01-12T14:14:58Z', 'edge', 5)).toBe(5);
    expect(await hit('2027-01-12T14:15:02Z', 'edge', 5)).toBe(0);
  });

  test('room comes back as time goes by, all of it after two windows', async () => {
    expect(await hit('2027-01-12T14:14:58Z', 'later', 5)).toBe(5);
    expect(await hit('2027-01-12T14:24:00Z', 'later', 5)).toBe(3);
    expect(await hit('2027-01-12T14:45:00Z', 'later', 6)).toBe(5);
  });

  test('refused ones do not prolong the refusal', async () => {
    expect(await hit('2027-01-12T14:01:00Z', 'stubborn', 50)).toBe(5);
    expect(await hit('2027-01-12T14:30:00Z', 'stubborn', 5)).toBe(5);
  });

  test('windows that no longer count are removed', async () => {
    await hit('2027-01-12T14:01:00Z', 'old', 1);
    await hit('2027-01-12T16:01:00Z', 'old', 1);
    const kept = await database.db.select().from(rateLimits).where(sql`${rateLimits.key} = 'old'`);
    expect(kept.map((row) => row.windowStart.toISOString())).toEqual(['2027-01-12T16:00:00.000Z']);
  });

  test('twenty at the same moment are five', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        withinRateLimit(database.db, 'at once', { hits: 5, windowSeconds: 86_400 * 365 }),
      ),
    );
    expect(all.filter(Boolean)).toHaveLength(5);
  });
});
