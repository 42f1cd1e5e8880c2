import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import { claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import { outbox } from '@/db/schema/messages';
import { customers, emailChanges, formerEmails, staff, users } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';
import { ERASED_NAME, erasedEmail } from '@/lib/core/erased-account';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { decideCancelNow } from '@/lib/core/schedule-change';
import { normalEmail } from '@/lib/core/subscriber-email';
import { accountDeletedMail } from '@/lib/mail/templates/account';
import { audit } from './audit';
import { CALL_LEASE_SECONDS } from './call-truemed';
import { carryOut, standingOf } from './change-schedule';
import { deleteTokenAtTruemed, planDeletion } from './delete-payment-token';
import { endHeldChanges } from './item-changes';
import { hasLiveToken } from './live-token';
import type { SubscriptionRow } from './plan-invoice';
import { revokeToken } from './revoke-token';
import { endSessionsOf } from './sign-out-everywhere';
import { lockWithCollecting } from './stop-collecting';
import { changeSubscriptionStatus } from './subscription-status';

export type DeleteAccountResult = { ok: true } | { ok: false; reason: DeleteAccountRefusal };
export type DeleteAccountRefusal = 'other_email' | 'order_under_way' | 'changed_meanwhile';

interface Wanted {
  /** Typed by the person, as the confirmation. */
  email: string;
  /** The subscriptions that the page said would be canceled. */
  subscriptionIds: readonly string[];
  /** Whether Truemed is to delete card and letter too. */
  deletesToken: boolean;
}

/**
 * A customer deletes their account: every subscription is canceled now, name, e-mail and addresses are erased, sign-in ends.
 * Orders, charges and refunds stay, with the requests that were sent to Truemed for them, as tax law asks; the log holds
 * nothing personal. The address is free again, for somebody new: old orders do not come back with it. The token is deleted at
 * Truemed only when asked; without that it is never used again. What has left already is settled. The last mail goes out
 * directly, and is not stored. Refused while a first order is under way at Truemed, which could still be paid.
 */
export async function deleteAccount(ctx: Context, wanted: Wanted): Promise<DeleteAccountResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const done = await inTransaction(ctx.db, (tx) => erase(tx, ctx, customerId, wanted));
  if ('reason' in done) return { ok: false, reason: done.reason };
  if (done.tokenId !== null) {
    const claim = await claimOne(ctx.db, 'tokenDeletions', done.tokenId, CALL_LEASE_SECONDS);
    if (claim !== null) await deleteTokenAtTruemed(ctx, claim);
  }
  const { name: merchantName } = ctx.env.merchant;
  const mail = accountDeletedMail({
    name: done.name,
    link: ctx.env.appUrl,
    card: done.card,
    isBilledElsewhere: done.isBilledElsewhere,
    merchantName,
  });
  try {
    await ctx.mailer.send({ to: done.email, ...mail }, newId('mail'));
  } catch (error) {
    // The account is gone whatever becomes of its last mail.
    ctx.log.warn({ event: 'account.deleted_mail_not_sent', error });
  }
  return { ok: true };
}

type Erased =
  | {
      email: string;
      name: string;
      tokenId: Id<'paymentToken'> | null;
      card: 'kept' | 'deleted' | 'none';
      isBilledElsewhere: boolean;
    }
  | { reason: DeleteAccountRefusal };

