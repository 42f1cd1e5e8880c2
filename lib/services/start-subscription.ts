import type { Queryable } from '@/db/client';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import { chargeInstant } from '@/lib/core/subscription';
import { audit } from './audit';
import type { CheckoutRow } from './checkout-status';
import type { SubscriptionRow } from './plan-invoice';

/**
 * Makes the subscription that a checkout has ordered, as it was seen and agreed to. `anchor` is the day that its periods
 * count from, `nextChargeOn` the first period that has no order yet. One that stands for a payment that is given back is
 * `canceled` from the beginning. No order is made here.
 */
export async function startSubscription(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal' | 'env'>,
  checkout: CheckoutRow,
  begins: { status: 'active' | 'trialing' | 'canceled'; anchor: LocalDate; nextChargeOn: LocalDate },
): Promise<SubscriptionRow> {
  const { status, anchor, nextChargeOn } = begins;
  const { customerId, timeZone, address, intervalUnit, intervalCount, shippingCents } = checkout;
  const id = newId('subscription');
  const [row] = await tx
    .insert(subscriptions)
    .values({
      id,
      externalId: id,
      customerId,
      status,
      billingMethod: 'hsa_fsa',
      intervalUnit,
      intervalCount,
      anchorDate: anchor,
      timeZone,
      address,
      nextChargeOn,
      nextChargeAt: status === 'canceled' ? null : chargeInstant(nextChargeOn, timeZone, ctx.env.merchant.billingHour),
      shippingCents,
      canceledAt: status === 'canceled' ? ctx.now : null,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .returning();
  if (row === undefined) throw new Error('The subscription was not stored.');
  const { sku, name, quantity, unitPriceCents, priceId } = checkout;
  await tx
    .insert(subscriptionItems)
    .values({ id: newId('item'), subscriptionId: id, position: 0, sku, name, quantity, unitPriceCents, priceId });
  await audit(tx, ctx, {
    action: 'subscription.started',
    subject: id,
    customerId,
    cause: checkout.id,
    change: { status, nextChargeOn, totalCents: checkout.totalCents },
  });
  return row;
}
