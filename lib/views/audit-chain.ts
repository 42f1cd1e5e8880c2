import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Queryable } from '@/db/client';
import { auditLog, auditSeals } from '@/db/schema/operations';
import { sealHashOf } from '@/lib/services/seal-audit';

const PAGE = 5_000;
const GENESIS = '0'.repeat(64);

/** A seal with the one before it and the entry that it seals; of one that is gone the fields are nothing, and nothing follows from it. */
interface Sealed extends Record<string, unknown> {
  sequence: number;
  hash: string;
  /** Null for the first of all. */
  sequence_before: number | null;
  hash_before: string | null;
  /** The fields of the entry as `sealHashOf` takes them. */
  fields: string;
  change: unknown;
}

/**
 * How many seals of the audit log do not follow from the entry they seal and the seal before them, or are missing in the row of
 * numbers. One reading of both tables, whose next piece is made while the last is checked: each seal brings the one before it,
 * so they need not come in their order. In the caller's transaction.
 */
export async function countBrokenSeals(tx: Queryable): Promise<number> {
  // All of it is read. For its first rows alone PostgreSQL would look each entry up by itself, across the whole log.
  await tx.execute(sql`set local cursor_tuple_fraction = 1`);
  await tx.execute(sql`declare sealed no scroll cursor for ${SEALED}`);
  const read = async () => tx.execute<Sealed>(sql.raw(`fetch ${PAGE} from sealed`));
  let broken = 0;
  let page = read();
  for (let rows = await page; rows.length > 0; rows = await page) {
    page = read();
    for (const row of rows) if (!follows(row)) broken += 1;
  }
  await tx.execute(sql`close sealed`);
  return broken;
}

function follows({ sequence, hash, sequence_before, hash_before, fields, change }: Sealed): boolean {
  const isNext = sequence === (sequence_before ?? 0) + 1;
  return isNext && hash === sealHashOf(hash_before ?? GENESIS, fields, change);
}

const { id, at, actor, action, subject, customerId, cause, change } = auditLog;
const { sequence, hash, auditId } = auditSeals;

const json = (column: PgColumn): SQL => sql`coalesce(to_json(${column})::text, 'null')`;
// The bytes of `JSON.stringify`, and milliseconds cut off as in a Date: a log has millions, and most of the work is here.
const FIELDS = sql`concat_ws(',', ${sql.join(
  [
    json(id),
    sql`to_json(to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text`,
    ...[actor, action, subject, customerId, cause].map(json),
  ],
  sql`, `,
)})`;

const SEALED = sql`
  select sequence::float8 as sequence, seals.hash, sequence_before::float8 as sequence_before, hash_before,
    ${FIELDS} as fields, ${change} as change
  from (select ${sequence}, ${hash}, ${auditId}, lag(${sequence}) over ordered as sequence_before, lag(${hash}) over ordered as hash_before
    from ${auditSeals} window ordered as (order by ${sequence})) seals
  left join ${auditLog} on ${id} = seals.audit_id`;
