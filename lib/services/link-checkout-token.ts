import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { TokenSource } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { normalEmail } from '@/lib/core/subscriber-email';
import { callTruemed } from './call-truemed';
import type { CheckoutRow } from './checkout-status';
import { linkToken } from './link-token';
import { lockCheckout } from './settle-checkout';

/** What asking for the token of a checkout found. `deleted`: one whose deletion was asked for, which is not linked. */
export type CheckoutToken = 'linked' | 'not_yet' | 'unavailable' | 'deleted';

/**
 * Links the token that a checkout has brought (truemed-api.md section 5.2): told by an event, or found by the backfill in the
 * session once that is captured. Truemed's own answers decide: the session must name the token, or, where it names none, the
 * token must be of the customer's address. Throws `conflict` where either contradicts the event, or the token is another customer's.
 */
export async function linkCheckoutToken(
  ctx: Context,
  checkout: CheckoutRow,
  told: string | null,
  source: TokenSource,
  cause: string,
): Promise<CheckoutToken> {
  const { paymentSessionId: sessionId } = checkout;
  if (sessionId === null) return 'not_yet';
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind !== 'found') return 'unavailable';
  const named = found.value.paymentToken;
  if (told === null && (named === null || found.value.knownStatus !== 'captured')) return 'not_yet';
  if (told !== null && named !== null && named !== told)
    throw new AppError('conflict', 'The session that the event names has another payment token.');
  const paymentToken = told ?? named;
  if (paymentToken === null) return 'not_yet';
  const details = await callTruemed(ctx, (truemed) => truemed.retrievePaymentToken(paymentToken));
  if (details.kind === 'unavailable') return 'unavailable';
  if (details.kind === 'not_found') return 'not_yet';
  const owner = found.value.customerEmail;
  if (named === null && (owner === null || normalEmail(details.value.email ?? '') !== normalEmail(owner)))
    throw new AppError('conflict', 'The payment token of the event is not the one of its session’s customer.');
  return inTransaction(ctx.db, async (tx) => {
    const current = await lockCheckout(tx, checkout.id);
    const outcome = await linkToken(tx, ctx, current.customerId, details.value, source, cause);
    const isDone = current.status === 'completed';
    await tx
      .update(checkouts)
      .set({ tokenLinkedAt: current.tokenLinkedAt ?? ctx.now, ...(isDone ? { dueAt: null, leaseUntil: null } : {}) })
      .where(eq(checkouts.id, current.id));
    return outcome;
  });
}
