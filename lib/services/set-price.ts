import { desc, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { plans, prices } from '@/db/schema/catalog';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { cents } from '@/lib/core/money';
import { requireStaffOrCommand } from '@/lib/core/principal';
import { audit } from './audit';

/**
 * Staff, or the shop's own command, set what one piece of a plan costs: a new price version, and the plan where its SKU is new. It is for those who
 * subscribe from now on; nobody who has a version pays another. The same price again makes no version. Throws `forbidden`
 * without the role, `RangeError` for anything but cents that are not negative.
 */
export async function setPrice(
  ctx: Context,
  input: { sku: string; name: string; unitPriceCents: number },
): Promise<{ planId: Id<'plan'>; priceId: Id<'price'>; version: number }> {
  requireStaffOrCommand(ctx.principal, 'set_prices');
  const unitPriceCents = cents(input.unitPriceCents);
  if (unitPriceCents < 0) throw new RangeError('A price is not negative.');
  return inTransaction(ctx.db, async (tx) => {
    const added = { id: newId('plan'), sku: input.sku, name: input.name, createdAt: ctx.now };
    const created = await tx.insert(plans).values(added).onConflictDoNothing({ target: plans.sku }).returning();
    if (created.length > 0)
      await audit(tx, ctx, {
        action: 'plan.created',
        subject: added.id,
        customerId: null,
        change: { sku: input.sku, name: input.name },
      });
    // The plan's row is the queue of those who set its price.
    const [plan] = await tx.select().from(plans).where(eq(plans.sku, input.sku)).for('update');
    if (plan === undefined) throw new Error(`No plan ${input.sku}.`);
    const [current] = await tx
      .select()
      .from(prices)
      .where(eq(prices.planId, plan.id))
      .orderBy(desc(prices.version))
      .limit(1);
    if (current?.unitPriceCents === unitPriceCents)
      return { planId: plan.id, priceId: current.id, version: current.version };
    const price = { id: newId('price'), planId: plan.id, version: (current?.version ?? 0) + 1, unitPriceCents };
    await tx.insert(prices).values({ ...price, createdAt: ctx.now });
    await audit(tx, ctx, {
      action: 'price.set',
      subject: price.id,
      customerId: null,
      cause: plan.id,
      change: {
        version: price.version,
        unitPriceCents: { from: current?.unitPriceCents ?? null, to: unitPriceCents },
      },
    });
    return { planId: plan.id, priceId: price.id, version: price.version };
  });
}
