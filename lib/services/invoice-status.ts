import { inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import type { InvoiceStatus } from '@/lib/core/charge';
import { invoiceMayBecome } from '@/lib/core/invoice-status';
import { audit } from './audit';
import { countDiscountUses } from './discount-uses';

export type InvoiceRow = typeof invoices.$inferSelect;

/** What an invoice may become after it was planned, and the word for it in the audit log. */
const ACTIONS = {
  paid: 'invoice.paid',
  void: 'invoice.voided',
  uncollectible: 'invoice.written_off',
} as const satisfies Partial<Record<InvoiceStatus, string>>;
export type InvoiceOutcome = keyof typeof ACTIONS;

/**
 * The one function that changes `invoices.status`, of one invoice or of many at once, with the moment of payment, the orders
 * that are left to their discounts, and the audit entries. The rows must be locked by the caller. Throws on a change that core does not allow: a bug.
 */
export async function changeInvoiceStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  status: InvoiceOutcome,
  ...changes: readonly {
    invoice: Pick<InvoiceRow, 'id' | 'status' | 'customerId' | 'totalCents'>;
    /** What led to it: an attempt, a subscription; null for a person's own act. */
    cause: string | null;
    /** All of it is given back in the same transaction: nothing is to be sent for it. */
    goesBack?: boolean;
  }[]
): Promise<void> {
  if (changes.length === 0) return;
  for (const { invoice } of changes) {
    if (!invoiceMayBecome(invoice.status, status))
      throw new Error(`Invoice ${invoice.id} may not go from ${invoice.status} to ${status}.`);
  }
  await tx
    .update(invoices)
    .set({ status, paidAt: status === 'paid' ? ctx.now : null })
    .where(
      inArray(
        invoices.id,
        changes.map(({ invoice }) => invoice.id),
      ),
    );
  // An order uses its discounts from when it is planned, so one that is paid while it is open changes nothing of them.
  const counted = changes.filter(({ invoice }) => status !== 'paid' || invoice.status !== 'open');
  if (counted.length > 0)
    await countDiscountUses(
      tx,
      ctx,
      counted.map(({ invoice }) => invoice.id),
    );
  await audit(
    tx,
    ctx,
    ...changes.map(({ invoice, cause, goesBack }) => ({
      action: ACTIONS[status],
      subject: invoice.id,
      customerId: invoice.customerId,
      cause,
      change: {
        from: invoice.status,
        to: status,
        totalCents: invoice.totalCents,
        ...(goesBack === true ? { goesBack } : {}),
      },
    })),
  );
}
