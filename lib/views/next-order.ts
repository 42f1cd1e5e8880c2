import { eq, sql } from 'drizzle-orm';
import { nextOrderLinesOf } from '@/db/next-order-lines';
import { discountsWithoutOpenOrders, runningDiscountsOf } from '@/db/running-discounts';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type CustomerSwitches, customerMay } from '@/lib/core/customer-switches';
import type { OrderFacts } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import type { ShownLine, SubscriptionFacts } from './subscription-facts';

/**
 * What the next order of a subscription is made of, for `draftInvoice`: as it is, or as it will be once what is being collected
 * has been given up.
 */
export async function readNextOrder(
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  { isGivenUp = false } = {},
): Promise<OrderFacts<ShownLine>> {
  const running = isGivenUp ? discountsWithoutOpenOrders(ctx.db) : runningDiscountsOf(ctx.db);
  const lines = nextOrderLinesOf(ctx.db);
  const { shippingCents, taxCents, discountCents } = subscriptions;
  const [order] = await ctx.db
    .select({ shippingCents, taxCents, discountCents, discounts: running.list, lines: lines.list })
    .from(subscriptions)
    .leftJoinLateral(running, sql`true`)
    .leftJoinLateral(lines, sql`true`)
    .where(eq(subscriptions.id, subscriptionId));
  if (order === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  return { ...order, discounts: order.discounts ?? [], lines: order.lines ?? [] };
}

/** Whether a customer may change how many of each item come, as a subscription stands. */
export function mayChangeItems(
  { billingMethod, status }: Pick<SubscriptionFacts, 'billingMethod' | 'status'>,
  hasCard: boolean,
  switches: CustomerSwitches,
): boolean {
  return hasCard && billingMethod === 'hsa_fsa' && status !== 'canceled' && customerMay(switches, 'quantity');
}

/** Whether an item may be added to the next order of a subscription, as it stands. */
export function mayAddOnce(
  { billingMethod, status, cancelOn }: Pick<SubscriptionFacts, 'billingMethod' | 'status' | 'cancelOn'>,
  hasCard: boolean,
): boolean {
  return hasCard && billingMethod === 'hsa_fsa' && status !== 'canceled' && cancelOn === null;
}
