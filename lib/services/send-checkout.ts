import { and, eq, sql } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { nextBackfillAt, RESEND_REQUEST_AFTER_MS } from '@/lib/core/provisioning';
import type { Outcome } from '@/lib/truemed/outcomes';
import type { Checkout, CheckoutRefusal } from '@/lib/truemed/payment-sessions';
import { isAllowedRedirect } from '@/lib/truemed/redirect';
import { callTruemed } from './call-truemed';
import { type CheckoutRow, changeCheckoutStatus } from './checkout-status';
import { lockCheckout } from './settle-checkout';

/**
 * Sends a planned checkout with its stored bytes and settles the answer: call outside, then one transaction that is fenced by
 * the lease's epoch. No answer is asked for again with the same bytes; where none comes at all it is given up, and nobody has
 * a link that could be paid. Returns the row as it stands afterwards, null where another process has taken over.
 */
export async function sendCheckout(ctx: Context, claim: Claim): Promise<CheckoutRow | null> {
  const id = claim.id as Id<'checkout'>;
  const [row] = await ctx.db
    .update(checkouts)
    .set({ tries: sql`${checkouts.tries} + 1` })
    .where(and(eq(checkouts.id, id), eq(checkouts.leaseEpoch, claim.epoch), eq(checkouts.status, 'planned')))
    .returning();
  if (row === undefined || row.requestBody === null) return null;
  const body = ctx.vault.open(row.requestBody, `checkouts.request_body:${id}`);
  const answer = await callTruemed(ctx, (truemed) => truemed.createCheckout(body));
  return inTransaction(ctx.db, async (tx) => {
    const checkout = await lockCheckout(tx, id);
    if (checkout.leaseEpoch !== claim.epoch) return null;
    await settleAnswer(tx, ctx, checkout, answer);
    const [after] = await tx.select().from(checkouts).where(eq(checkouts.id, id));
    return after ?? null;
  });
}

async function settleAnswer(
  tx: Queryable,
  ctx: Context,
  checkout: CheckoutRow,
  answer: Outcome<Checkout, CheckoutRefusal>,
): Promise<void> {
  if (answer.kind === 'done') return settleOpened(tx, ctx, checkout, answer.value);
  if (checkout.status !== 'planned') return;
  if (answer.kind === 'refused')
    return changeCheckoutStatus(tx, ctx, checkout, 'refused', { errorCode: answer.code }, null);
  const wait = RESEND_REQUEST_AFTER_MS[checkout.tries - 1];
  if (wait === undefined)
    return changeCheckoutStatus(tx, ctx, checkout, 'canceled', { errorCode: answer.reason }, null);
  const fields = { errorCode: answer.reason, dueAt: new Date(ctx.now.getTime() + wait) };
  return changeCheckoutStatus(tx, ctx, checkout, 'planned', fields, null);
}

async function settleOpened(tx: Queryable, ctx: Context, checkout: CheckoutRow, opened: Checkout): Promise<void> {
  const { sessionId: paymentSessionId, redirectUrl: url } = opened;
  const redirectUrl = ctx.vault.seal(url, `checkouts.redirect_url:${checkout.id}`);
  // It was given up, or an event has brought it further, while the answer was on its way.
  if (checkout.status !== 'planned') {
    const dueAt = checkout.status === 'canceled' ? ctx.now : checkout.dueAt;
    await tx
      .update(checkouts)
      .set({ paymentSessionId, redirectUrl, dueAt, leaseUntil: null })
      .where(eq(checkouts.id, checkout.id));
    return;
  }
  if (!isAllowedRedirect(url, ctx.env.truemed.redirectOrigins)) {
    // Kept as evidence; no page and no redirect reads the link of a refused one.
    const evidence = { paymentSessionId, redirectUrl, errorCode: 'ForeignRedirect' };
    return changeCheckoutStatus(tx, ctx, checkout, 'refused', evidence, null);
  }
  const dueAt = nextBackfillAt(checkout.createdAt, checkout.returnedAt, ctx.now);
  return changeCheckoutStatus(
    tx,
    ctx,
    checkout,
    'open',
    { paymentSessionId, redirectUrl, errorCode: null, dueAt },
    null,
  );
}
