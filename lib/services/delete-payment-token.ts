import { and, eq, inArray, sql } from 'drizzle-orm';
import { type Claim, claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { RESEND_AFTER_MS } from '@/lib/core/charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer, requireStaff } from '@/lib/core/principal';
import { changeAttemptStatus } from './attempt-status';
import { audit } from './audit';
import { CALL_LEASE_SECONDS, callTruemed } from './call-truemed';
import { endHeldChanges } from './item-changes';
import { waitForCard } from './lose-token';
import { openRecovery } from './recovery';
import { lockWithCollecting } from './stop-collecting';
import { changeSubscriptionStatus } from './subscription-status';

/** Whether Truemed has deleted the token by now, or will be asked again by the tick; `no_token`: there is none to delete. */
export type DeleteTokenResult = { ok: true; isDeletedAtTruemed: boolean } | { ok: false; reason: 'no_token' };

/**
 * Deletes a customer's payment token, for ever: the customer their own, staff with `delete_token` anybody's. From the commit
 * on it is never charged again: what was planned is abandoned and waits in recovery, as does what waited for its repair; its
 * subscriptions are past due until a card is connected, a trial once it is over. What has left is settled. Then Truemed is told; asking twice is asking once. Throws `forbidden` without
 * the role, `not_found` for an unknown customer.
 */
export async function deletePaymentToken(
  ctx: Context,
  input: { customerId: Id<'customer'> },
): Promise<DeleteTokenResult> {
  const isOwn = ctx.principal.kind === 'customer' && requireCustomer(ctx.principal).customerId === input.customerId;
  if (!isOwn) requireStaff(ctx.principal, 'delete_token');
  const tokenId = await inTransaction(ctx.db, (tx) => planDeletion(tx, ctx, input.customerId));
  if (tokenId === null) return { ok: false, reason: 'no_token' };
  const claim = await claimOne(ctx.db, 'tokenDeletions', tokenId, CALL_LEASE_SECONDS);
  if (claim !== null) await deleteTokenAtTruemed(ctx, claim);
  const [token] = await ctx.db.select().from(paymentTokens).where(eq(paymentTokens.id, tokenId));
  return { ok: true, isDeletedAtTruemed: token?.deletedAt != null };
}

/**
 * Revokes a customer's token for ever, in the caller's transaction, and lets the tick tell Truemed to delete it. Null where there
 * is none. Locks the customer, then what is collected with the token.
 */
export async function planDeletion(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
): Promise<Id<'paymentToken'> | null> {
  // In the order in which charging locks: attempts, invoices, cases, subscriptions; the customer first, as linking does.
  const [customer] = await tx
    .select({ id: customers.id })
    .from(customers)
    .where(eq(customers.id, customerId))
    .for('no key update');
  if (customer === undefined) throw notFound('This customer');
  const onToken = await tx
    .select({ id: subscriptions.id, status: subscriptions.status })
    .from(subscriptions)
    .where(and(eq(subscriptions.customerId, customerId), eq(subscriptions.billingMethod, 'hsa_fsa')))
    .orderBy(subscriptions.id);
  for (const { id } of onToken) await lockWithCollecting(tx, id);
  const [token] = await tx
    .update(paymentTokens)
    .set({ status: 'revoked', updatingUntil: null, deletionAskedAt: ctx.now, deletionDueAt: ctx.now })
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')))
    .returning({ id: paymentTokens.id });
  if (token === undefined) return asked(tx, customerId);
  await audit(
    tx,
    ctx,
    { action: 'payment_token.deletion_asked', subject: token.id, customerId, change: {} },
    {
      action: 'payment_token.revoked',
      subject: token.id,
      customerId,
      cause: token.id,
      change: { from: 'live', to: 'revoked' },
    },
  );
  for (const { id, status } of onToken) {
    await endHeldChanges(tx, ctx, id, 'refused', token.id);
    await abandonPlanned(tx, ctx, id, customerId);
    // A trial owes nothing yet: it goes on to its end.
    if (status !== 'trialing') await changeSubscriptionStatus(tx, ctx, id, 'payment_failed', token.id);
  }
  await waitForCard(tx, ctx, customerId);
  return token.id;
}

/** A token whose deletion was asked for before, the latest; asking again is no other deletion. */
async function asked(tx: Queryable, customerId: Id<'customer'>): Promise<Id<'paymentToken'> | null> {
  const [token] = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), sql`${paymentTokens.deletionAskedAt} is not null`))
    .orderBy(sql`${paymentTokens.deletionAskedAt} desc`)
    .limit(1);
  return token?.id ?? null;
}

async function abandonPlanned(
  tx: Queryable,
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  customerId: Id<'customer'>,
): Promise<void> {
  const planned = await tx
    .select()
    .from(chargeAttempts)
    .where(and(eq(chargeAttempts.subscriptionId, subscriptionId), eq(chargeAttempts.status, 'planned')));
  for (const attempt of planned) {
    await changeAttemptStatus(
      tx,
      ctx,
      attempt,
      'abandoned',
      { errorCode: 'token_deleted' },
      customerId,
      subscriptionId,
    );
    const [invoice] = await tx
      .select()
      .from(invoices)
      .where(and(eq(invoices.id, attempt.invoiceId), inArray(invoices.status, ['open'])));
    if (invoice !== undefined)
      await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'token_gone', redirectUrl: null });
  }
}

/**
 * Tells Truemed to delete one leased token. `NotFound` means that it is gone, which is what was wanted. Without a clear
 * answer it is asked again on the schedule of charges, then daily: a deletion may be asked for as often as it takes.
 */
export async function deleteTokenAtTruemed(ctx: Context, claim: Claim): Promise<void> {
  const mine = and(
    eq(paymentTokens.id, claim.id as Id<'paymentToken'>),
    eq(paymentTokens.leaseEpoch, claim.epoch),
    sql`${paymentTokens.deletionAskedAt} is not null and ${paymentTokens.deletedAt} is null`,
  );
  const [token] = await ctx.db.select().from(paymentTokens).where(mine);
  if (token === undefined) return;
  const paymentToken = ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString();
  const answer = await callTruemed(ctx, (truemed) => truemed.deletePaymentToken(paymentToken));
  const isGone = answer.kind === 'done' || (answer.kind === 'refused' && answer.reason === 'not_found');
  const wait = RESEND_AFTER_MS[token.deletionTries] ?? RESEND_AFTER_MS.at(-1) ?? 0;
  await inTransaction(ctx.db, async (tx) => {
    const [row] = await tx
      .update(paymentTokens)
      .set({
        deletionTries: token.deletionTries + 1,
        leaseUntil: null,
        deletedAt: isGone ? ctx.now : null,
        deletionDueAt: isGone ? null : new Date(ctx.now.getTime() + wait),
      })
      .where(mine)
      .returning({ id: paymentTokens.id });
    if (row === undefined || !isGone) return;
    await audit(tx, ctx, {
      action: 'payment_token.deleted',
      subject: token.id,
      customerId: token.customerId,
      change: { tries: token.deletionTries + 1 },
    });
  });
}
