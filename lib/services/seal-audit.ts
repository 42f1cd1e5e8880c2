import { hash } from 'node:crypto';
import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { auditLog, auditSeals } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';
import type { SweepPiece } from './sweep';

/** The lock that lets one process at a time lengthen the chain. */
const SEAL_LOCK = 7_301;
// A transaction may commit after one that began later; so far back its entries are still looked for with each tick.
const LOOK_BACK = 5_000;
/** Of one piece of the night. */
const NIGHTLY = 1_000;
const GENESIS = '0'.repeat(64);

/** Once a night all of the log is gone through for entries without a seal: one that was committed very late is not left for ever. */
export async function sealLeftBehind(ctx: Context): Promise<SweepPiece> {
  const sealed = await sealAudit(ctx, NIGHTLY, Number.POSITIVE_INFINITY);
  return sealed < NIGHTLY ? 'done' : { cursor: '', waitMs: 0 };
}

/**
 * Seals audit entries that have no seal yet, in the order of writing, from `lookBack` positions before the last that has one.
 * Returns how many; 0 where another process is at it.
 */
export async function sealAudit(ctx: Context, limit: number, lookBack = LOOK_BACK): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${SEAL_LOCK}) as taken`);
    if (lock?.taken !== true) return 0;
    const [last] = await tx
      .select({ sequence: auditSeals.sequence, hash: auditSeals.hash, position: auditLog.position })
      .from(auditSeals)
      .innerJoin(auditLog, eq(auditLog.id, auditSeals.auditId))
      .orderBy(desc(auditSeals.sequence))
      .limit(1);
    const open = await tx
      .select({ entry: auditLog })
      .from(auditLog)
      .leftJoin(auditSeals, eq(auditSeals.auditId, auditLog.id))
      .where(and(isNull(auditSeals.auditId), gt(auditLog.position, Math.max(0, (last?.position ?? 0) - lookBack))))
      .orderBy(asc(auditLog.position))
      .limit(limit);
    let previous = last?.hash ?? GENESIS;
    let sequence = last?.sequence ?? 0;
    const seals = open.map(({ entry }) => {
      sequence += 1;
      previous = sealHash(previous, entry);
      return { sequence, auditId: entry.id, hash: previous };
    });
    if (seals.length > 0)
      await tx.execute(sql`
        insert into ${auditSeals} (sequence, audit_id, hash)
        select sequence, "auditId", hash from json_to_recordset(${JSON.stringify(seals)}::text::json)
          as seal (sequence bigint, "auditId" text, hash text)`);
    return seals.length;
  });
}

/** The hash of one entry in the chain: SHA-256 of the previous hash and the entry's fields as JSON, in a fixed order. */
export function sealHash(previous: string, entry: Omit<typeof auditLog.$inferSelect, 'position'>): string {
  const { id, at, actor, action, subject, customerId, cause, change } = entry;
  const fields = JSON.stringify([id, at.toISOString(), actor, action, subject, customerId, cause]);
  return sealHashOf(previous, fields.slice(1, -1), change);
}

/** The same, of fields that are JSON already: those before `change`, parted by commas. */
export function sealHashOf(previous: string, fields: string, change: unknown): string {
  return hash('sha256', `["${previous}",${fields},${JSON.stringify(canonical(change))}]`);
}

// jsonb does not keep the order of keys, so the hash must not depend on it.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
