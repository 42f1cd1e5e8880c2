import { and, eq } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { readSessionStatus } from '@/lib/core/charge';
import { CHECKOUT_OPEN_MS } from '@/lib/core/checkout';
import type { Id } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { nextBackfillAt } from '@/lib/core/provisioning';
import { callTruemed } from './call-truemed';
import { endCheckout } from './cancel-checkout';
import type { CheckoutRow } from './checkout-status';
import { linkCheckoutToken } from './link-checkout-token';
import { sendCheckout } from './send-checkout';
import { settleCheckout } from './settle-checkout';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Does what is due for a leased checkout: sends it (again), looks its session up where the webhook did not come, closes one
 * that was not paid in its time, and looks for the token of one that was. Each of these may be done twice without harm.
 */
export async function driveCheckout(ctx: Context, claim: Claim): Promise<void> {
  requireSystem(ctx.principal);
  const [row] = await ctx.db
    .select()
    .from(checkouts)
    .where(and(eq(checkouts.id, claim.id as Id<'checkout'>), eq(checkouts.leaseEpoch, claim.epoch)));
  if (row === undefined) return;
  switch (row.status) {
    case 'planned':
      if (row.path === 'session') await sendCheckout(ctx, claim);
      else await endCheckout(ctx, row, 'not completed in its time');
      return;
    case 'open':
    case 'processing':
      return row.path === 'session'
        ? lookUp(ctx, row)
        : void (await endCheckout(ctx, row, 'not completed in its time'));
    case 'canceled':
      await endCheckout(ctx, row, 'its link is closed');
      return;
    case 'completed':
      return lookForToken(ctx, row);
    case 'refused':
    case 'rejected':
    case 'duplicate':
      return again(ctx, row, null, row.errorCode);
  }
}

async function lookUp(ctx: Context, row: CheckoutRow): Promise<void> {
  const { id, paymentSessionId: sessionId } = row;
  if (sessionId === null) throw new Error(`Checkout ${id} is ${row.status} without a session.`);
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind === 'not_found') return again(ctx, row, DAY_MS, 'SessionNotFound');
  if (found.kind === 'unavailable') return again(ctx, row, 5 * MINUTE_MS, found.reason);
  const { status, capturedOn } = found.value;
  const isTooOld = ctx.now.getTime() - row.createdAt.getTime() >= CHECKOUT_OPEN_MS;
  if (status === 'pending' && isTooOld) {
    await endCheckout(ctx, row, 'not completed in its time');
    return;
  }
  const session = { id: sessionId, verdict: readSessionStatus(status), status, capturedOn };
  await inTransaction(ctx.db, (tx) => settleCheckout(tx, ctx, id, session, 'look-up'));
}

async function lookForToken(ctx: Context, row: CheckoutRow): Promise<void> {
  const { customerId, completedAt, createdAt } = row;
  const live = await ctx.db
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  if (row.tokenLinkedAt !== null || live.length > 0) return again(ctx, row, null, row.errorCode);
  const outcome = await linkCheckoutToken(ctx, row, null, 'backfill', 'backfill');
  if (outcome === 'linked' || outcome === 'deleted') return;
  const since = completedAt ?? createdAt;
  const next = nextBackfillAt(since, since, ctx.now);
  return again(ctx, row, next === null ? null : next.getTime() - ctx.now.getTime(), row.errorCode);
}

// What was settled while the question was on its way stays as it is.
async function again(ctx: Context, row: CheckoutRow, inMs: number | null, errorCode: string | null): Promise<void> {
  const { id, leaseEpoch, status } = row;
  await ctx.db
    .update(checkouts)
    .set({ dueAt: inMs === null ? null : new Date(ctx.now.getTime() + inMs), leaseUntil: null, errorCode })
    .where(and(eq(checkouts.id, id), eq(checkouts.leaseEpoch, leaseEpoch), eq(checkouts.status, status)));
}
