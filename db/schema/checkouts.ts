import { sql } from 'drizzle-orm';
import { check, date, foreignKey, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { INTERVAL_UNITS, type IntervalUnit, type LocalDate } from '../../lib/core/calendar';
import {
  CHECKOUT_PATHS,
  CHECKOUT_STATUSES,
  type CheckoutPath,
  type CheckoutStatus,
  LIVE_CHECKOUT_STATUSES,
} from '../../lib/core/checkout';
import type { Id } from '../../lib/core/id';
import type { PostalAddress } from '../../lib/core/postal-address';
import { plans, prices } from './catalog';
import { bytes, instant, oneOf } from './columns';
import { customers } from './people';
import { provisionRequests } from './provisioning';
import { subscriptions } from './subscriptions';

/** An order of a new subscription, from the press of the button until Truemed has taken the payment or it is over. */
export const checkouts = pgTable(
  'checkouts',
  {
    /** Given by the form that was pressed, so that one form makes one order; also the idempotency key. */
    id: text('id').$type<Id<'checkout'>>().primaryKey(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    status: text('status').$type<CheckoutStatus>().notNull(),
    path: text('path').$type<CheckoutPath>().notNull(),
    planId: text('plan_id')
      .$type<Id<'plan'>>()
      .notNull()
      .references(() => plans.id),
    /** What was ordered, by value: what the customer has seen and agreed to. */
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
    priceId: text('price_id').$type<Id<'price'>>().notNull(),
    shippingCents: integer('shipping_cents').notNull(),
    intervalUnit: text('interval_unit').$type<IntervalUnit>().notNull(),
    intervalCount: integer('interval_count').notNull(),
    timeZone: text('time_zone').notNull(),
    /** Where it is to be sent; null: to its customer's address, as it is then. */
    address: jsonb('address').$type<PostalAddress>(),
    /** What each order costs. */
    totalCents: integer('total_cents').notNull(),
    /** The day on which the first order of a trial is charged; null without one. */
    trialEndsOn: date('trial_ends_on', { mode: 'string' }).$type<LocalDate>(),
    /** The sentences that the customer agreed to, their version, and when. */
    consentVersion: text('consent_version').notNull(),
    consentText: text('consent_text').notNull(),
    consentedAt: instant('consented_at').notNull(),
    /** Of the path `session`: the request body, sealed; sent again byte by byte. */
    requestBody: bytes('request_body'),
    requestSha256: text('request_sha256'),
    paymentSessionId: text('payment_session_id'),
    /** Truemed's link, sealed. */
    redirectUrl: bytes('redirect_url'),
    /** Of the path `token`: the update payment token that asks Truemed. */
    provisionRequestId: text('provision_request_id')
      .$type<Id<'provisionRequest'>>()
      .references(() => provisionRequests.id),
    errorCode: text('error_code'),
    /** The customer came back to the success URL, or to the failure URL. Neither proves anything. */
    returnedAt: instant('returned_at'),
    declinedAt: instant('declined_at'),
    lastAskedAt: instant('last_asked_at'),
    /** When the token that it brings was linked. */
    tokenLinkedAt: instant('token_linked_at'),
    /** What it has begun; of a duplicate, what was made to hold the money that is given back. */
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .references(() => subscriptions.id),
    completedAt: instant('completed_at'),
    tries: integer('tries').notNull().default(0),
    /** When to send again (planned), to look up (open, processing), to cancel at Truemed (canceled), or to look for its token (completed). */
    dueAt: instant('due_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('checkouts_one_live').on(table.customerId).where(oneOf(table.status, LIVE_CHECKOUT_STATUSES)),
    uniqueIndex('checkouts_session').on(table.paymentSessionId),
    uniqueIndex('checkouts_request').on(table.provisionRequestId),
    uniqueIndex('checkouts_subscription').on(table.subscriptionId),
    index('checkouts_customer').on(table.customerId, table.createdAt),
    index('checkouts_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('checkouts_unsettled')
      .on(table.createdAt)
      .where(sql`${table.status} in ('processing', 'refused', 'duplicate')`),
    foreignKey({
      name: 'checkouts_price_version',
      columns: [table.priceId, table.unitPriceCents],
      foreignColumns: [prices.id, prices.unitPriceCents],
    }),
    check('checkouts_status', oneOf(table.status, CHECKOUT_STATUSES)),
    check('checkouts_path', oneOf(table.path, CHECKOUT_PATHS)),
    check('checkouts_interval_unit', oneOf(table.intervalUnit, INTERVAL_UNITS)),
    check('checkouts_quantity', sql`${table.quantity} between 1 and 99`),
    check('checkouts_total', sql`${table.totalCents} > 0`),
    check('checkouts_body', sql`(${table.path} = 'session') = (${table.requestBody} is not null)`),
    check('checkouts_sha256', sql`(${table.requestBody} is null) = (${table.requestSha256} is null)`),
    check('checkouts_begun', sql`${table.status} <> 'completed' or ${table.subscriptionId} is not null`),
  ],
);
