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
  const facts = (await orderFactsOfAll(tx, [subscription])).get(subscription.id);
  if (facts === undefined) throw new Error(`No subscription ${subscription.id}.`);
  return facts;
}

/** What the next orders of several subscriptions are made of, by two queries. */
export async function orderFactsOfAll(
  tx: Queryable,
  of: readonly (Extras & { id: Id<'subscription'> })[],
): Promise<ReadonlyMap<Id<'subscription'>, OrderFacts<Line>>> {
  if (of.length === 0) return new Map();
  const ids = [...new Set(of.map(({ id }) => id))];
  const running = runningDiscountsOf(tx);
  const discounted = await tx
    .select({ id: subscriptions.id, discounts: running.list })
    .from(subscriptions)
    .leftJoinLateral(running, sql`true`)
    .where(inArray(subscriptions.id, ids));
  const discountsOf = new Map(discounted.map(({ id, discounts }) => [id, discounts ?? []]));
  const rows = await tx
    .select({ ...LINE, subscriptionId: subscriptionItems.subscriptionId })
    .from(subscriptionItems)
    .where(inArray(subscriptionItems.subscriptionId, ids))
    .orderBy(asc(subscriptionItems.position));
  const linesOf = new Map<Id<'subscription'>, Line[]>(ids.map((id) => [id, []]));
  for (const { subscriptionId, ...line } of rows) linesOf.get(subscriptionId)?.push(line);
  return new Map(
    of.map(({ id, shippingCents, taxCents, discountCents }) => [
      id,
      {
        lines: linesOf.get(id) ?? [],
        shippingCents,
        taxCents,
        discountCents,
        discounts: discountsOf.get(id) ?? [],
      },
    ]),
  );
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
