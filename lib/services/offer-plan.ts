import { eq } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { plans, prices } from '@/db/schema/catalog';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { type PlanTerms, type PlanTermsProblem, problemOfTerms } from '@/lib/core/plan';
import { requireStaffOrCommand } from '@/lib/core/principal';
import { audit } from './audit';

export type OfferPlanRefusal = PlanTermsProblem | 'no_such_plan' | 'no_price';

type Offered =
  | { ok: true; planId: Id<'plan'>; outcome: 'offered' | 'unchanged' }
  | { ok: false; reason: OfferPlanRefusal };

/**
 * Staff, or the shop's own command, offer a plan that has a price (`setPrice`): from now on it can be subscribed to, on these
 * terms. The same terms again change nothing; nobody who has subscribed is charged otherwise. Throws `forbidden` without the role.
 */
export async function offerPlan(ctx: Context, input: { sku: string } & PlanTerms): Promise<Offered> {
  requireStaffOrCommand(ctx.principal, 'set_prices');
  const { sku, intervals, ...rest } = input;
  const problem = problemOfTerms(input);
  if (problem !== null) return { ok: false, reason: problem };
  return inTransaction(ctx.db, async (tx): Promise<Offered> => {
    const plan = await lockPlan(tx, sku);
    if (plan === null) return { ok: false, reason: 'no_such_plan' };
    const priced = await tx.select({ id: prices.id }).from(prices).where(eq(prices.planId, plan.id)).limit(1);
    if (priced.length === 0) return { ok: false, reason: 'no_price' };
    const terms = { ...rest, intervals: intervals.map(({ unit, count }) => ({ unit, count })) };
    const isSame =
      plan.offeredAt !== null &&
      plan.description === terms.description &&
      plan.trialDays === terms.trialDays &&
      plan.shippingCents === terms.shippingCents &&
      plan.intervals.length === terms.intervals.length &&
      terms.intervals.every(
        ({ unit, count }, n) => plan.intervals[n]?.unit === unit && plan.intervals[n]?.count === count,
      );
    if (isSame) return { ok: true, planId: plan.id, outcome: 'unchanged' };
    await tx
      .update(plans)
      .set({ ...terms, offeredAt: plan.offeredAt ?? ctx.now })
      .where(eq(plans.id, plan.id));
    await audit(tx, ctx, { action: 'plan.offered', subject: plan.id, customerId: null, change: { sku, ...terms } });
    return { ok: true, planId: plan.id, outcome: 'offered' };
  });
}

/** Staff, or the shop's own command, take a plan off what can be subscribed to. Who has it keeps it. */
export async function withdrawPlan(
  ctx: Context,
  input: { sku: string },
): Promise<{ ok: true; outcome: 'withdrawn' | 'unchanged' } | { ok: false; reason: 'no_such_plan' }> {
  requireStaffOrCommand(ctx.principal, 'set_prices');
  return inTransaction(ctx.db, async (tx) => {
    const plan = await lockPlan(tx, input.sku);
    if (plan === null) return { ok: false, reason: 'no_such_plan' };
    if (plan.offeredAt === null) return { ok: true, outcome: 'unchanged' };
    await tx.update(plans).set({ offeredAt: null }).where(eq(plans.id, plan.id));
    await audit(tx, ctx, {
      action: 'plan.withdrawn',
      subject: plan.id,
      customerId: null,
      change: { sku: input.sku },
    });
    return { ok: true, outcome: 'withdrawn' };
  });
}

async function lockPlan(tx: Queryable, sku: string): Promise<typeof plans.$inferSelect | null> {
  const [plan] = await tx.select().from(plans).where(eq(plans.sku, sku)).for('update');
  return plan ?? null;
}
