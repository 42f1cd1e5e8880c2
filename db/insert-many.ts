import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from './client';

/**
 * Inserts rows by one statement with one parameter, whatever their number: what a batch of charges costs is mostly the
 * making of its statements. Every row must name the same columns (else it throws); a column that none names takes its
 * default. Returns the ids of the rows that are new: a row that a unique index on `known` already has is left out, any
 * other conflict throws.
 */
export async function insertMany<T extends PgTable>(
  tx: Queryable,
  table: T,
  rows: readonly T['$inferInsert'][],
  known: SQL | null = null,
): Promise<Set<string>> {
  const [first] = rows;
  if (first === undefined) return new Set();
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => Object.hasOwn(first, key));
  if (rows.some((row) => columns.some(([key]) => !Object.hasOwn(row, key)) || Object.keys(row).length > columns.length))
    throw new Error(`Rows of ${getTableName(table)} name different columns.`);
  const names = sql.join(
    columns.map(([, column]) => sql.identifier(column.name)),
    sql`, `,
  );
  const batch = rows.map((row: Record<string, unknown>) =>
    Object.fromEntries(columns.map(([key, column]) => [column.name, asJson(row[key])])),
  );
  const added = await tx.execute<{ id: string }>(sql`
    insert into ${table} (${names})
    select ${names} from json_populate_recordset(null::${sql.identifier(getTableName(table))}, ${JSON.stringify(batch)}::text::json)
    ${known === null ? sql`` : sql`on conflict (${known}) do nothing`}
    returning id`);
  return new Set(added.map(({ id }) => id));
}

// Bytes in PostgreSQL's own notation; a Date turns into ISO by itself.
function asJson(value: unknown): unknown {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}
