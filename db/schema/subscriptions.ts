import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { INTERVAL_UNITS, type IntervalUnit, type LocalDate } from '../../lib/core/calendar';
import type { Id } from '../../lib/core/id';
import {
  BILLING_METHODS,
  type BillingMethod,
  SUBSCRIPTION_STATUSES,
  type SubscriptionStatus,
} from '../../lib/core/subscription';
import { currency, instant, oneOf } from './columns';
import { customers } from './people';

/** A recurring order. Its row is its schedule: `nextChargeAt` is the due column, null while we do not charge it. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    id: text('id').$type<Id<'subscription'>>().primaryKey(),
    /** The merchant's own id, unique. */
    externalId: text('external_id').notNull(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    status: text('status').$type<SubscriptionStatus>().notNull(),
    billingMethod: text('billing_method').$type<BillingMethod>().notNull(),
    intervalUnit: text('interval_unit').$type<IntervalUnit>().notNull(),
    intervalCount: integer('interval_count').notNull(),
    /** Every period is derived from this day, so the 31st returns after February. */
    anchorDate: date('anchor_date', { mode: 'string' }).$type<LocalDate>().notNull(),
    timeZone: text('time_zone').notNull(),
    /** Start of the first period that has no invoice; for `external` a projection that is never due. */
    nextChargeOn: date('next_charge_on', { mode: 'string' }).$type<LocalDate>().notNull(),
    /** `nextChargeOn` at the billing hour in the zone; null: never due (external, hand-over not confirmed). */
    nextChargeAt: instant('next_charge_at'),
    shippingCents: integer('shipping_cents').notNull().default(0),
    taxCents: integer('tax_cents').notNull().default(0),
    discountCents: integer('discount_cents').notNull().default(0),
    currency: currency(),
    /** When the customer moved it to HSA/FSA with us; null for one that was imported as such. */
    movedAt: instant('moved_at'),
    /** When staff said that the former processor no longer bills it. */
    handOverConfirmedAt: instant('hand_over_confirmed_at'),
    /** The day on which a pause ends by itself; null: open-ended, or not paused. */
    pauseUntil: date('pause_until', { mode: 'string' }).$type<LocalDate>(),
    /** The day on which it ends: nothing is planned while this is set. Null: no cancellation is to come. */
    cancelOn: date('cancel_on', { mode: 'string' }).$type<LocalDate>(),
    /** When it was canceled; null for one that was imported as such. */
    canceledAt: instant('canceled_at'),
    /** When to resume or to cancel: that day at the billing hour in the zone. Null: not by itself. */
    changeAt: instant('change_at'),
    /** Database time. */
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('subscriptions_external_id').on(table.externalId),
    index('subscriptions_customer').on(table.customerId),
    index('subscriptions_due')
      .on(table.nextChargeAt, table.id)
      .where(
        sql`${table.billingMethod} = 'hsa_fsa' and ${table.status} in ('active', 'trialing') and ${table.nextChargeAt} is not null`,
      ),
    index('subscriptions_change_due').on(table.changeAt, table.id).where(sql`${table.changeAt} is not null`),
    index('subscriptions_hand_over')
      .on(table.movedAt)
      .where(sql`${table.movedAt} is not null and ${table.handOverConfirmedAt} is null`),
    check('subscriptions_status', oneOf(table.status, SUBSCRIPTION_STATUSES)),
    check('subscriptions_billing_method', oneOf(table.billingMethod, BILLING_METHODS)),
    check('subscriptions_interval_unit', oneOf(table.intervalUnit, INTERVAL_UNITS)),
    check('subscriptions_interval_count', sql`${table.intervalCount} between 1 and 36`),
    check(
      'subscriptions_extras',
      sql`${table.shippingCents} >= 0 and ${table.taxCents} >= 0 and ${table.discountCents} >= 0`,
    ),
    check('subscriptions_pause', sql`${table.pauseUntil} is null or ${table.status} = 'paused'`),
    check(
      'subscriptions_cancel',
      sql`${table.cancelOn} is null or ${table.status} in ('trialing', 'active', 'past_due')`,
    ),
    check('subscriptions_canceled', sql`${table.canceledAt} is null or ${table.status} = 'canceled'`),
    check(
      'subscriptions_change',
      sql`(${table.changeAt} is null) = (${table.pauseUntil} is null and ${table.cancelOn} is null)`,
    ),
    check(
      'subscriptions_external_is_never_due',
      sql`${table.billingMethod} = 'hsa_fsa' or ${table.nextChargeAt} is null`,
    ),
  ],
);

/** What one period of a subscription contains, in order. */
export const subscriptionItems = pgTable(
  'subscription_items',
  {
    id: text('id').$type<Id<'item'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    position: integer('position').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
  },
  (table) => [
    uniqueIndex('subscription_items_position').on(table.subscriptionId, table.position),
    check('subscription_items_quantity', sql`${table.quantity} >= 1`),
    check('subscription_items_price', sql`${table.unitPriceCents} >= 0`),
  ],
);
