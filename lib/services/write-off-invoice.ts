import { and, eq, inArray } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { changeAttemptStatus } from './attempt-status';
import { closeRecovery } from './close-recovery';
import { changeInvoiceStatus } from './invoice-status';
import { lockWithCollecting } from './stop-collecting';
import { changeSubscriptionStatus } from './subscription-status';

export type WriteOffResult = { ok: true } | { ok: false; reason: 'not_open' | 'charge_in_progress' };

/**
 * Staff give an order up for good: its invoice becomes `uncollectible`, its recovery and the mail about it end with it, and
 * the subscription goes on with its next period. Refused while a charge of it is on its way, since that may yet be paid.
 * Throws `forbidden` without the role, `not_found` for an unknown invoice.
 */
export async function writeOffInvoice(ctx: Context, input: { invoiceId: Id<'invoice'> }): Promise<WriteOffResult> {
  requireStaff(ctx.principal, 'write_off');
  return inTransaction(ctx.db, async (tx): Promise<WriteOffResult> => {
    const [found] = await tx
      .select({ subscriptionId: invoices.subscriptionId })
      .from(invoices)
      .where(eq(invoices.id, input.invoiceId));
    if (found === undefined) throw notFound('This order');
    await lockWithCollecting(tx, found.subscriptionId);
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, input.invoiceId)).for('update');
    if (invoice?.status !== 'open') return { ok: false, reason: 'not_open' };
    const attempts = await tx
      .select()
      .from(chargeAttempts)
      .where(and(eq(chargeAttempts.invoiceId, invoice.id), inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES])))
      .for('update');
    if (attempts.some(({ status }) => status !== 'planned')) return { ok: false, reason: 'charge_in_progress' };
    for (const attempt of attempts)
      await changeAttemptStatus(
        tx,
        ctx,
        attempt,
        'abandoned',
        { errorCode: 'not_wanted' },
        invoice.customerId,
        invoice.id,
      );
    await changeInvoiceStatus(tx, ctx, 'uncollectible', { invoice, cause: null });
    await closeRecovery(tx, ctx, invoice.id, 'closed', invoice.id);
    await changeSubscriptionStatus(tx, ctx, invoice.subscriptionId, 'written_off', invoice.id);
    return { ok: true };
  });
}
