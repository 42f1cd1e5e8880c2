import { sql } from 'drizzle-orm';
import { bigserial, check, index, integer, jsonb, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import type { OutageState } from '../../lib/core/outage';
import { instant } from './columns';

/** One row: whether charges wait because Truemed does not answer, for all workers together. */
export const outageMode = pgTable(
  'outage_mode',
  {
    id: integer('id').primaryKey(),
    state: jsonb('state').$type<OutageState>().notNull(),
  },
  (table) => [check('outage_mode_one_row', sql`${table.id} = 1`)],
);

/** When Truemed was out, in business time: while it is, recovery's clocks stand still. */
export const outages = pgTable(
  'outages',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    startedAt: instant('started_at').notNull(),
    /** Null: it goes on. */
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('outages_ended').on(table.endedAt),
    uniqueIndex('outages_one_open').on(sql`(true)`).where(sql`${table.endedAt} is null`),
    check('outages_in_order', sql`${table.endedAt} >= ${table.startedAt}`),
  ],
);
