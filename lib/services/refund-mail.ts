import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { queueMail } from './queue-mail';
import type { RefundRow } from './refund-status';

/** Writes to the customer that Truemed has taken a refund, in the transaction that learns of it: once for each refund. */
export async function writeRefundMail(
  tx: Queryable,
  ctx: Pick<Context, 'env' | 'vault' | 'now'>,
  { id, customerId, invoiceId, amountCents, reason }: RefundRow,
): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  if (customer === undefined || invoice === undefined) throw new Error(`Refund ${id} stands alone.`);
  await queueMail(tx, ctx, {
    template: 'money_returned',
    dedupeKey: `money_returned:${id}`,
    customerId,
    to: customer.email,
    facts: {
      name: customer.name,
      amountCents,
      orderOn: invoice.periodStart,
      isSecondPayment: reason === 'duplicate_payment',
      link: `${ctx.env.appUrl}/account/orders/${invoiceId}`,
    },
  });
}
