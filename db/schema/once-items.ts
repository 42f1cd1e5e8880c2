import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import { invoices } from './billing';
import { prices } from './catalog';
import { instant, oneOf } from './columns';
import { provisionRequests } from './provisioning';
import { subscriptions } from './subscriptions';

/** `waiting` for the next order; on one (`invoiced`), whatever becomes of that; or taken out before. */
export const ONCE_ITEM_STATUSES = ['waiting', 'invoiced', 'removed'] as const;
export type OnceItemStatus = (typeof ONCE_ITEM_STATUSES)[number];

/**
 * An item that comes with one order of a subscription only: the next that is planned. A table of its own, so that a release
 * that does not know it leaves such an item out of an order, and never into every one.
 */
export const onceItems = pgTable(
  'once_items',
  {
    id: text('id').$type<Id<'onceItem'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    /** The update payment token by which Truemed agreed. */
    requestId: text('request_id')
      .$type<Id<'provisionRequest'>>()
      .notNull()
      .references(() => provisionRequests.id),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    /** Pinned by value, like that of every item. */
    unitPriceCents: integer('unit_price_cents').notNull(),
    priceId: text('price_id').$type<Id<'price'>>().notNull(),
    status: text('status').$type<OnceItemStatus>().notNull(),
    /** The one order that it came with. */
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .references(() => invoices.id),
    createdAt: instant('created_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    uniqueIndex('once_items_waiting').on(table.subscriptionId, table.sku).where(sql`${table.status} = 'waiting'`),
    index('once_items_subscription').on(table.subscriptionId, table.createdAt),
    uniqueIndex('once_items_request').on(table.requestId),
    index('once_items_invoice').on(table.invoiceId).where(sql`${table.invoiceId} is not null`),
    foreignKey({
      name: 'once_items_price_version',
      columns: [table.priceId, table.unitPriceCents],
      foreignColumns: [prices.id, prices.unitPriceCents],
    }),
    check('once_items_status', oneOf(table.status, ONCE_ITEM_STATUSES)),
    check('once_items_quantity', sql`${table.quantity} >= 1`),
    check('once_items_invoiced', sql`(${table.status} = 'invoiced') = (${table.invoiceId} is not null)`),
    check('once_items_closed', sql`(${table.status} = 'waiting') = (${table.closedAt} is null)`),
  ],
);
