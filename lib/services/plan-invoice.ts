import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoiceLines, invoices } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { orderTotal } from '@/lib/core/amounts';
import type { Period } from '@/lib/core/calendar';
import type { AttemptCause, InvoiceStatus } from '@/lib/core/charge';
import { newId } from '@/lib/core/id';
import type { RenewalPlan } from '@/lib/core/renewal';
import { chargeInstant } from '@/lib/core/subscription';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';
import { linesOf } from './order-lines';
import { planAttempt } from './plan-attempt';
import { openRecovery } from './recovery';

export type SubscriptionRow = typeof subscriptions.$inferSelect;

/**
 * Carries out a renewal plan in the caller's transaction: periods that passed as `skipped`, the billed one with its lines
 * and its first attempt, and the schedule advanced. The subscription must be locked by the caller. Without a live token the
 * invoice waits in recovery. Returns the attempt to send, null where there is none.
 */
export async function planInvoice(
  tx: Queryable,
  ctx: Context,
  subscription: SubscriptionRow,
  plan: RenewalPlan,
  cause: AttemptCause,
): Promise<AttemptRow | null> {
  for (const period of plan.skipped) await storeInvoice(tx, ctx, subscription, period, 'skipped');
  const invoice = await storeInvoice(tx, ctx, subscription, plan.billed, 'open');
  await tx
    .update(subscriptions)
    .set({
      nextChargeOn: plan.nextChargeOn,
      nextChargeAt: chargeInstant(plan.nextChargeOn, subscription.timeZone, ctx.env.merchant.billingHour),
      updatedAt: ctx.now,
    })
    .where(eq(subscriptions.id, subscription.id));
  // The database already has this period: whoever planned it also plans its attempts.
  if (invoice === null) return null;
  const attempt = await planAttempt(tx, ctx, invoice, cause);
  if (attempt === null)
    await openRecovery(tx, ctx, { invoice, attemptId: null, reason: 'token_gone', redirectUrl: null });
  return attempt;
}

/** Stores one period with its lines, without a charge. Null where the database already has it. */
export async function storeInvoice(
  tx: Queryable,
  ctx: Context,
  subscription: SubscriptionRow,
  period: Period,
  status: InvoiceStatus,
): Promise<typeof invoices.$inferSelect | null> {
  const lines = await linesOf(tx, subscription.id);
  const { shippingCents, taxCents, discountCents } = subscription;
  const [invoice] = await tx
    .insert(invoices)
    .values({
      id: newId('invoice'),
      subscriptionId: subscription.id,
      customerId: subscription.customerId,
      status,
      periodStart: period.start,
      periodEnd: period.end,
      shippingCents,
      taxCents,
      discountCents,
      totalCents: orderTotal(lines, subscription),
      createdAt: ctx.now,
    })
    .onConflictDoNothing({ target: [invoices.subscriptionId, invoices.periodStart] })
    .returning();
  if (invoice === undefined) return null;
  await tx
    .insert(invoiceLines)
    .values(lines.map((line, position) => ({ ...line, id: newId('invoiceLine'), invoiceId: invoice.id, position })));
  await audit(tx, ctx, {
    action: `invoice.${status === 'skipped' ? 'skipped' : 'planned'}`,
    subject: invoice.id,
    customerId: subscription.customerId,
    cause: subscription.id,
    change: { period, totalCents: invoice.totalCents },
  });
  return invoice;
}
