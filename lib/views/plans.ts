import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { plans, prices } from '@/db/schema/catalog';
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

/** What can be subscribed to, by name. For everybody: nothing of any customer's is in it. */
export async function offeredPlans({ db }: Pick<Context, 'db'>): Promise<OfferedPlan[]> {
  return selectOffered({ db }, null);
}

/** One plan that is offered; null for any other id. */
export async function offeredPlan(
  { db }: Pick<Context, 'db'>,
  input: { planId: Id<'plan'> },
): Promise<OfferedPlan | null> {
  const [plan] = await selectOffered({ db }, input.planId);
  return plan ?? null;
}

async function selectOffered({ db }: Pick<Context, 'db'>, planId: Id<'plan'> | null): Promise<OfferedPlan[]> {
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
    .where(and(isNotNull(plans.offeredAt), planId === null ? undefined : eq(plans.id, planId)))
    .orderBy(asc(plans.name), asc(plans.id), sql`${prices.version} desc`);
  return rows.map((row) => ({ ...row, description: row.description ?? '' }));
}
