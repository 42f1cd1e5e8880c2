import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { type ChangedItem, type OnceItem, paymentTokens, pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { answerItems } from '@/lib/core/item-change';
import { updateTokenBytes } from '@/lib/truemed/bodies';
import { audit } from './audit';
import { putAway } from './dismiss-item-change';
import { endHeldChanges } from './item-changes';
import { type RequestToLead, sendAndLead } from './lead-to-truemed';
import { itemsOf, linesOnTokenWith } from './order-lines';
import type { SubscriptionRow } from './plan-invoice';
import { provisionFrame, storeProvisionRequest } from './store-provision-request';
import { heldChangeOf, takeBack } from './withdraw-item-change';

/** What became of a change: Truemed agreed, or asks the customer, or has not answered yet. Until it agrees nothing is changed. */
export type ItemsResult<R> =
  | { ok: true; next: 'applied' }
  | { ok: true; next: 'truemed'; requestId: Id<'provisionRequest'>; redirectUrl: string }
  | { ok: true; next: 'waiting'; requestId: Id<'provisionRequest'> }
  | { ok: false; reason: R | 'refused_by_truemed' };

/** Why no change of items can be asked for at all. */
export type ItemsRefusal = SwitchedOff | 'billed_elsewhere' | 'subscription_canceled' | 'no_token' | 'no_such_item';

/**
 * A customer's subscription whose items may be changed, in the transaction of the change: two of them at once are answered one
 * after the other. Throws `not_found` for one that is not theirs.
 */
export async function openForItems(
  tx: Queryable,
  customerId: Id<'customer'>,
  subscriptionId: Id<'subscription'>,
): Promise<{ subscription: SubscriptionRow } | { reason: 'billed_elsewhere' | 'subscription_canceled' | 'no_token' }> {
  // The customer's row is the queue.
  await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)).for('no key update');
  const [subscription] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)));
  if (subscription === undefined) throw notFound('This subscription');
  if (subscription.billingMethod !== 'hsa_fsa') return { reason: 'billed_elsewhere' };
  if (subscription.status === 'canceled') return { reason: 'subscription_canceled' };
  const tokens = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  return tokens.length === 0 ? { reason: 'no_token' } : { subscription };
}

/** A change that Truemed is asked about, or was asked about just now; or nothing is left to ask. */
export type PlannedItems = RequestToLead | { isApplied: true };

interface ItemsToHold {
  subscription: SubscriptionRow;
  items: readonly ChangedItem[];
  onceItem: OnceItem | null;
  embedded: boolean;
}

/**
 * Holds new items until Truemed agrees to them: stores the update payment token that asks it, with the items of everything on
 * the token, and takes the place of a change that is held already. Where just this is held the request that asks for it is
 * used again, and nothing is asked where the orders have these items already: what is held for them is then taken back.
 * `onceItem` comes with the next order only; `items` are then those that each order has.
 */
export async function holdItemChange(tx: Queryable, ctx: Context, wanted: ItemsToHold): Promise<PlannedItems> {
  const { subscription } = wanted;
  // First what is held: an answer that comes at this moment is waited for, and the items are read as it leaves them.
  const held = await heldChangeOf(tx, subscription.id);
  const present = await itemsOf(tx, subscription.id);
  const waiting = held && { ...held.change, embedded: held.request.embedded, request: held.request };
  const answer = answerItems(wanted, { present, held: waiting, now: ctx.now });
  if (held !== null && answer === 'as_held') return { request: held.request, isNew: false };
  if (held !== null && answer === 'takes_back') await takeBack(tx, ctx, held);
  return answer === 'ask' ? hold(tx, ctx, wanted) : { isApplied: true };
}

async function hold(tx: Queryable, ctx: Context, wanted: ItemsToHold): Promise<RequestToLead> {
  const { subscription, items, onceItem, embedded } = wanted;
  const { customerId } = subscription;
  const id = newId('provisionRequest');
  const frame = provisionFrame(ctx, id);
  const all = onceItem === null ? items : [...items, onceItem];
  const body = updateTokenBytes(await linesOnTokenWith(tx, customerId, subscription.id, all), false, frame, embedded);
  const request = await storeProvisionRequest(tx, ctx, {
    id,
    customerId,
    subscriptionId: null,
    kind: 'update',
    purpose: 'items',
    embedded,
    body,
  });
  await endHeldChanges(tx, ctx, subscription.id, 'replaced', id);
  await putAway(tx, ctx, subscription.id);
  await tx.insert(pendingItemChanges).values({
    id: newId('itemChange'),
    subscriptionId: subscription.id,
    customerId,
    requestId: id,
    status: 'held',
    items: [...items],
    onceItem,
    createdAt: ctx.now,
  });
  await audit(tx, ctx, {
    action: 'subscription.item_change_held',
    subject: subscription.id,
    customerId,
    cause: id,
    change: onceItem === null ? { items: items.map(asked) } : { once: asked(onceItem) },
  });
  return { request, isNew: true };
}

/** Asks Truemed about held items, and says what became of them. */
export async function askAboutItems(ctx: Context, planned: PlannedItems): Promise<ItemsResult<never>> {
  if ('isApplied' in planned) return { ok: true, next: 'applied' };
  const { led, row } = await sendAndLead(ctx, planned);
  if (row?.status === 'connected') return { ok: true, next: 'applied' };
  if (led.next === 'truemed' || row === null || row.status === 'planned') return led;
  return { ok: false, reason: 'refused_by_truemed' };
}

function asked({
  sku,
  quantity,
  unitPriceCents,
}: ChangedItem): Pick<ChangedItem, 'sku' | 'quantity' | 'unitPriceCents'> {
  return { sku, quantity, unitPriceCents };
}
