import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Queryable } from '@/db/client';
import { runningDiscountsOf } from '@/db/running-discounts';
import { onceItems } from '@/db/schema/once-items';
import type { ChangedItem } from '@/db/schema/provisioning';
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

/** The items that each order of a subscription has, as a change would name them. */
export async function itemsOf(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<ChangedItem[]> {
  const { sku, name, quantity, unitPriceCents, priceId, position } = subscriptionItems;
  return tx
    .select({ sku, name, quantity, unitPriceCents, priceId })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .orderBy(asc(position));
}

/** A line that comes with one order only. */
export type OnceLine = Line & { id: Id<'onceItem'>; isOnce: true };

/** The items that wait for the next order of each of some subscriptions, in the order in which they were added. */
export async function onceLinesOf(
  tx: Queryable,
  subscriptionIds: readonly Id<'subscription'>[],
): Promise<(OnceLine & { subscriptionId: Id<'subscription'> })[]> {
  const { id, subscriptionId, sku, name, quantity, unitPriceCents, status } = onceItems;
  const rows = await tx
    .select({ id, subscriptionId, sku, name, quantity, unitPriceCents })
    .from(onceItems)
    .where(and(isAmong(subscriptionId, subscriptionIds), eq(status, 'waiting')))
    .orderBy(asc(id));
  return rows.map((row) => ({ ...row, isOnce: true as const }));
}

/** A line of an order to come: of every order, or of the next only. */
export type NextLine = Line | OnceLine;

/** What the next order of a subscription is made of, for `draftInvoice`. */
export async function orderFactsOf(
  tx: Queryable,
  subscription: Extras & { id: Id<'subscription'> },
): Promise<OrderFacts<NextLine>> {
  const facts = (await orderFactsOfAll(tx, [subscription])).get(subscription.id);
  if (facts === undefined) throw new Error(`No subscription ${subscription.id}.`);
  return facts;
}

/** What the next orders of several subscriptions are made of, by three queries. */
export async function orderFactsOfAll(
  tx: Queryable,
  of: readonly (Extras & { id: Id<'subscription'> })[],
): Promise<ReadonlyMap<Id<'subscription'>, OrderFacts<NextLine>>> {
  if (of.length === 0) return new Map();
  const ids = [...new Set(of.map(({ id }) => id))];
  const running = runningDiscountsOf(tx);
  const discounted = await tx
    .select({ id: subscriptions.id, discounts: running.list })
    .from(subscriptions)
    .leftJoinLateral(running, sql`true`)
    .where(isAmong(subscriptions.id, ids));
  const discountsOf = new Map(discounted.map(({ id, discounts }) => [id, discounts ?? []]));
  const rows = await tx
    .select({ ...LINE, subscriptionId: subscriptionItems.subscriptionId })
    .from(subscriptionItems)
    .where(isAmong(subscriptionItems.subscriptionId, ids))
    .orderBy(asc(subscriptionItems.position));
  const linesOf = new Map<Id<'subscription'>, NextLine[]>(ids.map((id) => [id, []]));
  const once = await onceLinesOf(tx, ids);
  for (const { subscriptionId, ...line } of [...rows, ...once]) linesOf.get(subscriptionId)?.push(line);
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

/**
 * The items of every subscription that a customer's token pays for, with those that wait for one order only, and of one that is
 * about to join them (or null).
 */
export async function linesOnToken(
  tx: Queryable,
  customerId: Id<'customer'>,
  joining: Id<'subscription'> | null,
): Promise<Line[]> {
  const lines = await tx
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
  return [...lines, ...(await onceOnToken(tx, customerId))];
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
    ...(await onceOnToken(tx, customerId)),
  ];
}

// Truemed has agreed to them, so it is told of them until their order is made.
async function onceOnToken(tx: Queryable, customerId: Id<'customer'>): Promise<Line[]> {
  const { sku, name, quantity, unitPriceCents } = onceItems;
  return tx
    .select({ sku, name, quantity, unitPriceCents })
    .from(onceItems)
    .innerJoin(subscriptions, eq(subscriptions.id, onceItems.subscriptionId))
    .where(and(isOnToken(customerId), eq(onceItems.status, 'waiting')))
    .orderBy(asc(onceItems.id));
}

function isOnToken(customerId: Id<'customer'>) {
  return and(
    eq(subscriptions.customerId, customerId),
    eq(subscriptions.billingMethod, 'hsa_fsa'),
    inArray(subscriptions.status, ['trialing', 'active', 'past_due', 'paused']),
  );
}
