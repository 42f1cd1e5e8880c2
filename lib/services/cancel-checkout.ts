import { and, eq, inArray } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { readSessionStatus } from '@/lib/core/charge';
import { LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { callTruemed } from './call-truemed';
import { type CheckoutRow, changeCheckoutStatus } from './checkout-status';
import { lockCheckout, settleCheckout } from './settle-checkout';
import { withdrawRequest } from './withdraw-item-change';

const MINUTE_MS = 60_000;
const AGAIN_MS = 24 * 60 * MINUTE_MS;

/** What a cancellation came to: nothing can be paid any more, it went on at Truemed, or Truemed does not answer. */
export type Cancellation = 'canceled' | 'went_on' | 'unavailable';

/**
 * A customer gives an order up that is not paid. Its link is closed at Truemed first, so that nothing can be charged by it;
 * one that Truemed has begun to review goes on. Again changes nothing. Throws `not_found` for one that is not theirs.
 */
export async function giveUpCheckout(ctx: Context, input: { checkoutId: Id<'checkout'> }): Promise<Cancellation> {
  const { customerId } = requireCustomer(ctx.principal);
  const [checkout] = await ctx.db
    .select()
    .from(checkouts)
    .where(and(eq(checkouts.id, input.checkoutId), eq(checkouts.customerId, customerId)));
  if (checkout === undefined) throw notFound('This order');
  return endCheckout(ctx, checkout, 'given up');
}

/**
 * Ends a checkout that is not paid: closes its session at Truemed (cancel, truemed-api.md section 3.6), then it is
 * `canceled`. A cancel that is refused has the session read again, and that decides. One without a session has no link that
 * anybody could pay by.
 */
export async function endCheckout(ctx: Context, checkout: CheckoutRow, cause: string): Promise<Cancellation> {
  const { id, paymentSessionId: sessionId } = checkout;
  if (checkout.status === 'completed' || checkout.status === 'duplicate') return 'went_on';
  if (sessionId === null) return markCanceled(ctx, id, null, cause);
  const answer = await callTruemed(ctx, (truemed) => truemed.cancelPaymentSession(sessionId));
  if (answer.kind === 'canceled') return markCanceled(ctx, id, sessionId, cause);
  if (answer.kind === 'unavailable') return postpone(ctx, checkout, 5 * MINUTE_MS, answer.reason);
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind === 'not_found') return markCanceled(ctx, id, sessionId, cause);
  if (found.kind === 'unavailable') return postpone(ctx, checkout, 5 * MINUTE_MS, found.reason);
  const verdict = readSessionStatus(found.value.status);
  const { status, capturedOn } = found.value;
  await inTransaction(ctx.db, (tx) =>
    settleCheckout(tx, ctx, id, { id: sessionId, verdict, status, capturedOn }, cause),
  );
  if (verdict === 'canceled' || verdict === 'rejected') return 'canceled';
  if (verdict === 'in_progress') await postpone(ctx, checkout, AGAIN_MS, answer.code);
  return 'went_on';
}

async function markCanceled(
  ctx: Context,
  id: Id<'checkout'>,
  sessionId: string | null,
  cause: string,
): Promise<Cancellation> {
  return inTransaction(ctx.db, async (tx) => {
    const checkout = await lockCheckout(tx, id);
    // Meanwhile it was sent: the session that the answer brought is closed by the tick.
    const dueAt = checkout.paymentSessionId === sessionId ? null : ctx.now;
    if (LIVE_CHECKOUT_STATUSES.some((live) => live === checkout.status) || checkout.status === 'refused')
      await changeCheckoutStatus(tx, ctx, checkout, 'canceled', { dueAt }, cause);
    else await tx.update(checkouts).set({ dueAt, leaseUntil: null }).where(eq(checkouts.id, id));
    if (checkout.provisionRequestId !== null) await withdrawUpdate(tx, ctx, checkout.provisionRequestId);
    return checkout.status === 'completed' || checkout.status === 'duplicate' ? 'went_on' : 'canceled';
  });
}

/** The update payment token of an order that is given up: what its token pays for already is held by it no longer. */
async function withdrawUpdate(tx: Queryable, ctx: Context, requestId: Id<'provisionRequest'>): Promise<void> {
  const isUnderWay = inArray(provisionRequests.status, ['planned', 'open']);
  const [request] = await tx
    .select()
    .from(provisionRequests)
    .where(and(eq(provisionRequests.id, requestId), isUnderWay))
    .for('update');
  if (request !== undefined) await withdrawRequest(tx, ctx, request);
}

async function postpone(ctx: Context, { id }: CheckoutRow, ms: number, errorCode: string): Promise<Cancellation> {
  // What was settled while the question was on its way stays as it is.
  await ctx.db
    .update(checkouts)
    .set({ dueAt: new Date(ctx.now.getTime() + ms), leaseUntil: null, errorCode })
    .where(and(eq(checkouts.id, id), inArray(checkouts.status, [...LIVE_CHECKOUT_STATUSES, 'canceled'])));
  return 'unavailable';
}
