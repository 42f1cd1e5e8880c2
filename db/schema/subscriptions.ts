import { sql } from 'drizzle-orm';
import { check, date, foreignKey, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { INTERVAL_UNITS, type IntervalUnit, type LocalDate } from '../../lib/core/calendar';
import { FAILURE_CHOICES, type FailureChoice } from '../../lib/core/failure-choice';
import type { Id } from '../../lib/core/id';
import type { PostalAddress } from '../../lib/core/postal-address';
import {
  BILLING_METHODS,
  type BillingMethod,
  SUBSCRIPTION_STATUSES,
  type SubscriptionStatus,
} from '../../lib/core/subscription';
import { discounts, prices } from './catalog';
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
    /** Where it is sent; null: to its customer's address. */
    address: jsonb('address').$type<PostalAddress>(),
    /** When the customer moved it to HSA/FSA with us; null for one that was imported as such. */
    movedAt: instant('moved_at'),
    /** The last day near that move on which the former processor charged it, or will (`formerChargeOn`); null: there is none. */
    formerChargeOn: date('former_charge_on', { mode: 'string' }).$type<LocalDate>(),
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
    /** What becomes of an order that the HSA/FSA card could not pay, as its customer has chosen. */
    failureChoice: text('failure_choice').$type<FailureChoice>().notNull().default('wait'),
    /** The `nextChargeOn` for which it is on record why it is not charged; null: not yet, or it has changed since. */
    heldFor: date('held_for', { mode: 'string' }).$type<LocalDate>(),
    /** Database time. */
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('subscriptions_external_id').on(table.externalId),
    index('subscriptions_customer').on(table.customerId),
    // With the end of each, so that what is due is read from the index alone.
    index('subscriptions_due')
      .on(table.nextChargeAt, table.id, table.cancelOn)
      .where(
        sql`${table.billingMethod} = 'hsa_fsa' and ${table.status} in ('active', 'trialing') and ${table.nextChargeAt} is not null`,
      ),
    index('subscriptions_past_due').on(table.updatedAt).where(sql`${table.status} = 'past_due'`),
    index('subscriptions_held')
      .on(table.nextChargeAt, table.id)
      .where(
        sql`${table.nextChargeAt} is not null and (${table.status} in ('paused', 'past_due') or ${table.cancelOn} is not null) and ${table.heldFor} is distinct from ${table.nextChargeOn}`,
      ),
    index('subscriptions_change_due').on(table.changeAt, table.id).where(sql`${table.changeAt} is not null`),
    index('subscriptions_hand_over')
      .on(table.movedAt)
      .where(sql`${table.movedAt} is not null and ${table.handOverConfirmedAt} is null`),
    check('subscriptions_failure_choice', oneOf(table.failureChoice, FAILURE_CHOICES)),
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
    /** Pinned by value: what is charged, whatever becomes of the plan. */
    unitPriceCents: integer('unit_price_cents').notNull(),
    /** The price version that it was taken at; null for an imported item, which belongs to no plan. */
    priceId: text('price_id').$type<Id<'price'>>(),
  },
  (table) => [
    uniqueIndex('subscription_items_position').on(table.subscriptionId, table.position),
    foreignKey({
      name: 'subscription_items_price_version',
      columns: [table.priceId, table.unitPriceCents],
      foreignColumns: [prices.id, prices.unitPriceCents],
    }),
    check('subscription_items_quantity', sql`${table.quantity} >= 1`),
    check('subscription_items_price', sql`${table.unitPriceCents} >= 0`),
  ],
);

/** A discount that a subscription has. It counts in the order in which discounts were given. */
export const subscriptionDiscounts = pgTable(
  'subscription_discounts',
  {
    id: text('id').$type<Id<'subscriptionDiscount'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    discountId: text('discount_id')
      .$type<Id<'discount'>>()
      .notNull()
      .references(() => discounts.id),
    /** Orders that it still takes something off; counted down where an invoice is planned. Null: for ever. */
    remainingPeriods: integer('remaining_periods'),
    createdAt: instant('created_at').notNull(),
    /** When it was used up, or taken away; null while it counts. */
    endedAt: instant('ended_at'),
  },
  (table) => [
    uniqueIndex('subscription_discounts_running')
      .on(table.subscriptionId, table.discountId)
      .where(sql`${table.endedAt} is null`),
    check('subscription_discounts_remaining', sql`${table.remainingPeriods} >= 0`),
    check(
      'subscription_discounts_used_up',
      sql`${table.remainingPeriods} is distinct from 0 or ${table.endedAt} is not null`,
    ),
  ],
);
