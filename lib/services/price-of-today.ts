import { and, eq, gt, isNotNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { plans, prices } from '@/db/schema/catalog';
import type { Id } from '@/lib/core/id';

/** What a price version is of. */
export interface PricedPlan {
  sku: string;
  name: string;
  unitPriceCents: number;
  priceId: Id<'price'>;
}

/** A price version with its plan, while that is offered and no later version has taken its place; else null. */
export async function priceOfToday(tx: Queryable, priceId: Id<'price'>): Promise<PricedPlan | null> {
  const [row] = await tx
    .select({
      sku: plans.sku,
      name: plans.name,
      unitPriceCents: prices.unitPriceCents,
      planId: prices.planId,
      version: prices.version,
    })
    .from(prices)
    .innerJoin(plans, eq(plans.id, prices.planId))
    .where(and(eq(prices.id, priceId), isNotNull(plans.offeredAt)));
  if (row === undefined) return null;
  const later = await tx
    .select({ id: prices.id })
    .from(prices)
    .where(and(eq(prices.planId, row.planId), gt(prices.version, row.version)));
  const { sku, name, unitPriceCents } = row;
  return later.length === 0 ? { sku, name, unitPriceCents, priceId } : null;
}
