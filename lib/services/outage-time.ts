import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { outages } from '@/db/schema/outages';

/** How long Truemed was out between two instants of business time, in milliseconds: recovery's clocks stand still meanwhile. */
export async function outageMillisBetween(db: Queryable, from: Date, to: Date): Promise<number> {
  const [after, before] = [from, to].map((at) => sql`${at.toISOString()}::timestamptz`);
  const end = sql`least(coalesce(${outages.endedAt}, ${before}), ${before})`;
  const [row] = await db.execute<{ ms: number }>(sql`
    select coalesce(sum(extract(epoch from ${end} - greatest(${outages.startedAt}, ${after})) * 1000), 0)::float8 as ms
    from ${outages}
    where (${outages.endedAt} > ${after} or ${outages.endedAt} is null) and ${outages.startedAt} < ${before}`);
  return Math.round(row?.ms ?? 0);
}
