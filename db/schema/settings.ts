import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { CustomerSwitches } from '../../lib/core/customer-switches';
import { instant } from './columns';

/** Versions of what the merchant has set for the whole shop. Rows are only added; the newest is in force. */
export const settings = pgTable('settings', {
  version: integer('version').primaryKey(),
  /** What customers may do by themselves. */
  switches: jsonb('switches').$type<CustomerSwitches>().notNull(),
  /** Who made it: `staff:stf_…`. */
  madeBy: text('made_by').notNull(),
  createdAt: instant('created_at').notNull(),
});
