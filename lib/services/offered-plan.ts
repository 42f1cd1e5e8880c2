import { and, asc, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { plans, prices } from '@/db/schema/catalog';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Interval } from '@/lib/core/calendar';
import type { Id } from '@/lib/core/id';

/** A plan as everybody may see it, at the price of those who subscribe now. */
export interface OfferedPlan {
  id: Id<'plan'>;
  priceId: Id<'price'>;
  sku: string;
  name: string;
  description: string;
  unitPriceCents: number;
  shippingCents: number;
  /** The first is proposed. */
  intervals: Interval[];
  trialDays: number;
}

/** Which plans: all that are offered, one of them by its id, or the one of a SKU. */
export type PlanChoice = { planId: Id<'plan'> } | { sku: string } | 'all';

/** Reads the plans that are offered, each at its latest price, by name. */
export async function readOfferedPlans(db: Queryable, choice: PlanChoice): Promise<OfferedPlan[]> {
  const rows = await db
    .selectDistinctOn([plans.name, plans.id], {
      id: plans.id,
      priceId: prices.id,
      sku: plans.sku,
      name: plans.name,
      description: plans.description,
      unitPriceCents: prices.unitPriceCents,
      shippingCents: plans.shippingCents,
      intervals: plans.intervals,
      trialDays: plans.trialDays,
    })
    .from(plans)
    .innerJoin(prices, eq(prices.planId, plans.id))
    .where(and(isNotNull(plans.offeredAt), choice === 'all' ? undefined : isChosen(choice)))
    .orderBy(asc(plans.name), asc(plans.id), sql`${prices.version} desc`);
  return rows.map((row) => ({ ...row, description: row.description ?? '' }));
}

function isChosen(choice: Exclude<PlanChoice, 'all'>) {
  return 'planId' in choice ? eq(plans.id, choice.planId) : eq(plans.sku, choice.sku);
}

/** A plan on the terms of one customer: its trial is for those who have never had it. */
export async function planFor(
  db: Queryable,
  plan: OfferedPlan,
  customerId: Id<'customer'> | null,
): Promise<OfferedPlan> {
  if (plan.trialDays === 0 || customerId === null) return plan;
  const had = await db
    .select({ id: subscriptionItems.id })
    .from(subscriptionItems)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionItems.subscriptionId))
    .where(and(eq(subscriptions.customerId, customerId), eq(subscriptionItems.sku, plan.sku)))
    .limit(1);
  return had.length > 0 ? { ...plan, trialDays: 0 } : plan;
}

/** The time zone in which an order's days are counted: that of the customer's latest subscription, else the merchant's. */
export async function buyerZone(
  db: Queryable,
  { env }: Pick<Context, 'env'>,
  customerId: Id<'customer'> | null,
): Promise<string> {
  if (customerId === null) return env.merchant.timeZone;
  const [latest] = await db
    .select({ timeZone: subscriptions.timeZone })
    .from(subscriptions)
    .where(eq(subscriptions.customerId, customerId))
    .orderBy(desc(subscriptions.createdAt), desc(subscriptions.id))
    .limit(1);
  return latest?.timeZone ?? env.merchant.timeZone;
}
