import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { RunningDiscount } from '../lib/core/draft-invoice';
import type { Queryable } from './client';
import { invoiceDiscounts, invoices } from './schema/billing';
import { discounts } from './schema/catalog';
import { subscriptionDiscounts, subscriptions } from './schema/subscriptions';

/** The running discounts of a subscription in the order in which they were given, as a lateral join; `list` is null where it has none. */
export function runningDiscountsOf(db: Queryable) {
  return db
    .select({ list: listOf(subscriptionDiscounts.remainingPeriods).as('discount_list') })
    .from(subscriptionDiscounts)
    .innerJoin(discounts, eq(discounts.id, subscriptionDiscounts.discountId))
    .where(and(eq(subscriptionDiscounts.subscriptionId, subscriptions.id), isNull(subscriptionDiscounts.endedAt)))
    .as('running_discounts');
}

/** The same as they will be once the open orders of the subscription are given up, which count as orders no more. */
export function discountsWithoutOpenOrders(db: Queryable) {
  const { id, subscriptionId, discountId, remainingPeriods, endedAt } = subscriptionDiscounts;
  const used = sql`(select count(*)::int from ${invoices}
    join ${invoiceDiscounts} on ${invoiceDiscounts.invoiceId} = ${invoices.id} and ${invoiceDiscounts.subscriptionDiscountId} = ${id}
    where ${invoices.subscriptionId} = ${subscriptionId} and ${invoices.status} = 'open')`;
  const isGivenAnew = sql`exists (select from ${subscriptionDiscounts} anew
    where anew.subscription_id = ${subscriptionId} and anew.discount_id = ${discountId} and anew.ended_at is null)`;
  return db
    .select({
      list: listOf(sql`${remainingPeriods} + ${used}`).as('discount_list'),
    })
    .from(subscriptionDiscounts)
    .innerJoin(discounts, eq(discounts.id, discountId))
    .where(
      and(
        eq(subscriptionId, subscriptions.id),
        or(isNull(endedAt), sql`${remainingPeriods} = 0 and ${used} > 0 and not ${isGivenAnew}`),
      ),
    )
    .as('running_discounts');
}

function listOf(remaining: SQL | AnyPgColumn) {
  return sql<
    RunningDiscount[] | null
  >`jsonb_agg(jsonb_build_object('id', ${subscriptionDiscounts.id}, 'name', ${discounts.name},
    'kind', ${discounts.kind}, 'amountCents', ${discounts.amountCents}, 'basisPoints', ${discounts.basisPoints},
    'remainingPeriods', ${remaining})
    order by ${subscriptionDiscounts.createdAt}, ${subscriptionDiscounts.id})`;
}
