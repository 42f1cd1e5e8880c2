import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { type invoices, recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { RecoveryReason } from '@/lib/core/charge';
import { type Id, newId } from '@/lib/core/id';
import { audit } from './audit';
import { closeRecovery } from './close-recovery';
import { changeInvoiceStatus } from './invoice-status';
import { queueMail } from './queue-mail';

/**
 * An order that could not be paid is left out, as its customer has chosen: its case is opened and closed at once, the invoice
 * void, and one mail says so; the subscription goes on with its next period. All in the transaction of the failure.
 */
export async function leaveOutOrder(
  tx: Queryable,
  ctx: Context,
  failure: { invoice: typeof invoices.$inferSelect; attemptId: Id<'chargeAttempt'> | null; reason: RecoveryReason },
): Promise<void> {
  const { invoice, attemptId, reason } = failure;
  const { subscriptionId, customerId } = invoice;
  const id = newId('recoveryCase');
  await tx.insert(recoveryCases).values({
    id,
    invoiceId: invoice.id,
    subscriptionId,
    customerId,
    status: 'open',
    reason,
    attemptId,
    leftOut: true,
    openedAt: ctx.now,
  });
  await audit(tx, ctx, {
    action: 'recovery_case.left_out',
    subject: id,
    customerId,
    cause: attemptId,
    change: { reason, choice: 'skip', totalCents: invoice.totalCents },
  });
  await changeInvoiceStatus(tx, ctx, 'void', { invoice, cause: id });
  await closeRecovery(tx, ctx, invoice.id, 'closed', id);
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
  const [subscription] = await tx
    .select({ cancelOn: subscriptions.cancelOn })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId));
  if (customer === undefined || subscription === undefined) throw new Error(`Invoice ${invoice.id} stands alone.`);
  await queueMail(tx, ctx, {
    template: 'payment_not_taken',
    dedupeKey: `left_out:${id}`,
    customerId,
    to: customer.email,
    facts: {
      name: customer.name,
      amountCents: invoice.totalCents,
      orderOn: invoice.periodStart,
      reason: 'left_out',
      isEnding: subscription.cancelOn !== null,
      link: `${ctx.env.appUrl}/account/subscriptions/${subscriptionId}`,
    },
  });
}
