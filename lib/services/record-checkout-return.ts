import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { nextBackfillAt } from '@/lib/core/provisioning';
import { audit } from './audit';
import { recordReturn } from './record-return';

/**
 * A customer has come back from Truemed's checkout, to the success or the failure URL. It proves nothing: it starts the
 * look-ups anew and changes what the page says. Coming back again changes nothing. Throws `not_found` for a checkout that is
 * not theirs.
 */
export async function recordCheckoutReturn(
  ctx: Context,
  input: { checkoutId: Id<'checkout'>; outcome: 'success' | 'failure' },
): Promise<void> {
  const { customerId } = requireCustomer(ctx.principal);
  const requestId = await inTransaction(ctx.db, async (tx) => {
    const [checkout] = await tx
      .select()
      .from(checkouts)
      .where(and(eq(checkouts.id, input.checkoutId), eq(checkouts.customerId, customerId)))
      .for('update');
    if (checkout === undefined) throw notFound('This order');
    const { id, returnedAt, declinedAt, createdAt, provisionRequestId, path } = checkout;
    if (checkout.status !== 'open') return provisionRequestId;
    const declinedLast = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
    if (input.outcome === 'failure' ? declinedLast : returnedAt !== null && !declinedLast) return provisionRequestId;
    const dueAt = path === 'session' ? nextBackfillAt(createdAt, ctx.now, ctx.now) : checkout.dueAt;
    await tx
      .update(checkouts)
      .set(input.outcome === 'failure' ? { declinedAt: ctx.now } : { returnedAt: ctx.now, dueAt })
      .where(eq(checkouts.id, id));
    await audit(tx, ctx, {
      action: 'checkout.returned',
      subject: id,
      customerId,
      change: { outcome: input.outcome },
    });
    return provisionRequestId;
  });
  if (requestId !== null) await recordReturn(ctx, { requestId, outcome: input.outcome });
}
