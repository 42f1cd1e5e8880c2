import { createHash } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/id';

/** Every sealed column, as `table.column`: the place to which its values are bound, with the id of their row. */
export const SEALED_COLUMNS = [
  'payment_tokens.token',
  'charge_attempts.request_body',
  'provision_requests.request_body',
  'provision_requests.redirect_url',
  'recovery_cases.redirect_url',
  'checkouts.request_body',
  'checkouts.redirect_url',
  'refunds.request_body',
  'webhook_inbox.body',
  'outbox.message',
  'event_endpoints.secret',
  'event_endpoints.previous_secret',
] as const;
type Place = (typeof SEALED_COLUMNS)[number];

/** How many values of a column are opened; of a larger one these are a sample, another one each time. */
export const OPENED_AT_MOST = 5_000;
const PAGE = 1_000;

interface Value extends Record<string, unknown> {
  id: string;
  sealed: Uint8Array;
  sha256: string | null;
}

/**
 * Opens sealed values in their own places. Returns how many do not open there (invariant 27), and how many stored request
 * bodies are not the bytes whose SHA-256 stands beside them, so that a retry would send others (invariant 6).
 */
export async function countBrokenSealed(
  db: Queryable,
  vault: Context['vault'],
): Promise<{ notOpening: number; otherBytes: number }> {
  let [notOpening, otherBytes] = [0, 0];
  for (const place of SEALED_COLUMNS) {
    for await (const { id, sealed, sha256 } of valuesOf(db, place)) {
      const plain = openOrNull(vault, sealed, `${place}:${id}`);
      if (plain === null) notOpening += 1;
      else if (sha256 !== null && createHash('sha256').update(plain).digest('hex') !== sha256) otherBytes += 1;
    }
  }
  return { notOpening, otherBytes };
}

function openOrNull(vault: Context['vault'], sealed: Uint8Array, place: string): Buffer | null {
  try {
    return vault.open(sealed, place);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

// Ids are of chance, so rows in their order after a made-up one are a sample; at the end it goes on from the beginning.
async function* valuesOf(db: Queryable, place: Place): AsyncGenerator<Value> {
  const [table = '', column = ''] = place.split('.');
  const [some] = await db.execute<{ id: string }>(sql`select id from ${sql.identifier(table)} limit 1`);
  if (some === undefined) return;
  const start = `${some.id.slice(0, 4)}${newId('audit').slice(4)}`;
  let left = OPENED_AT_MOST;
  for (const part of [sql`id > ${start}`, sql`id <= ${start}`]) {
    for (let after = ''; left > 0; ) {
      const limit = Math.min(PAGE, left);
      const rows = await db.execute<Value>(pageOf(table, column, sql`${part} and id > ${after}`, limit));
      yield* rows;
      left -= rows.length;
      after = rows.at(-1)?.id ?? '';
      if (rows.length < limit) break;
    }
  }
}

function pageOf(table: string, column: string, condition: SQL, limit: number): SQL {
  const sha256 = column === 'request_body' ? sql`request_sha256` : sql`null`;
  return sql`select id, ${sql.identifier(column)} as sealed, ${sha256} as sha256 from ${sql.identifier(table)}
    where ${condition} and ${sql.identifier(column)} is not null order by id limit ${limit}`;
}
