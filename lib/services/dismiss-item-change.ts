import { and, eq, inArray, isNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';

/** `nothing_said`: it was put away already, or other items were asked for since. */
export type DismissResult = { ok: true } | { ok: false; reason: 'nothing_said' };

/**
 * A customer has read that their new items were not taken, and puts that away, with all that was said of earlier ones. Nothing
 * else changes by it. `requestId` is the change that the page showed. Throws `not_found` for a subscription that is not theirs.
 */
export async function dismissItemChange(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; requestId: Id<'provisionRequest'> },
): Promise<DismissResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, requestId } = input;
  return inTransaction(ctx.db, async (tx): Promise<DismissResult> => {
    const [own] = await tx
      .select({ id: subscriptions.id })
      .from(subscriptions)
      .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)))
      .for('no key update');
    if (own === undefined) throw notFound('This subscription');
    const isIt = eq(pendingItemChanges.requestId, requestId);
    const said = await tx
      .select({ id: pendingItemChanges.id })
      .from(pendingItemChanges)
      .where(and(isSaid(subscriptionId), isIt));
    if (said.length === 0) return { ok: false, reason: 'nothing_said' };
    await putAway(tx, ctx, subscriptionId);
    await audit(tx, ctx, {
      action: 'subscription.item_change_dismissed',
      subject: subscriptionId,
      customerId,
      cause: requestId,
      change: { said: 'put_away' },
    });
    return { ok: true };
  });
}

/** What is said of a subscription's items that were not taken is said no more: its customer has read it, or asks for others. */
export async function putAway(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  subscriptionId: Id<'subscription'>,
): Promise<void> {
  await tx.update(pendingItemChanges).set({ dismissedAt: ctx.now }).where(isSaid(subscriptionId));
}

function isSaid(subscriptionId: Id<'subscription'>) {
  return and(
    eq(pendingItemChanges.subscriptionId, subscriptionId),
    inArray(pendingItemChanges.status, ['refused', 'abandoned']),
    isNull(pendingItemChanges.dismissedAt),
  );
}
