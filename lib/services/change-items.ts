import { eq } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import type { ChangedItem } from '@/db/schema/provisioning';
import { subscriptionItems } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { orderTotal } from '@/lib/core/amounts';
import { customerMay } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { MOST_OF_ONE } from '@/lib/core/wanted-quantities';
import {
  askAboutItems,
  holdItemChange,
  type ItemsRefusal,
  type ItemsResult,
  openForItems,
  type PlannedItems,
} from './hold-item-change';
import { priceOfToday } from './price-of-today';
import { currentSwitches } from './switches';

/** An item that is wanted: one that the subscription has, at its own price, or one at a plan's price of today. */
export type WantedItem = { itemId: Id<'item'>; quantity: number } | { priceId: Id<'price'>; quantity: number };

export type ChangeItemsResult = ItemsResult<ChangeItemsRefusal>;
export type ChangeItemsRefusal = ItemsRefusal | 'total_not_positive' | 'refused_by_truemed';

/**
 * A customer changes the items of a subscription on their HSA/FSA card. The new items are held, and Truemed is asked by
 * update payment token, with the items of everything on the token. They count once it agrees; refused or abandoned, nothing
 * changes. An order that falls due meanwhile waits for 24 hours at most, and is then charged with the old items. Another
 * change replaces one that is held; the same again is the one that is held, and the items that the orders have already take it
 * back. Throws `not_found` for a subscription that is not theirs.
 */
export async function changeItems(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; items: readonly WantedItem[]; embedded: boolean },
): Promise<ChangeItemsResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => planChange(tx, ctx, customerId, input));
  return 'reason' in planned ? { ok: false, reason: planned.reason } : askAboutItems(ctx, planned);
}

async function planChange(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  input: { subscriptionId: Id<'subscription'>; items: readonly WantedItem[]; embedded: boolean },
): Promise<PlannedItems | { reason: ChangeItemsRefusal }> {
  const open = await openForItems(tx, customerId, input.subscriptionId);
  if ('reason' in open) return open;
  const { subscription } = open;
  const switches = await currentSwitches(tx);
  const isSwap = input.items.some((item) => 'priceId' in item);
  if (!customerMay(switches, isSwap ? 'swap_item' : 'quantity')) return { reason: 'switched_off' };
  const items = await wantedItems(tx, subscription.id, input.items);
  if (items === null) return { reason: 'no_such_item' };
  if (orderTotal(items, subscription) <= 0) return { reason: 'total_not_positive' };
  return holdItemChange(tx, ctx, { subscription, items, onceItem: null, embedded: input.embedded });
}

/** The items that are wanted, with their pinned prices; null where one is not to be had, or none is wanted. */
async function wantedItems(
  tx: Queryable,
  subscriptionId: Id<'subscription'>,
  wanted: readonly WantedItem[],
): Promise<ChangedItem[] | null> {
  const present = await tx.select().from(subscriptionItems).where(eq(subscriptionItems.subscriptionId, subscriptionId));
  const items: ChangedItem[] = [];
  for (const one of wanted) {
    if (!Number.isSafeInteger(one.quantity) || one.quantity < 1 || one.quantity > MOST_OF_ONE) return null;
    const found = 'itemId' in one ? present.find(({ id }) => id === one.itemId) : await priceOfToday(tx, one.priceId);
    if (found == null) return null;
    const { sku, name, unitPriceCents, priceId } = found;
    items.push({ sku, name, quantity: one.quantity, unitPriceCents, priceId });
  }
  return items.length === 0 ? null : items;
}
