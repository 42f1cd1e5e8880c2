import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/**
 * Whether a text column holds one of these, as one parameter: for the ids of a batch. A list of parameters is a statement
 * of its own for each length, to be put together here and planned anew there.
 */
export function isAmong(column: AnyPgColumn, ids: Iterable<string>): SQL {
  return sql`${column} = any(${sql.param([...ids])}::text[])`;
}
