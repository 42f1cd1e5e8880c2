import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import { instant } from './columns';

/** Every change of state, written in its transaction. Triggers refuse UPDATE and DELETE. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: text('id').$type<Id<'audit'>>().primaryKey(),
    /** The order in which rows were written; gaps are possible. */
    position: bigserial('position', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    /** `customer:cus_…`, `staff:stf_…`, `system:worker`. */
    actor: text('actor').notNull(),
    /** What was done, such as `subscription.moved`. */
    action: text('action').notNull(),
    /** The id of the row that changed. */
    subject: text('subject').notNull(),
    customerId: text('customer_id').$type<Id<'customer'>>(),
    /** What led to it: a delivery, an attempt, a command; null for a person's own act. */
    cause: text('cause'),
    /** Old and new values of what changed: never a token, a link or anything about health. */
    change: jsonb('change').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    uniqueIndex('audit_log_position').on(table.position),
    index('audit_log_subject').on(table.subject, table.position),
    index('audit_log_customer').on(table.customerId, table.position),
  ],
);

/** The hash chain over the audit log, added by the tick, so that writing the log never waits for a neighbour. */
export const auditSeals = pgTable('audit_seals', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  auditId: text('audit_id')
    .$type<Id<'audit'>>()
    .notNull()
    .unique()
    .references(() => auditLog.id),
  /** SHA-256, in hex, of the previous hash and the row as canonical JSON. */
  hash: text('hash').notNull(),
});

/** Workers that tick, for `/api/health/ready` and the staff. */
export const workers = pgTable('workers', {
  id: text('id').primaryKey(),
  startedAt: instant('started_at').notNull(),
  lastTickAt: instant('last_tick_at').notNull(),
  /** How long its last whole tick took; null until one has ended. */
  lastTickMs: integer('last_tick_ms'),
});

/** Hits in fixed windows of database time: sign-in by address and by network, actions by customer. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').notNull(),
    windowStart: instant('window_start').notNull(),
    hits: integer('hits').notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.windowStart] })],
);

/** One row: when the next call to Truemed may go out, for all workers together (TRUEMED_MAX_RPS). Database time. */
export const callBudget = pgTable(
  'call_budget',
  {
    id: integer('id').primaryKey(),
    nextSlotAt: instant('next_slot_at').notNull(),
  },
  (table) => [check('call_budget_one_row', sql`${table.id} = 1`)],
);

/** What goes over whole tables every night, a piece with each tick: where it stands, and when it is to go on. */
export const sweeps = pgTable(
  'sweeps',
  {
    /** `seals`, `tokens`, `rateLimits`, `notices`. */
    id: text('id').primaryKey(),
    dueAt: instant('due_at').notNull(),
    /** Database time. */
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    /** When the one that is under way began; null between two. */
    startedAt: instant('started_at'),
    /** Where it goes on, in its own words; null: at the beginning. */
    cursor: text('cursor'),
    /** When the last one was through. */
    finishedAt: instant('finished_at'),
  },
  (table) => [index('sweeps_due').on(table.dueAt, table.id)],
);
