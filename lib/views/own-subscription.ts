import { and, eq } from 'drizzle-orm';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
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
