import { sql } from 'drizzle-orm';
import { check, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Interval } from '../../lib/core/calendar';
import { DISCOUNT_DURATIONS, DISCOUNT_KINDS, type DiscountDuration, type DiscountKind } from '../../lib/core/discount';
import type { Id } from '../../lib/core/id';
import { currency, instant, oneOf } from './columns';

/** Something that can be subscribed to. */
export const plans = pgTable(
  'plans',
  {
    id: text('id').$type<Id<'plan'>>().primaryKey(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    /** What it is, in a sentence; null for a plan that was only priced. */
    description: text('description'),
    /** How often it may be ordered, the one that is proposed first. */
    intervals: jsonb('intervals').$type<Interval[]>().notNull().default([]),
    /** Days before the first charge; 0 for none. */
    trialDays: integer('trial_days').notNull().default(0),
    /** Added to each order, whatever its quantity. */
    shippingCents: integer('shipping_cents').notNull().default(0),
    /** Since when it can be subscribed to; null: it cannot. */
    offeredAt: instant('offered_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('plans_sku').on(table.sku),
    check('plans_trial_days', sql`${table.trialDays} between 0 and 365`),
    check('plans_shipping', sql`${table.shippingCents} >= 0`),
    check(
      'plans_offered',
      sql`${table.offeredAt} is null or (${table.description} is not null and jsonb_array_length(${table.intervals}) > 0)`,
    ),
  ],
);

/** What a plan costs, in versions. A trigger refuses UPDATE and DELETE: a new price is a new row, and old subscribers keep theirs. */
export const prices = pgTable(
  'prices',
  {
    id: text('id').$type<Id<'price'>>().primaryKey(),
    planId: text('plan_id')
      .$type<Id<'plan'>>()
      .notNull()
      .references(() => plans.id),
    /** 1, 2, … within its plan; the highest is what new subscribers pay. */
    version: integer('version').notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
    currency: currency(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('prices_version').on(table.planId, table.version),
    // What an item refers to: its price cannot be other than that of its version.
    uniqueIndex('prices_amount').on(table.id, table.unitPriceCents),
    check('prices_amount_positive', sql`${table.unitPriceCents} >= 0`),
  ],
);

/** A discount that subscriptions may be given. Never changed: another discount is another row. */
export const discounts = pgTable(
  'discounts',
  {
    id: text('id').$type<Id<'discount'>>().primaryKey(),
    name: text('name').notNull(),
    kind: text('kind').$type<DiscountKind>().notNull(),
    /** Of `fixed`. */
    amountCents: integer('amount_cents'),
    /** Of `percent`: 1000 is 10 %. */
    basisPoints: integer('basis_points'),
    duration: text('duration').$type<DiscountDuration>().notNull(),
    /** Of `periods`. */
    periods: integer('periods'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    check('discounts_kind', oneOf(table.kind, DISCOUNT_KINDS)),
    check('discounts_duration', oneOf(table.duration, DISCOUNT_DURATIONS)),
    check(
      'discounts_amount',
      sql`(${table.kind} = 'fixed') = (${table.amountCents} is not null) and coalesce(${table.amountCents}, 1) > 0`,
    ),
    check(
      'discounts_percent',
      sql`(${table.kind} = 'percent') = (${table.basisPoints} is not null) and coalesce(${table.basisPoints}, 1) between 1 and 10000`,
    ),
    check(
      'discounts_periods',
      sql`(${table.duration} = 'periods') = (${table.periods} is not null) and coalesce(${table.periods}, 1) > 0`,
    ),
  ],
);
