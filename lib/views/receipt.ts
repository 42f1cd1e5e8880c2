import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { Receipt } from '@/lib/core/receipt';
import type { ShellFacts } from './customer-file';
import { readReceipt } from './paid-orders';

/** The receipt of one paid order, as its page and its PDF show it. */
export interface ReceiptPage {
  shell: ShellFacts;
  receipt: Receipt;
}

/**
 * Reads the receipt of an order. Throws `not_found` for one that is not theirs or is not paid, `forbidden` for everybody who
 * is not a customer.
 */
export async function receiptPage(ctx: Context, input: { invoiceId: Id<'invoice'> }): Promise<ReceiptPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const receipt = await readReceipt(ctx, { customerId, invoiceId: input.invoiceId });
  if (receipt === null) throw notFound('This receipt');
  return {
    shell: { merchant: receipt.merchant, person: receipt.customer.split(/\s+/)[0] ?? receipt.customer },
    receipt,
  };
}
