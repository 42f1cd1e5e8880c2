import { sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import { rateLimits } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import type { SweepPiece } from './sweep';

const AT_ONCE = 5_000;
/** Longer than any window: what began before it counts for nobody. */
const KEPT_HOURS = 24;

/** Removes hits of rate limits that count no more: those of an address that never comes back are counted out by nobody else. Database time. */
export async function forgetOldHits(ctx: Pick<Context, 'db'>): Promise<SweepPiece> {
  const gone = await ctx.db.execute(sql`
    delete from ${rateLimits} where (key, window_start) in (
      select key, window_start from ${rateLimits}
      where window_start < ${databaseNow} - make_interval(hours => ${KEPT_HOURS}) limit ${AT_ONCE})
    returning 1`);
  return gone.length < AT_ONCE ? 'done' : { cursor: 'more', waitMs: 0 };
}
