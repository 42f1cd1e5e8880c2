import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Line } from '@/lib/core/amounts';
import type { Id } from '@/lib/core/id';

const LINE = {
  sku: subscriptionItems.sku,
  name: subscriptionItems.name,
  quantity: subscriptionItems.quantity,
  unitPriceCents: subscriptionItems.unitPriceCents,
};

/** The items of one subscription, in order. */
export async function linesOf(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<Line[]> {
  return tx
    .select(LINE)
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .orderBy(asc(subscriptionItems.position));
}

/** The items of every subscription that a customer's token pays for, and of one that is about to join them (or null). */
export async function linesOnToken(
  tx: Queryable,
  customerId: Id<'customer'>,
  joining: Id<'subscription'> | null,
): Promise<Line[]> {
  return tx
    .select(LINE)
    .from(subscriptionItems)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionItems.subscriptionId))
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        or(
          and(
            eq(subscriptions.billingMethod, 'hsa_fsa'),
            inArray(subscriptions.status, ['trialing', 'active', 'past_due', 'paused']),
          ),
          joining === null ? sql`false` : eq(subscriptions.id, joining),
        ),
      ),
    )
    .orderBy(asc(subscriptions.id), asc(subscriptionItems.position));
}
