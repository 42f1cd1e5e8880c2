import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { runningDiscountsOf } from '@/db/running-discounts';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Extras, Line } from '@/lib/core/amounts';
import type { OrderFacts } from '@/lib/core/draft-invoice';
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

/** What the next order of a subscription is made of, for `draftInvoice`. */
export async function orderFactsOf(
  tx: Queryable,
  subscription: Extras & { id: Id<'subscription'> },
): Promise<OrderFacts<Line>> {
  const { shippingCents, taxCents, discountCents } = subscription;
  const running = runningDiscountsOf(tx);
  const [row] = await tx
    .select({ discounts: running.list })
    .from(subscriptions)
    .leftJoinLateral(running, sql`true`)
    .where(eq(subscriptions.id, subscription.id));
  return {
    lines: await linesOf(tx, subscription.id),
    shippingCents,
    taxCents,
    discountCents,
    discounts: row?.discounts ?? [],
  };
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
      or(
        isOnToken(customerId),
        joining === null ? sql`false` : and(eq(subscriptions.customerId, customerId), eq(subscriptions.id, joining)),
      ),
    )
    .orderBy(asc(subscriptions.id), asc(subscriptionItems.position));
}

/** The items of every subscription that a customer's token pays for, with others in place of those of one of them. */
export async function linesOnTokenWith(
  tx: Queryable,
  customerId: Id<'customer'>,
  changed: Id<'subscription'>,
  items: readonly Line[],
): Promise<Line[]> {
  const others = await tx
    .select(LINE)
    .from(subscriptionItems)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionItems.subscriptionId))
    .where(and(isOnToken(customerId), ne(subscriptions.id, changed)))
    .orderBy(asc(subscriptions.id), asc(subscriptionItems.position));
  return [
    ...items.map(({ sku, name, quantity, unitPriceCents }) => ({ sku, name, quantity, unitPriceCents })),
    ...others,
  ];
}

function isOnToken(customerId: Id<'customer'>) {
  return and(
    eq(subscriptions.customerId, customerId),
    eq(subscriptions.billingMethod, 'hsa_fsa'),
    inArray(subscriptions.status, ['trialing', 'active', 'past_due', 'paused']),
  );
}
