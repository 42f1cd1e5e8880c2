import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, char, customType, timestamp } from 'drizzle-orm/pg-core';

/** Raw bytes. Everything that the vault seals is one of these. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** An instant, UTC, as a Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** The currency beside an amount: always USD, visible so that the assumption is. */
export const currency = () => char('currency', { length: 3 }).notNull().default('USD');

/** A condition `column in (…)` built from a constant of core, so that SQL and TypeScript cannot drift apart. */
export function oneOf(column: AnyPgColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;
}
