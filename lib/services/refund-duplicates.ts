import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';
import { planRefund, refundedOf } from './refund-status';

/**
 * Plans the return of every second capture of an invoice: all that is left of it, once, whatever else became of the order
 * (product.md section 5.3). Staff see it as a task. Returns how many it planned.
 */
export async function refundDuplicates(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const twice = await tx
      .select({ attempt: chargeAttempts, customerId: invoices.customerId })
      .from(chargeAttempts)
      .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
      .where(
        and(
          isNotNull(chargeAttempts.duplicateOf),
          eq(chargeAttempts.status, 'captured'),
          sql`not exists (select from ${refunds} where ${refunds.attemptId} = ${chargeAttempts.id} and ${refunds.isAutomatic})`,
        ),
      )
      .orderBy(asc(chargeAttempts.closedAt), asc(chargeAttempts.id))
      .limit(limit)
      .for('update', { of: chargeAttempts, skipLocked: true });
    let planned = 0;
    for (const { attempt, customerId } of twice) {
      const amountCents = attempt.amountCents - (await refundedOf(tx, attempt.id));
      if (amountCents <= 0) continue;
      const refund = { amountCents, lines: [], items: [], reason: 'duplicate_payment', isAutomatic: true } as const;
      await planRefund(tx, ctx, attempt, customerId, { ...refund, lines: [], items: [] });
      planned += 1;
    }
    return planned;
  });
}
