import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { onceItems } from '@/db/schema/once-items';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';
import { writeItemMail } from './change-mail';

/** `already_ordered`: the order that it came with has been made. */
export type RemoveOnceResult = { ok: true } | { ok: false; reason: 'already_ordered' };

/**
 * A customer takes an item out that waits for the next order. Truemed is not asked: what is charged is less than what it has
 * agreed to (see `addOnceItem`). A second press changes nothing more. Throws `not_found` for one that is not theirs.
 */
export async function removeOnceItem(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; onceItemId: Id<'onceItem'> },
): Promise<RemoveOnceResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, onceItemId } = input;
  return inTransaction(ctx.db, async (tx): Promise<RemoveOnceResult> => {
    // As planning does, so that an item is either on the order or out of it.
    const [subscription] = await tx
      .select()
      .from(subscriptions)
      .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)))
      .for('no key update');
    if (subscription === undefined) throw notFound('This subscription');
    const isIt = and(eq(onceItems.id, onceItemId), eq(onceItems.subscriptionId, subscriptionId));
    const [item] = await tx.select().from(onceItems).where(isIt);
    if (item === undefined) throw notFound('This item');
    if (item.status === 'invoiced') return { ok: false, reason: 'already_ordered' };
    if (item.status === 'removed') return { ok: true };
    await tx.update(onceItems).set({ status: 'removed', closedAt: ctx.now }).where(isIt);
    const { sku, name, quantity } = item;
    await audit(tx, ctx, {
      action: 'subscription.once_item_removed',
      subject: subscriptionId,
      customerId,
      change: { sku, name, quantity },
    });
    await writeItemMail(tx, ctx, subscription, { kind: 'once_removed', onceItemId });
    return { ok: true };
  });
}
