import { sql } from 'drizzle-orm';
import { check, date, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { LocalDate } from '../../lib/core/calendar';
import type { Id } from '../../lib/core/id';
import { type RenewalFacts, VERDICTS, type Verdict } from '../../lib/core/renewal-decision';
import { invoices } from './billing';
import { instant, oneOf } from './columns';
import { subscriptions } from './subscriptions';

/** Why a period was charged or not, with all that decided it: once for each period and verdict. */
export const decisions = pgTable(
  'decisions',
  {
    id: text('id').$type<Id<'decision'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    /** Start of the period that was decided about. */
    periodStart: date('period_start', { mode: 'string' }).$type<LocalDate>().notNull(),
    /** The order that was planned; null where none was. */
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .references(() => invoices.id),
    verdict: text('verdict').$type<Verdict>().notNull(),
    /** What `decideRenewal` was given: nothing personal. */
    inputs: jsonb('inputs').$type<RenewalFacts>().notNull(),
    ruleVersion: integer('rule_version').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    uniqueIndex('decisions_once').on(table.subscriptionId, table.periodStart, table.verdict),
    index('decisions_invoice').on(table.invoiceId).where(sql`${table.invoiceId} is not null`),
    check('decisions_verdict', oneOf(table.verdict, VERDICTS)),
  ],
);
