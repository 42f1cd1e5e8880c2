import { and, desc, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { earliestNextCharge } from '@/lib/core/charge-spacing';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

/**
 * An order was paid late: the next charge of its subscription comes five days later at the earliest (product.md section 5.3,
 * rule 5). Its period and the anchor stay.
 */
export async function spaceNextCharge(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal' | 'env'>,
  invoice: typeof invoices.$inferSelect,
): Promise<void> {
  const [row] = await tx
    .select({ nextChargeAt: subscriptions.nextChargeAt, timeZone: subscriptions.timeZone })
    .from(subscriptions)
    .where(eq(subscriptions.id, invoice.subscriptionId))
    .for('no key update');
  if (row === undefined || row.nextChargeAt === null) return;
  const period = { start: invoice.periodStart, end: invoice.periodEnd };
  const earliest = earliestNextCharge(ctx.now, period, row.timeZone, ctx.env.merchant.billingHour);
  if (row.nextChargeAt >= earliest) return;
  await tx
    .update(subscriptions)
    .set({ nextChargeAt: earliest, updatedAt: ctx.now })
    .where(eq(subscriptions.id, invoice.subscriptionId));
  await audit(tx, ctx, {
    action: 'subscription.charge_spaced',
    subject: invoice.subscriptionId,
    customerId: invoice.customerId,
    cause: invoice.id,
    change: { notBefore: earliest.toISOString() },
  });
}

/**
 * Before when nothing of a subscription is charged, because its last order that was on hold has been paid; it may lie in the past.
 * Null where none was.
 */
export async function spacedUntil(
  tx: Queryable,
  ctx: Pick<Context, 'env'>,
  subscriptionId: Id<'subscription'>,
  timeZone: string,
): Promise<Date | null> {
  const { periodStart, periodEnd, paidAt } = invoices;
  const [late] = await tx
    .select({ start: periodStart, end: periodEnd, paidAt })
    .from(recoveryCases)
    .innerJoin(invoices, eq(invoices.id, recoveryCases.invoiceId))
    .where(and(eq(recoveryCases.subscriptionId, subscriptionId), eq(recoveryCases.status, 'recovered')))
    .orderBy(desc(recoveryCases.closedAt))
    .limit(1);
  return late === undefined || late.paidAt === null
    ? null
    : earliestNextCharge(late.paidAt, late, timeZone, ctx.env.merchant.billingHour);
}
