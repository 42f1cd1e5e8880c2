import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditLog, auditSeals } from '@/db/schema/operations';
import { sealHash } from '@/lib/services/seal-audit';

const PAGE = 5_000;
const GENESIS = '0'.repeat(64);

interface Sealed extends Record<string, unknown>, Omit<Parameters<typeof sealHash>[1], 'at'> {
  sequence: number;
  hash: string;
  /** Milliseconds since 1970. */
  ms: number;
}

/** How many seals of the audit log do not follow from the entry they seal and the seal before them, or are missing in the row of numbers. */
export async function countBrokenSeals(db: Queryable): Promise<number> {
  const [end] = await db.execute<{ last: number }>(
    sql`select coalesce(max(${auditSeals.sequence}), 0)::float8 as last from ${auditSeals}`,
  );
  const last = end?.last ?? 0;
  let broken = 0;
  let previous = { sequence: 0, hash: GENESIS };
  let page = readPage(db, 0);
  for (let from = 0; from < last; from += PAGE) {
    const rows = await page;
    // The next page is read while this one is checked.
    if (from + PAGE < last) page = readPage(db, from + PAGE);
    for (const { sequence, hash, ms, id, actor, action, subject, customerId, cause, change } of rows) {
      const at = new Date(Math.round(ms));
      const follows = sealHash(previous.hash, { id, at, actor, action, subject, customerId, cause, change });
      if (sequence !== previous.sequence + 1 || hash !== follows) broken += 1;
      previous = { sequence, hash };
    }
  }
  return broken;
}

// By hand, not as rows of the schema: a log has millions.
async function readPage(db: Queryable, after: number): Promise<Sealed[]> {
  const { id, at, actor, action, subject, customerId, cause, change } = auditLog;
  return db.execute<Sealed>(sql`
    select ${auditSeals.sequence}::float8 as sequence, ${auditSeals.hash} as hash, ${id} as id,
      extract(epoch from date_trunc('milliseconds', ${at}))::float8 * 1000 as ms, ${actor} as actor, ${action} as action,
      ${subject} as subject, ${customerId} as "customerId", ${cause} as cause, ${change} as change
    from ${auditSeals} join ${auditLog} on ${id} = ${auditSeals.auditId}
    where ${auditSeals.sequence} > ${after} and ${auditSeals.sequence} <= ${after + PAGE}
    order by ${auditSeals.sequence}`);
}
