import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import { bytes, instant, oneOf } from './columns';
import { customers } from './people';

export const WEBHOOK_STATUSES = ['received', 'processed', 'ignored', 'quarantined'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** Every delivery that we acknowledged, raw, with what we did about it. */
export const webhookInbox = pgTable(
  'webhook_inbox',
  {
    id: text('id').$type<Id<'webhook'>>().primaryKey(),
    /** `signed:<webhook_delivery_id>`, or `unsigned:<sha-256 of the body>`. */
    deliveryKey: text('delivery_key').notNull(),
    eventType: text('event_type').notNull(),
    isSigned: boolean('is_signed').notNull(),
    /** A valid signature from 5 minutes to 8 days old. */
    isLate: boolean('is_late').notNull(),
    /** The raw bytes of the body, sealed. */
    body: bytes('body').notNull(),
    status: text('status').$type<WebhookStatus>().notNull(),
    /** What it changed, in words for staff; null until processed. */
    effect: text('effect'),
    lastError: text('last_error'),
    tries: integer('tries').notNull().default(0),
    dueAt: instant('due_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    receivedAt: instant('received_at').notNull(),
    processedAt: instant('processed_at'),
  },
  (table) => [
    uniqueIndex('webhook_inbox_delivery_key').on(table.deliveryKey),
    index('webhook_inbox_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('webhook_inbox_received').on(table.receivedAt, table.id),
    check('webhook_inbox_status', oneOf(table.status, WEBHOOK_STATUSES)),
  ],
);

export const OUTBOX_STATUSES = ['queued', 'sent', 'canceled', 'failed'] as const;
export type OutboxStatus = (typeof OUTBOX_STATUSES)[number];

/** Mail that has been decided in the transaction that caused it, and is sent afterwards. */
export const outbox = pgTable(
  'outbox',
  {
    id: text('id').$type<Id<'mail'>>().primaryKey(),
    /** One mail for each (template, subject, step). */
    dedupeKey: text('dedupe_key').notNull(),
    template: text('template').notNull(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    /** Recipient, subject, text and HTML as JSON, sealed. */
    message: bytes('message').notNull(),
    status: text('status').$type<OutboxStatus>().notNull(),
    tries: integer('tries').notNull().default(0),
    dueAt: instant('due_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    lastError: text('last_error'),
    /** A reminder: not sent in the quiet hours of this time zone. Null: it is sent at any hour. */
    quietZone: text('quiet_zone'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
  },
  (table) => [
    uniqueIndex('outbox_dedupe_key').on(table.dedupeKey),
    index('outbox_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('outbox_customer').on(table.customerId, table.createdAt),
    check('outbox_status', oneOf(table.status, OUTBOX_STATUSES)),
  ],
);
