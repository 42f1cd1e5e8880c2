import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { type AskedAgain, askAgain, type NotTaken, whyNotTaken } from '@/lib/core/item-change';
import type { Standing } from '@/lib/core/schedule-change';
import { standingOf } from '@/lib/services/change-schedule';
import type { CustomerFile } from './customer-file';
import type { SubscriptionFacts } from './subscription-facts';

/** How a customer's own subscription stands, for the decisions of core. Throws `not_found` for one that is not theirs. */
export async function readStanding(
  ctx: Context,
  customerId: Id<'customer'>,
  subscriptionId: Id<'subscription'>,
): Promise<Standing> {
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)));
  if (row === undefined) throw notFound('This subscription');
  return standingOf(ctx.db, ctx, row);
}

/** A customer's own subscription in their file. Throws `not_found` for one that is not theirs. */
export function ownSubscription(file: CustomerFile, id: Id<'subscription'>): SubscriptionFacts {
  const subscription = file.subscriptions.find((one) => one.id === id);
  if (subscription === undefined) throw notFound('This subscription');
  return subscription;
}

/** A change that waits for Truemed: until it agrees, the old items are charged. */
export interface HeldItems {
  requestId: Id<'provisionRequest'>;
  items: Pick<Line, 'name' | 'quantity'>[];
  /** They are to come with the next order only. */
  isOnce: boolean;
}

/** The items of a subscription that wait for Truemed; null where none do. Whose it is has been asked before. */
export async function readHeldItems(ctx: Context, subscriptionId: Id<'subscription'>): Promise<HeldItems | null> {
  const [held] = await ctx.db
    .select({
      requestId: pendingItemChanges.requestId,
      items: pendingItemChanges.items,
      onceItem: pendingItemChanges.onceItem,
    })
    .from(pendingItemChanges)
    .where(and(eq(pendingItemChanges.subscriptionId, subscriptionId), eq(pendingItemChanges.status, 'held')));
  if (held === undefined) return null;
  return { requestId: held.requestId, ...askedItems(held) };
}

/** New items that came to nothing, until their customer has read so or asks for others. */
export interface EndedItems extends HeldItems {
  why: NotTaken;
  /** Where just this is asked for again; null where it has to be chosen anew. */
  again: ItemsAgain | null;
}

/** The page on which the same items are asked for again, and what it is given. */
export type ItemsAgain = AskedAgain<Id<'item'>> | { page: 'one-time'; item: Id<'price'>; quantity: number };

/** The latest items of a subscription that Truemed did not take, while that is said; null where nothing is to be said. Whose it is has been asked before. */
export async function readEndedItems(ctx: Context, subscriptionId: Id<'subscription'>): Promise<EndedItems | null> {
  const { requestId, items, onceItem, status, dismissedAt, createdAt } = pendingItemChanges;
  const [ended] = await ctx.db
    .select({ requestId, items, onceItem, status, request: provisionRequests.status })
    .from(pendingItemChanges)
    .innerJoin(provisionRequests, eq(provisionRequests.id, requestId))
    .where(
      and(
        eq(pendingItemChanges.subscriptionId, subscriptionId),
        sql`${status} in ('refused', 'abandoned')`,
        isNull(dismissedAt),
      ),
    )
    .orderBy(desc(createdAt))
    .limit(1);
  if (ended === undefined) return null;
  const why = whyNotTaken(ended.status === 'abandoned' ? 'abandoned' : 'refused', ended.request);
  if (why === null) return null;
  return { requestId: ended.requestId, why, again: await askedAgain(ctx, subscriptionId, ended), ...askedItems(ended) };
}

/** Where the items of a change are asked for again, from what its subscription has now. */
export async function askedAgain(
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  { items, onceItem }: Asked,
): Promise<ItemsAgain | null> {
  if (onceItem !== null) return { page: 'one-time', item: onceItem.priceId, quantity: onceItem.quantity };
  const present = await ctx.db
    .select()
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .orderBy(asc(subscriptionItems.position));
  return askAgain(items, present);
}

type Asked = Pick<typeof pendingItemChanges.$inferSelect, 'items' | 'onceItem'>;

/** What a change of items asks for: the items of every order, or the one that is to come with the next. */
export function askedItems({ items, onceItem }: Asked): Pick<HeldItems, 'items' | 'isOnce'> {
  const asked = onceItem === null ? items : [onceItem];
  return { items: asked.map(({ name, quantity }) => ({ name, quantity })), isOnce: onceItem !== null };
}
