import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { type ChangedItem, type ItemChangeStatus, pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import type { ProvisionStatus } from '@/lib/core/provisioning';
import { audit } from './audit';
import { writeItemsMail } from './change-mail';
import { addAgreed } from './once-items';

type When = Pick<Context, 'now' | 'principal'>;

/** What a request's new status means for the items that wait for it; null where they wait on. */
const OUTCOMES: Partial<Record<ProvisionStatus, Exclude<ItemChangeStatus, 'held' | 'replaced' | 'withdrawn'>>> = {
  connected: 'applied',
  refused: 'refused',
  // Truemed reviews another request of this customer and has not taken this one.
  waiting_verification: 'refused',
  already_provisioned: 'refused',
  abandoned: 'abandoned',
};

/**
 * The request of held items has moved on: agreed to, they are the subscription's; refused or abandoned, the old ones stay. Of a
 * subscription that has been canceled meanwhile nothing changes, and nobody is written to.
 */
export async function settleHeldChange(
  tx: Queryable,
  ctx: Context,
  requestId: Id<'provisionRequest'>,
  status: ProvisionStatus,
): Promise<void> {
  const outcome = OUTCOMES[status];
  if (outcome === undefined) return;
  const [held] = await tx
    .select()
    .from(pendingItemChanges)
    .where(and(eq(pendingItemChanges.requestId, requestId), eq(pendingItemChanges.status, 'held')))
    .for('update');
  if (held === undefined) return;
  if (await isCanceled(tx, held.subscriptionId)) return closeChange(tx, ctx, held, 'withdrawn', requestId);
  await closeChange(tx, ctx, held, outcome, requestId);
  const { subscriptionId, customerId, onceItem } = held;
  // What comes with one order only is confirmed with it.
  if (outcome === 'applied' && onceItem !== null)
    return addAgreed(tx, ctx, { subscriptionId, customerId, requestId, item: onceItem });
  if (outcome === 'applied') await replaceItems(tx, ctx, held, requestId);
  await writeItemsMail(tx, ctx, subscriptionId, outcome, requestId);
}

async function isCanceled(tx: Queryable, id: Id<'subscription'>): Promise<boolean> {
  const [row] = await tx.select({ status: subscriptions.status }).from(subscriptions).where(eq(subscriptions.id, id));
  return row?.status === 'canceled';
}

/** Held items of a subscription are no longer wanted: others have taken their place, or there is no token to update. */
export async function endHeldChanges(
  tx: Queryable,
  ctx: When,
  subscriptionId: Id<'subscription'>,
  status: 'replaced' | 'refused',
  cause: string | null,
): Promise<void> {
  const [held] = await tx
    .select()
    .from(pendingItemChanges)
    .where(and(eq(pendingItemChanges.subscriptionId, subscriptionId), eq(pendingItemChanges.status, 'held')))
    .for('update');
  if (held !== undefined) await closeChange(tx, ctx, held, status, cause);
}

/** A change of items, as it is stored. */
export type Change = typeof pendingItemChanges.$inferSelect;

/** Ends a change that is held and locked, and writes the audit entry where nothing comes of it. */
export async function closeChange(
  tx: Queryable,
  ctx: When,
  change: Change,
  status: ItemChangeStatus,
  cause: string | null,
): Promise<void> {
  await tx.update(pendingItemChanges).set({ status, closedAt: ctx.now }).where(eq(pendingItemChanges.id, change.id));
  if (status === 'applied') return;
  await audit(tx, ctx, {
    action: 'subscription.item_change_ended',
    subject: change.subscriptionId,
    customerId: change.customerId,
    cause,
    change: { from: 'held', to: status },
  });
}

async function replaceItems(tx: Queryable, ctx: When, change: Change, cause: string): Promise<void> {
  const { subscriptionId, customerId, items } = change;
  await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId))
    .for('no key update');
  const before = await tx
    .delete(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .returning();
  await tx
    .insert(subscriptionItems)
    .values(items.map((item, position) => ({ ...item, id: newId('item'), subscriptionId, position })));
  await tx.update(subscriptions).set({ updatedAt: ctx.now }).where(eq(subscriptions.id, subscriptionId));
  await audit(tx, ctx, {
    action: 'subscription.items_changed',
    subject: subscriptionId,
    customerId,
    cause,
    change: { items: { from: before.sort((a, b) => a.position - b.position).map(shown), to: items.map(shown) } },
  });
}

function shown({ sku, name, quantity, unitPriceCents }: ChangedItem): Omit<ChangedItem, 'priceId'> {
  return { sku, name, quantity, unitPriceCents };
}
