import { and, eq, gt, inArray, isNotNull, isNull, ne, or } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { paymentTokens, pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { WITHDRAWN } from '@/lib/core/provisioning';
import { writeItemsMail } from './change-mail';
import { freeSubscriptions } from './free-subscriptions';
import { type Change, closeChange } from './item-changes';
import { changeProvisionStatus, type ProvisionRow } from './provision-status';
import { UPDATE_HOLDS_CHARGES_MS } from './send-provision-request';

/** `nothing_held`: Truemed has answered, or it was taken back already, or another change has taken its place. */
export type WithdrawItemsResult = { ok: true } | { ok: false; reason: 'nothing_held' };

/**
 * A customer takes a change of items back that waits for Truemed: the orders keep the items that they have, and what was due
 * and waited is due now. Its request is asked about no more, and whatever Truemed still answers changes no order: a page of
 * its that is open cannot be closed from here, so its token may come to name items that no order has; it is then told again (see `nameItemsAgain`).
 * Like everything that takes back it is the customer's, whatever the merchant has switched off. Throws `not_found` for a
 * subscription that is not theirs.
 */
export async function withdrawItemChange(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; requestId: Id<'provisionRequest'> },
): Promise<WithdrawItemsResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, requestId } = input;
  return inTransaction(ctx.db, async (tx): Promise<WithdrawItemsResult> => {
    // The customer's row is the queue, as for a change.
    await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)).for('no key update');
    const [own] = await tx
      .select({ id: subscriptions.id })
      .from(subscriptions)
      .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)));
    if (own === undefined) throw notFound('This subscription');
    const held = await heldChangeOf(tx, subscriptionId);
    if (held === null || held.request.id !== requestId) return { ok: false, reason: 'nothing_held' };
    await takeBack(tx, ctx, held);
    return { ok: true };
  });
}

/** A change of items that waits for Truemed, and the request that asks for it. */
export interface HeldChange {
  change: Change;
  request: ProvisionRow;
}

/** The change that is held for a subscription, locked with its request as an answer of Truemed's locks them; null where none is. */
export async function heldChangeOf(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<HeldChange | null> {
  const isHeld = and(eq(pendingItemChanges.subscriptionId, subscriptionId), eq(pendingItemChanges.status, 'held'));
  const [found] = await tx.select({ requestId: pendingItemChanges.requestId }).from(pendingItemChanges).where(isHeld);
  if (found === undefined) return null;
  const isIt = eq(provisionRequests.id, found.requestId);
  const [request] = await tx.select().from(provisionRequests).where(isIt).for('update');
  // Answered while it was waited for.
  const [change] = await tx.select().from(pendingItemChanges).where(isHeld).for('update');
  return request === undefined || change?.requestId !== request.id ? null : { change, request };
}

/** Takes a held change back, in the transaction that has locked it. */
export async function takeBack(tx: Queryable, ctx: Context, { change, request }: HeldChange): Promise<void> {
  await closeChange(tx, ctx, change, 'withdrawn', null);
  await withdrawRequest(tx, ctx, request);
  await writeItemsMail(tx, ctx, change.subscriptionId, 'withdrawn', request.id);
}

/** What a locked request asks for is wanted no more: Truemed is asked about it no more, and no charge waits for it. */
export async function withdrawRequest(tx: Queryable, ctx: Context, request: ProvisionRow): Promise<void> {
  await changeProvisionStatus(tx, ctx, request, 'abandoned', { errorCode: WITHDRAWN });
  await letChargesGo(tx, ctx, request);
}

/** Charges wait while a token is updated; nothing is waited for any more, unless something else is asked of the same token. */
async function letChargesGo(tx: Queryable, ctx: Context, { id, customerId }: ProvisionRow): Promise<void> {
  const others = await tx
    .select({ id: provisionRequests.id })
    .from(provisionRequests)
    .leftJoin(pendingItemChanges, eq(pendingItemChanges.requestId, provisionRequests.id))
    .where(
      and(
        eq(provisionRequests.customerId, customerId),
        eq(provisionRequests.kind, 'update'),
        inArray(provisionRequests.status, ['planned', 'open']),
        ne(provisionRequests.id, id),
        gt(provisionRequests.createdAt, new Date(ctx.now.getTime() - UPDATE_HOLDS_CHARGES_MS)),
        or(isNull(pendingItemChanges.id), eq(pendingItemChanges.status, 'held')),
      ),
    )
    .limit(1);
  if (others.length > 0) return;
  const freed = await tx
    .update(paymentTokens)
    .set({ updatingUntil: null })
    .where(
      and(
        eq(paymentTokens.customerId, customerId),
        eq(paymentTokens.status, 'live'),
        isNotNull(paymentTokens.updatingUntil),
      ),
    )
    .returning({ id: paymentTokens.id });
  if (freed.length > 0) await freeSubscriptions(tx, ctx, customerId, id);
}
