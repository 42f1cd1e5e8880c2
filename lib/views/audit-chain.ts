import { asc, eq, gt } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditLog, auditSeals } from '@/db/schema/operations';
import { sealHash } from '@/lib/services/seal-audit';

const PAGE = 5_000;
const GENESIS = '0'.repeat(64);

/** How many seals of the audit log do not follow from the entry they seal and the seal before them, or are missing in the row of numbers. */
export async function countBrokenSeals(db: Queryable): Promise<number> {
  let broken = 0;
  let previous = { sequence: 0, hash: GENESIS };
  for (;;) {
    const page = await db
      .select({ sequence: auditSeals.sequence, hash: auditSeals.hash, entry: auditLog })
      .from(auditSeals)
      .innerJoin(auditLog, eq(auditLog.id, auditSeals.auditId))
      .where(gt(auditSeals.sequence, previous.sequence))
      .orderBy(asc(auditSeals.sequence))
      .limit(PAGE);
    for (const { sequence, hash, entry } of page) {
      if (sequence !== previous.sequence + 1 || hash !== sealHash(previous.hash, entry)) broken += 1;
      previous = { sequence, hash };
    }
    if (page.length < PAGE) return broken;
  }
}
