import { and, desc, eq, gt, inArray, or } from 'drizzle-orm';
import { checkouts } from '@/db/schema/checkouts';
import type { Context } from '@/lib/context';
import type { Interval } from '@/lib/core/calendar';
import { type CheckoutState, checkoutState, LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';
import type { Id } from '@/lib/core/id';
import { ABANDON_MS } from '@/lib/core/provisioning';

/** A new subscription that was ordered and has not begun. */
export interface OpenCheckout {
  checkoutId: Id<'checkout'>;
  name: string;
  quantity: number;
  interval: Interval;
  totalCents: number;
  state: CheckoutState;
  createdAt: Date;
}

/** Reads what a customer has ordered and has not begun: what is open at Truemed, and for ten days what a person must read. */
export async function readOpenCheckouts(ctx: Context, customerId: Id<'customer'>): Promise<OpenCheckout[]> {
  const isRead = and(
    eq(checkouts.status, 'refused'),
    gt(checkouts.createdAt, new Date(ctx.now.getTime() - ABANDON_MS)),
  );
  const rows = await ctx.db
    .select()
    .from(checkouts)
    .where(
      and(eq(checkouts.customerId, customerId), or(inArray(checkouts.status, [...LIVE_CHECKOUT_STATUSES]), isRead)),
    )
    .orderBy(desc(checkouts.createdAt), desc(checkouts.id));
  return rows.map(({ id, name, quantity, intervalUnit, intervalCount, totalCents, createdAt, ...row }) => ({
    checkoutId: id,
    name,
    quantity,
    interval: { unit: intervalUnit, count: intervalCount },
    totalCents,
    createdAt,
    state: checkoutState({ ...row, createdAt, isTrial: row.trialEndsOn !== null, firstOrder: null }, ctx.now),
  }));
}
