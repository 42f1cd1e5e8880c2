import { sql } from 'drizzle-orm';
import { bigint, bigserial, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import {
  DELIVERY_STATUSES,
  type DeliveryStatus,
  ENDPOINT_STATUSES,
  type EndpointStatus,
  SHOP_EVENT_TYPES,
  type ShopEventType,
} from '../../lib/core/shop-events';
import { bytes, instant, oneOf } from './columns';

/** Where the merchant wants to be told of what happens, by the Standard Webhooks scheme. */
export const eventEndpoints = pgTable(
  'event_endpoints',
  {
    id: text('id').$type<Id<'endpoint'>>().primaryKey(),
    url: text('url').notNull(),
    /** `whsec_…`, sealed. */
    secret: bytes('secret').notNull(),
    /** The secret before the last rotation, sealed: signs as well until `previousSecretUntil`. */
    previousSecret: bytes('previous_secret'),
    previousSecretUntil: instant('previous_secret_until'),
    status: text('status').$type<EndpointStatus>().notNull(),
    /** Why it is disabled, in words for staff. */
    disabledReason: text('disabled_reason'),
    disabledAt: instant('disabled_at'),
    /** Since when nothing has been taken there; null: the last delivery was. */
    failingSince: instant('failing_since'),
    /** Failures in a row, a wave of deliveries counting once. */
    failures: integer('failures').notNull().default(0),
    /** Nothing goes out there before this. */
    heldUntil: instant('held_until'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    check('event_endpoints_status', oneOf(table.status, ENDPOINT_STATUSES)),
    check('event_endpoints_disabled', sql`(${table.status} = 'disabled') = (${table.disabledAt} is not null)`),
    check('event_endpoints_failing', sql`(${table.failingSince} is null) = (${table.failures} = 0)`),
  ],
);

/** What happened, as the merchant is told: written in the transaction of the change itself, once. */
export const events = pgTable(
  'events',
  {
    id: text('id').$type<Id<'event'>>().primaryKey(),
    /** The order in which they were written; gaps are possible. */
    position: bigserial('position', { mode: 'number' }).notNull(),
    dedupeKey: text('dedupe_key').notNull(),
    type: text('type').$type<ShopEventType>().notNull(),
    /** What keeps its order: a subscription, or a customer's payment method. */
    subject: text('subject').notNull(),
    /** The bytes that go out, as JSON: never a token, a link, a name or anything about health. */
    payload: text('payload').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('events_dedupe_key').on(table.dedupeKey),
    index('events_created').on(table.createdAt, table.id),
    check('events_type', oneOf(table.type, SHOP_EVENT_TYPES)),
  ],
);

/** One event on its way to one endpoint. */
export const eventDeliveries = pgTable(
  'event_deliveries',
  {
    id: text('id').$type<Id<'delivery'>>().primaryKey(),
    endpointId: text('endpoint_id')
      .$type<Id<'endpoint'>>()
      .notNull()
      .references(() => eventEndpoints.id),
    eventId: text('event_id')
      .$type<Id<'event'>>()
      .notNull()
      .references(() => events.id),
    /** Of the event, so that its order can be kept by an index. */
    subject: text('subject').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    status: text('status').$type<DeliveryStatus>().notNull(),
    tries: integer('tries').notNull().default(0),
    /** Null: settled, or its endpoint is disabled. */
    dueAt: instant('due_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    firstTriedAt: instant('first_tried_at'),
    lastTriedAt: instant('last_tried_at'),
    /** What the endpoint answered last; null where it gave no answer. */
    lastStatus: integer('last_status'),
    /** The beginning of its answer, or why there was none. */
    lastAnswer: text('last_answer'),
    deliveredAt: instant('delivered_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('event_deliveries_once').on(table.endpointId, table.eventId),
    index('event_deliveries_event').on(table.eventId),
    index('event_deliveries_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('event_deliveries_order')
      .on(table.endpointId, table.subject, table.position)
      .where(sql`${table.status} = 'pending'`),
    index('event_deliveries_created').on(table.createdAt, table.id),
    index('event_deliveries_failed').on(table.createdAt, table.id).where(sql`${table.status} = 'failed'`),
    check('event_deliveries_status', oneOf(table.status, DELIVERY_STATUSES)),
    check('event_deliveries_delivered', sql`(${table.status} = 'delivered') = (${table.deliveredAt} is not null)`),
    check('event_deliveries_due_pending', sql`${table.dueAt} is null or ${table.status} = 'pending'`),
  ],
);
