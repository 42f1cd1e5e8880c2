import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { RecoveryReason } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { openRecovery } from './recovery';
import { revokeToken } from './revoke-token';

/** What is over once there is no token: the customer was to repair it, or Truemed to decide about a charge of it. `our_error` stays with staff. */
const NEEDS_TOKEN: RecoveryReason[] = [
  'update_payment_method',
  'take_health_survey',
  'unknown_action',
  'declined',
  'session_pending',
];

/**
 * Truemed was asked and no longer knows a customer's token: it is revoked, and every order that waits for the customer
 * waits for a card from now on (product.md section 5.2, class H). Nothing else changes until the next order falls due. Where
 * another token has taken its place while Truemed was asked, the orders wait for nothing new. Returns whether they wait for a card.
 */
export async function loseToken(
  tx: Queryable,
  ctx: Context,
  token: { id: Id<'paymentToken'>; customerId: Id<'customer'> },
  cause: string,
): Promise<boolean> {
  const { id, customerId } = token;
  await revokeToken(tx, ctx, customerId, id, cause);
  const [live] = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  if (live !== undefined) return false;
  await waitForCard(tx, ctx, customerId);
  return true;
}

/** Turns every open recovery case of a customer who has no token any more into one that waits for a card. */
export async function waitForCard(tx: Queryable, ctx: Context, customerId: Id<'customer'>): Promise<void> {
  const waiting = await tx
    .select({ invoice: invoices, attemptId: recoveryCases.attemptId })
    .from(recoveryCases)
    .innerJoin(invoices, eq(invoices.id, recoveryCases.invoiceId))
    .where(
      and(
        eq(recoveryCases.customerId, customerId),
        eq(recoveryCases.status, 'open'),
        inArray(recoveryCases.reason, NEEDS_TOKEN),
      ),
    )
    .orderBy(recoveryCases.id);
  for (const { invoice, attemptId } of waiting)
    await openRecovery(tx, ctx, { invoice, attemptId, reason: 'token_gone', redirectUrl: null });
}
