import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { nextBackfillAt } from '@/lib/core/provisioning';
import { audit } from './audit';

/**
 * A customer has come back from Truemed, to the success or the failure URL, by redirect or by the frame's message. It
 * proves nothing: it starts the backfill anew and changes what the waiting page says. Coming back again changes nothing.
 * Throws `not_found` for a request that is not theirs.
 */
export async function recordReturn(
  ctx: Context,
  input: { requestId: Id<'provisionRequest'>; outcome: 'success' | 'failure' },
): Promise<void> {
  const { customerId } = requireCustomer(ctx.principal);
  await inTransaction(ctx.db, async (tx) => {
    const [request] = await tx
      .select()
      .from(provisionRequests)
      .where(and(eq(provisionRequests.id, input.requestId), eq(provisionRequests.customerId, customerId)))
      .for('update');
    if (request === undefined) throw notFound('This request');
    if (request.status !== 'open' && request.status !== 'abandoned') return;
    const { returnedAt, declinedAt } = request;
    const declinedLast = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
    if (input.outcome === 'failure' ? declinedLast : returnedAt !== null && !declinedLast) return;
    await tx
      .update(provisionRequests)
      .set(
        input.outcome === 'failure'
          ? { declinedAt: ctx.now }
          : { returnedAt: ctx.now, dueAt: nextBackfillAt(request.createdAt, ctx.now, ctx.now) },
      )
      .where(eq(provisionRequests.id, request.id));
    await audit(tx, ctx, {
      action: 'provision_request.returned',
      subject: request.id,
      customerId,
      change: { outcome: input.outcome },
    });
  });
}
