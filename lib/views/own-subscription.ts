import { and, eq } from 'drizzle-orm';
import { pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
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

/** What a change of items asks for: the items of every order, or the one that is to come with the next. */
export function askedItems({
  items,
  onceItem,
}: Pick<typeof pendingItemChanges.$inferSelect, 'items' | 'onceItem'>): Pick<HeldItems, 'items' | 'isOnce'> {
  const asked = onceItem === null ? items : [onceItem];
  return { items: asked.map(({ name, quantity }) => ({ name, quantity })), isOnce: onceItem !== null };
}
