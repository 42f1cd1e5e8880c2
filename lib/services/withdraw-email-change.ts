import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { requireCustomer } from '@/lib/core/principal';
import { endOpenChange } from './ask-email-change';
import { audit } from './audit';

/** `nothing_open`: it was withdrawn already, or it is done, or too old. */
export type WithdrawEmailResult = { ok: true } | { ok: false; reason: 'nothing_open' };

/** A customer takes back the change of e-mail that they have asked for: both mailed links say nothing any more. */
export async function withdrawEmailChange(ctx: Context): Promise<WithdrawEmailResult> {
  const { customerId } = requireCustomer(ctx.principal);
  return inTransaction(ctx.db, async (tx): Promise<WithdrawEmailResult> => {
    // As confirming does, so that it is either withdrawn or done.
    const [customer] = await tx
      .select({ id: customers.id })
      .from(customers)
      .where(eq(customers.id, customerId))
      .for('no key update');
    if (customer === undefined) throw notFound('This account');
    if (!(await endOpenChange(tx, ctx, customerId))) return { ok: false, reason: 'nothing_open' };
    await audit(tx, ctx, {
      action: 'customer.email_change_withdrawn',
      subject: customerId,
      customerId,
      change: { links: 'ended' },
    });
    return { ok: true };
  });
}
