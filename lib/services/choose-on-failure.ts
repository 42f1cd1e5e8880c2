import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { FailureChoice } from '@/lib/core/failure-choice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';

export type FailureChoiceRefusal = 'billed_elsewhere' | 'canceled';

/**
 * A customer says what becomes of an order that their HSA/FSA card could not pay (`afterFailure`). It counts from the next
 * failure on: an order that is on hold stays on hold. Throws `not_found` for a subscription that is not theirs.
 */
export async function chooseOnFailure(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; choice: FailureChoice },
): Promise<{ ok: true } | { ok: false; reason: FailureChoiceRefusal }> {
  const { customerId } = requireCustomer(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const [row] = await tx
      .select()
      .from(subscriptions)
      .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId)))
      .for('no key update');
    if (row === undefined) throw notFound('This subscription');
    if (row.billingMethod !== 'hsa_fsa') return { ok: false, reason: 'billed_elsewhere' };
    if (row.status === 'canceled') return { ok: false, reason: 'canceled' };
    if (row.failureChoice === input.choice) return { ok: true };
    await tx
      .update(subscriptions)
      .set({ failureChoice: input.choice, updatedAt: ctx.now })
      .where(eq(subscriptions.id, row.id));
    await audit(tx, ctx, {
      action: 'subscription.failure_choice_changed',
      subject: row.id,
      customerId,
      change: { choice: { from: row.failureChoice, to: input.choice } },
    });
    return { ok: true };
  });
}
