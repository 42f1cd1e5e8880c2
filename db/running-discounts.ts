import { and, eq, isNull, sql } from 'drizzle-orm';
import type { RunningDiscount } from '../lib/core/draft-invoice';
import type { Queryable } from './client';
import { discounts } from './schema/catalog';
import { subscriptionDiscounts, subscriptions } from './schema/subscriptions';

/** The running discounts of a subscription in the order in which they were given, as a lateral join; `list` is null where it has none. */
export function runningDiscountsOf(db: Queryable) {
  return db
    .select({
      list: sql<
        RunningDiscount[] | null
      >`jsonb_agg(jsonb_build_object('id', ${subscriptionDiscounts.id}, 'name', ${discounts.name},
        'kind', ${discounts.kind}, 'amountCents', ${discounts.amountCents}, 'basisPoints', ${discounts.basisPoints},
        'remainingPeriods', ${subscriptionDiscounts.remainingPeriods})
        order by ${subscriptionDiscounts.createdAt}, ${subscriptionDiscounts.id})`.as('discount_list'),
    })
    .from(subscriptionDiscounts)
    .innerJoin(discounts, eq(discounts.id, subscriptionDiscounts.discountId))
    .where(and(eq(subscriptionDiscounts.subscriptionId, subscriptions.id), isNull(subscriptionDiscounts.endedAt)))
    .as('running_discounts');
}
