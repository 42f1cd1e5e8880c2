import { and, eq, gt, isNotNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { plans, prices } from '@/db/schema/catalog';
import { customers } from '@/db/schema/people';
import { type ChangedItem, paymentTokens, pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { orderTotal } from '@/lib/core/amounts';
import { customerMay, type SwitchedOff } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { updateTokenBytes } from '@/lib/truemed/bodies';
import { audit } from './audit';
import { endHeldChanges } from './item-changes';
import { linesOnTokenWith } from './order-lines';
import type { ProvisionRow } from './provision-status';
import { sendProvisionRequest } from './send-provision-request';
import { storeProvisionRequest } from './store-provision-request';
import { currentSwitches } from './switches';

/** An item that is wanted: one that the subscription has, at its own price, or one at a plan's price of today. */
export type WantedItem = { itemId: Id<'item'>; quantity: number } | { priceId: Id<'price'>; quantity: number };

/** What became of a change: Truemed agreed, or asks the customer, or has not answered yet. Until it agrees the old items stay. */
export type ChangeItemsResult =
  | { ok: true; next: 'applied' }
  | { ok: true; next: 'truemed'; requestId: Id<'provisionRequest'>; redirectUrl: string }
  | { ok: true; next: 'waiting'; requestId: Id<'provisionRequest'> }
  | { ok: false; reason: ChangeItemsRefusal };

export type ChangeItemsRefusal =
  | SwitchedOff
  | 'billed_elsewhere'
  | 'subscription_canceled'
  | 'no_token'
  | 'no_such_item'
  | 'total_not_positive'
  | 'refused_by_truemed';

/**
 * A customer changes the items of a subscription on their HSA/FSA card. The new items are held, and Truemed is asked by
 * update payment token, with the items of everything on the token. They count once it agrees; refused or abandoned, nothing
 * changes. An order that falls due meanwhile waits for 24 hours at most, and is then charged with the old items. Another
 * change replaces one that is held. Throws `not_found` for a subscription that is not theirs.
 */
export async function changeItems(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; items: readonly WantedItem[]; embedded: boolean },
): Promise<ChangeItemsResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => planChange(tx, ctx, customerId, input));
  if ('reason' in planned) return { ok: false, reason: planned.reason };
  const { id, leaseEpoch } = planned.request;
  const row = await sendProvisionRequest(ctx, { id, epoch: leaseEpoch });
  if (row?.status === 'connected') return { ok: true, next: 'applied' };
  if (row?.status === 'open' && row.redirectUrl !== null) {
    const redirectUrl = ctx.vault.open(row.redirectUrl, `provision_requests.redirect_url:${id}`).toString();
    return { ok: true, next: 'truemed', requestId: id, redirectUrl };
  }
  if (row === null || row.status === 'planned') return { ok: true, next: 'waiting', requestId: id };
  return { ok: false, reason: 'refused_by_truemed' };
}

async function planChange(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  input: { subscriptionId: Id<'subscription'>; items: readonly WantedItem[]; embedded: boolean },
): Promise<{ request: ProvisionRow } | { reason: ChangeItemsRefusal }> {
  // The customer's row is the queue: two changes at once are answered one after the other.
  await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)).for('no key update');
  const [subscription] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId)));
  if (subscription === undefined) throw notFound('This subscription');
  if (subscription.billingMethod !== 'hsa_fsa') return { reason: 'billed_elsewhere' };
  if (subscription.status === 'canceled') return { reason: 'subscription_canceled' };
  const tokens = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  if (tokens.length === 0) return { reason: 'no_token' };
  const switches = await currentSwitches(tx);
  const isSwap = input.items.some((item) => 'priceId' in item);
  if (!customerMay(switches, isSwap ? 'swap_item' : 'quantity')) return { reason: 'switched_off' };
  const items = await wantedItems(tx, subscription.id, input.items);
  if (items === null) return { reason: 'no_such_item' };
  if (orderTotal(items, subscription) <= 0) return { reason: 'total_not_positive' };

  const id = newId('provisionRequest');
  const frame = {
    successUrl: `${ctx.env.appUrl}/account/hsa-fsa/${id}/return?outcome=success`,
    failureUrl: `${ctx.env.appUrl}/account/hsa-fsa/${id}/return?outcome=failure`,
    idempotencyKey: id,
    metadata: id,
  };
  const lines = await linesOnTokenWith(tx, customerId, subscription.id, items);
  const body = updateTokenBytes(lines, false, frame, input.embedded);
  const request = await storeProvisionRequest(tx, ctx, {
    id,
    customerId,
    subscriptionId: null,
    kind: 'update',
    purpose: 'items',
    embedded: input.embedded,
    body,
  });
  await endHeldChanges(tx, ctx, subscription.id, 'replaced', id);
  await tx.insert(pendingItemChanges).values({
    id: newId('itemChange'),
    subscriptionId: subscription.id,
    customerId,
    requestId: id,
    status: 'held',
    items,
    createdAt: ctx.now,
  });
  await audit(tx, ctx, {
    action: 'subscription.item_change_held',
    subject: subscription.id,
    customerId,
    cause: id,
    change: { items: items.map(({ sku, quantity, unitPriceCents }) => ({ sku, quantity, unitPriceCents })) },
  });
  return { request };
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
    if (!Number.isSafeInteger(one.quantity) || one.quantity < 1 || one.quantity > 1000) return null;
    const found = 'itemId' in one ? present.find(({ id }) => id === one.itemId) : await priceOfToday(tx, one.priceId);
    if (found === undefined) return null;
    const { sku, name, unitPriceCents, priceId } = found;
    items.push({ sku, name, quantity: one.quantity, unitPriceCents, priceId });
  }
  return items.length === 0 ? null : items;
}

/** A price version with its plan, while that is offered and no later version has taken its place. */
async function priceOfToday(tx: Queryable, priceId: Id<'price'>) {
  const [row] = await tx
    .select({
      sku: plans.sku,
      name: plans.name,
      unitPriceCents: prices.unitPriceCents,
      planId: prices.planId,
      version: prices.version,
    })
    .from(prices)
    .innerJoin(plans, eq(plans.id, prices.planId))
    .where(and(eq(prices.id, priceId), isNotNull(plans.offeredAt)));
  if (row === undefined) return undefined;
  const later = await tx
    .select({ id: prices.id })
    .from(prices)
    .where(and(eq(prices.planId, row.planId), gt(prices.version, row.version)));
  return later.length === 0 ? { ...row, priceId } : undefined;
}