async function erase(tx: Queryable, ctx: Context, customerId: Id<'customer'>, wanted: Wanted): Promise<Erased> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId)).for('no key update');
  if (customer === undefined || customer.deletedAt !== null) throw notFound('This account');
  if (normalEmail(wanted.email) !== customer.email) return { reason: 'other_email' };
  const ordered = await tx
    .select({ id: checkouts.id })
    .from(checkouts)
    .where(and(eq(checkouts.customerId, customerId), inArray(checkouts.status, [...LIVE_CHECKOUT_STATUSES])));
  // It could be paid at Truemed afterwards.
  if (ordered.length > 0) return { reason: 'order_under_way' };
  const running = await tx
    .select({ id: subscriptions.id, billingMethod: subscriptions.billingMethod })
    .from(subscriptions)
    .where(and(eq(subscriptions.customerId, customerId), ne(subscriptions.status, 'canceled')))
    .orderBy(asc(subscriptions.id));
  const shown = new Set(wanted.subscriptionIds);
  if (!running.every(({ id }) => shown.has(id))) return { reason: 'changed_meanwhile' };
  for (const { id } of running) await endSubscription(tx, ctx, id);
  const hasCard = await hasLiveToken(tx, customerId);
  const tokenId = wanted.deletesToken ? await planDeletion(tx, ctx, customerId) : null;
  if (tokenId === null) await revokeToken(tx, ctx, customerId, null, customerId);
  await eraseRows(tx, ctx, customerId, customer.email);
  await audit(tx, ctx, {
    action: 'customer.deleted',
    subject: customerId,
    customerId,
    change: { canceled: running.length, deletesToken: wanted.deletesToken },
  });
  const card = tokenId !== null ? 'deleted' : hasCard ? 'kept' : 'none';
  const isBilledElsewhere = running.some(({ billingMethod }) => billingMethod === 'external');
  return { email: customer.email, name: customer.name, tokenId, card, isBilledElsewhere };
}

async function endSubscription(tx: Queryable, ctx: Context, id: Id<'subscription'>): Promise<void> {
  const row = await lockWithCollecting(tx, id);
  if (row === null) throw notFound('This subscription');
  await endHeldChanges(tx, ctx, id, 'refused', null);
  const decision = decideCancelNow(await standingOf(tx, ctx, row));
  const note = { reason: 'account_deleted' };
  if (decision.ok) await carryOut(tx, ctx, row, decision.change, 'subscription.canceled', note);
  else await endElsewhere(tx, ctx, row, note);
}

// What the former processor bills is not ours to stop: it ends here, and the shop's own systems are told.
async function endElsewhere(tx: Queryable, ctx: Context, row: SubscriptionRow, note: object): Promise<void> {
  await changeSubscriptionStatus(tx, ctx, row.id, 'canceled', null);
  await audit(tx, ctx, {
    action: 'subscription.canceled',
    subject: row.id,
    customerId: row.customerId,
    change: { ...note, billingMethod: row.billingMethod },
  });
}

async function eraseRows(tx: Queryable, ctx: Context, customerId: Id<'customer'>, email: string): Promise<void> {
  const { now, vault } = ctx;
  await tx.delete(emailChanges).where(eq(emailChanges.customerId, customerId));
  await tx.delete(formerEmails).where(eq(formerEmails.customerId, customerId));
  await tx
    .update(customers)
    .set({
      name: ERASED_NAME,
      email: erasedEmail(customerId),
      state: null,
      address: null,
      deletedAt: now,
      updatedAt: now,
    })
    .where(eq(customers.id, customerId));
  await tx.update(subscriptions).set({ address: null }).where(eq(subscriptions.customerId, customerId));
  await tx.update(checkouts).set({ address: null }).where(eq(checkouts.customerId, customerId));
  await tx
    .update(paymentTokens)
    .set({ cards: [], letterExpiresOn: null, cardExpiresOn: null })
    .where(eq(paymentTokens.customerId, customerId));
  await tx
    .update(outbox)
    .set({ status: 'canceled', dueAt: null, leaseUntil: null })
    .where(and(eq(outbox.customerId, customerId), eq(outbox.status, 'queued')));
  const mails = await tx.select({ id: outbox.id }).from(outbox).where(eq(outbox.customerId, customerId));
  for (const { id } of mails)
    await tx
      .update(outbox)
      .set({ message: vault.seal('', `outbox.message:${id}`) })
      .where(eq(outbox.id, id));
  await endSessionsOf(tx, email);
  // A member of staff who also bought still signs in as staff.
  const isStaff = inArray(users.email, tx.select({ email: staff.email }).from(staff));
  await tx.delete(users).where(and(eq(users.email, email), sql`not ${isStaff}`));
}
