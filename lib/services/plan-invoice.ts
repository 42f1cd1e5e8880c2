import { eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoiceDiscounts, invoiceLines, invoices } from '@/db/schema/billing';
import { subscriptionDiscounts, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Period } from '@/lib/core/calendar';
import type { AttemptCause, InvoiceStatus } from '@/lib/core/charge';
import { draftInvoice, type InvoiceDraft } from '@/lib/core/draft-invoice';
import { type Id, newId } from '@/lib/core/id';
import type { RenewalPlan } from '@/lib/core/renewal';
import { chargeInstant } from '@/lib/core/subscription';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';
import { changeInvoiceStatus } from './invoice-status';
import { orderFactsOf } from './order-lines';
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
  // Truemed takes no charge of nothing (truemed-api.md C8): an order whose discounts pay for all of it is paid with that.
  if (invoice.totalCents === 0) {
    await changeInvoiceStatus(tx, ctx, 'paid', { invoice, cause: subscription.id });
    return null;
  }
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
  const { lines, extras, totalCents, discounts } = draftInvoice(await orderFactsOf(tx, subscription));
  const [invoice] = await tx
    .insert(invoices)
    .values({
      id: newId('invoice'),
      subscriptionId: subscription.id,
      customerId: subscription.customerId,
      status,
      periodStart: period.start,
      periodEnd: period.end,
      ...extras,
      totalCents,
      createdAt: ctx.now,
    })
    .onConflictDoNothing({ target: [invoices.subscriptionId, invoices.periodStart] })
    .returning();
  if (invoice === undefined) return null;
  await tx
    .insert(invoiceLines)
    .values(lines.map((line, position) => ({ ...line, id: newId('invoiceLine'), invoiceId: invoice.id, position })));
  if (status === 'open') await countDiscounts(tx, ctx, invoice.id, discounts);
  await audit(tx, ctx, {
    action: `invoice.${status === 'skipped' ? 'skipped' : 'planned'}`,
    subject: invoice.id,
    customerId: subscription.customerId,
    cause: subscription.id,
    change: { period, totalCents: invoice.totalCents },
  });
  return invoice;
}

/** Notes what each discount took off a billed order, and counts that order off those that last for a number of them. */
async function countDiscounts(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  invoiceId: Id<'invoice'>,
  used: InvoiceDraft<unknown>['discounts'],
): Promise<void> {
  if (used.length === 0) return;
  await tx
    .insert(invoiceDiscounts)
    .values(used.map(({ id, name, amountCents }) => ({ invoiceId, subscriptionDiscountId: id, name, amountCents })));
  const { id, remainingPeriods, endedAt } = subscriptionDiscounts;
  await tx
    .update(subscriptionDiscounts)
    .set({
      remainingPeriods: sql`${remainingPeriods} - 1`,
      endedAt: sql`case when ${remainingPeriods} = 1 then ${ctx.now.toISOString()}::timestamptz else ${endedAt} end`,
    })
    .where(
      inArray(
        id,
        used.map((discount) => discount.id),
      ),
    );
}
