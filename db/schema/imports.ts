import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import { instant } from './columns';

/** One reading of a file of existing subscribers. */
export const importRuns = pgTable('import_runs', {
  id: text('id').$type<Id<'importRun'>>().primaryKey(),
  fileName: text('file_name').notNull(),
  actor: text('actor').notNull(),
  created: integer('created').notNull(),
  updated: integer('updated').notNull(),
  unchanged: integer('unchanged').notNull(),
  /** Refused rows: line, the merchant's subscription id, reason. */
  refused: jsonb('refused').$type<{ line: number; subscriptionId: string; reason: string }[]>().notNull(),
  at: instant('at').notNull(),
});

/** What was last imported for each subscription: a row that is equal to it changes nothing. */
export const importRows = pgTable(
  'import_rows',
  {
    externalId: text('external_id').notNull(),
    runId: text('run_id')
      .$type<Id<'importRun'>>()
      .notNull()
      .references(() => importRuns.id),
    /** Two SHA-256 with a dot between them: of the terms as they were read, and of the person (name and state). */
    sha256: text('sha256').notNull(),
  },
  (table) => [primaryKey({ columns: [table.externalId] }), index('import_rows_run').on(table.runId)],
);
