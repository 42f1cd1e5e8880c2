import { and, eq, isNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { discounts } from '@/db/schema/catalog';
import { subscriptionDiscounts, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { audit } from './audit';

/** Whether a subscription was given a discount; `already_given`: it has this one, and it still counts. */
export type GiveDiscountResult =
  | { ok: true; subscriptionDiscountId: Id<'subscriptionDiscount'> }
  | { ok: false; reason: 'already_given' | 'billed_elsewhere' };

/**
 * Staff give a subscription a discount: it counts from the next order that is planned, and an order that is planned already
 * keeps its amount. Throws `forbidden` without the role, `not_found` for an unknown id.
 */
export async function giveDiscount(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; discountId: Id<'discount'> },
): Promise<GiveDiscountResult> {
  requireStaff(ctx.principal, 'change_subscription');
  return inTransaction(ctx.db, async (tx) => {
    const [subscription] = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.id, input.subscriptionId))
      .for('no key update');
    const [discount] = await tx.select().from(discounts).where(eq(discounts.id, input.discountId));
    if (subscription === undefined) throw notFound('This subscription');
    if (discount === undefined) throw notFound('This discount');
    if (subscription.billingMethod !== 'hsa_fsa') return { ok: false, reason: 'billed_elsewhere' };
    const running = await tx
      .select({ id: subscriptionDiscounts.id })
      .from(subscriptionDiscounts)
      .where(
        and(
          eq(subscriptionDiscounts.subscriptionId, subscription.id),
          eq(subscriptionDiscounts.discountId, discount.id),
          isNull(subscriptionDiscounts.endedAt),
        ),
      );
    if (running.length > 0) return { ok: false, reason: 'already_given' };
    const id = newId('subscriptionDiscount');
    const remainingPeriods = discount.duration === 'once' ? 1 : discount.periods;
    await tx.insert(subscriptionDiscounts).values({
      id,
      subscriptionId: subscription.id,
      discountId: discount.id,
      remainingPeriods,
      createdAt: ctx.now,
    });
    await audit(tx, ctx, {
      action: 'subscription.discount_given',
      subject: subscription.id,
      customerId: subscription.customerId,
      change: { discount: discount.id, name: discount.name, remainingPeriods },
    });
    return { ok: true, subscriptionDiscountId: id };
  });
}

/** Staff take a discount away from a subscription, from the next order that is planned. Taking it away twice is once. Throws as `giveDiscount` does. */
export async function endDiscount(
  ctx: Context,
  input: { subscriptionDiscountId: Id<'subscriptionDiscount'> },
): Promise<void> {
  requireStaff(ctx.principal, 'change_subscription');
  await inTransaction(ctx.db, async (tx) => {
    const [given] = await tx
      .select({ subscription: subscriptions, name: discounts.name, discountId: discounts.id })
      .from(subscriptionDiscounts)
      .innerJoin(subscriptions, eq(subscriptions.id, subscriptionDiscounts.subscriptionId))
      .innerJoin(discounts, eq(discounts.id, subscriptionDiscounts.discountId))
      .where(eq(subscriptionDiscounts.id, input.subscriptionDiscountId))
      .for('no key update', { of: subscriptions });
    if (given === undefined) throw notFound('This discount');
    const ended = await tx
      .update(subscriptionDiscounts)
      .set({ endedAt: ctx.now })
      .where(and(eq(subscriptionDiscounts.id, input.subscriptionDiscountId), isNull(subscriptionDiscounts.endedAt)))
      .returning({ id: subscriptionDiscounts.id });
    if (ended.length === 0) return;
    await audit(tx, ctx, {
      action: 'subscription.discount_ended',
      subject: given.subscription.id,
      customerId: given.subscription.customerId,
      change: { discount: given.discountId, name: given.name },
    });
  });
}
