import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { changeAttemptStatus } from './attempt-status';
import { closeRecovery } from './close-recovery';
import type { SubscriptionRow } from './plan-invoice';
import { giveUpInvoice } from './recovery';

/**
 * Locks a subscription with all that is being collected for it, in the order in which charging locks: attempts, invoices,
 * cases, subscription. What charging plans in between meets the subscription's lock. Null for an unknown id.
 */
export async function lockWithCollecting(
  tx: Queryable,
  subscriptionId: Id<'subscription'>,
): Promise<SubscriptionRow | null> {
  await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.subscriptionId, subscriptionId),
        inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES]),
      ),
    )
    .for('update');
  const open = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(and(eq(invoices.subscriptionId, subscriptionId), eq(invoices.status, 'open')))
    .for('update');
  if (open.length > 0)
    await tx
      .select({ id: recoveryCases.id })
      .from(recoveryCases)
      .where(
        and(
          inArray(
            recoveryCases.invoiceId,
            open.map(({ id }) => id),
          ),
          eq(recoveryCases.status, 'open'),
        ),
      )
      .for('update');
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId)).for('no key update');
  return row ?? null;
}

/**
 * Gives up what is being collected for a locked subscription: a planned attempt is abandoned, the invoice void, its
 * recovery closed and the mail about it not sent. An attempt that has left is left to settle: captured, its invoice is
 * paid; refused, `openRecovery` gives the invoice up then.
 */
export async function stopCollecting(tx: Queryable, ctx: Context, subscription: SubscriptionRow): Promise<void> {
  const open = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.subscriptionId, subscription.id), eq(invoices.status, 'open')));
  for (const invoice of open) {
    const attempts = await tx
      .select()
      .from(chargeAttempts)
      .where(and(eq(chargeAttempts.invoiceId, invoice.id), inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES])))
      .for('update');
    const planned = attempts.filter(({ status }) => status === 'planned');
    for (const attempt of planned)
      await changeAttemptStatus(
        tx,
        ctx,
        attempt,
        'abandoned',
        { errorCode: 'not_wanted' },
        invoice.customerId,
        subscription.id,
      );
    if (planned.length === attempts.length) await giveUpInvoice(tx, ctx, invoice, subscription.id);
    else await closeRecovery(tx, ctx, invoice.id, 'closed', subscription.id);
  }
}
