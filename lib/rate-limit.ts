import { sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import type { Queryable } from '@/db/client';
import { rateLimits } from '@/db/schema/operations';

/** So many hits in so many seconds, wherever the seconds begin. */
export interface RateLimit {
  hits: number;
  windowSeconds: number;
}

/**
 * Counts one hit of `key` and says whether it is within the limit; a refused one is not counted, so nobody is locked out
 * for longer by going on. The hits of the window before weigh by how much of it still lies within the last
 * `windowSeconds`, so there is no gap at a window's edge. Database time. One key is always used with one limit.
 */
export async function withinRateLimit(db: Queryable, key: string, limit: RateLimit): Promise<boolean> {
  const rows = await db.execute(sql`
    with clock as materialized (
      select extract(epoch from ${databaseNow}) / ${limit.windowSeconds}::float8 as windows
    ), present as materialized (
      select to_timestamp(floor(windows) * ${limit.windowSeconds}::float8) as start,
        1 - (windows - floor(windows)) as weight from clock
    ), gone as (
      delete from ${rateLimits} using present where ${rateLimits.key} = ${key}
        and ${rateLimits.windowStart} < present.start - make_interval(secs => ${limit.windowSeconds})
    ), earlier as materialized (
      select present.start, coalesce(max(${rateLimits.hits}), 0) * present.weight as hits
      from present left join ${rateLimits} on ${rateLimits.key} = ${key}
        and ${rateLimits.windowStart} = present.start - make_interval(secs => ${limit.windowSeconds})
      group by present.start, present.weight
    )
    insert into ${rateLimits} (key, window_start, hits)
      select ${key}, start, 1 from earlier where hits + 1 <= ${limit.hits}::int
    on conflict (key, window_start) do update set hits = ${rateLimits.hits} + 1
      where ${rateLimits.hits} + 1 + (select hits from earlier) <= ${limit.hits}::int
    returning hits`);
  return rows.length > 0;
}
