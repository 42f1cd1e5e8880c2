import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens, type TokenSource } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import type { TokenDetails } from '@/lib/truemed/token-details';
import { audit } from './audit';
import { freeSubscriptions } from './free-subscriptions';
import { readFields } from './refresh-token';

type TokenRow = typeof paymentTokens.$inferSelect;

/**
 * Makes a token that was read from Truemed the customer's live one, or refreshes its cards and letter where it is already.
 * Any token event frees what waits for it: charges held by an update, subscriptions that were past due for want of a token,
 * and recovery cases, which are tried again at once. A token whose deletion was asked for, or whose customer has deleted their account, is not taken up again. Throws `conflict` where the token belongs to another customer: a token is never moved between people.
 * An account that was deleted has no claim to it: who comes back with its address is somebody new, and Truemed has the same token for them.
 */
export async function linkToken(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  details: TokenDetails,
  source: TokenSource,
  cause: string,
): Promise<'linked' | 'deleted'> {
  const [customer] = await tx
    .select({ deletedAt: customers.deletedAt })
    .from(customers)
    .where(eq(customers.id, customerId))
    .for('no key update');
  if (customer?.deletedAt != null) return 'deleted';
  const lookups = ctx.vault.lookups(details.paymentToken);
  const [found] = await tx
    .select()
    .from(paymentTokens)
    .where(inArray(paymentTokens.tokenLookup, lookups))
    .for('update');
  const isAnothers = found !== undefined && found.customerId !== customerId;
  if (isAnothers && !(await letGo(tx, ctx, found)))
    throw new AppError('conflict', 'This payment token belongs to another customer.');
  const known = isAnothers ? undefined : found;
  if (known !== undefined && known.deletionAskedAt !== null) return 'deleted';
  const read = { ...readFields(known ?? null, details, ctx.now), updatingUntil: null };
  if (known !== undefined && known.status === 'live') {
    await tx.update(paymentTokens).set(read).where(eq(paymentTokens.id, known.id));
    await audit(tx, ctx, {
      action: 'payment_token.refreshed',
      subject: known.id,
      customerId,
      cause,
      change: { letterExpiresOn: { from: known.letterExpiresOn, to: details.letterExpiresOn } },
    });
  } else {
    await replaceToken(tx, ctx, customerId, details.paymentToken, known?.id ?? null, read, source, cause);
  }
  // Cases before subscriptions, the order in which all lock.
  await retryRecoveries(tx, ctx, [customerId]);
  await freeSubscriptions(tx, ctx, customerId, cause);
  return 'linked';
}

/** A deleted account keeps the row of its token, for its books, and not the token; false where another account has it, or it is to be deleted. */
async function letGo(tx: Queryable, { vault }: Pick<Context, 'vault'>, token: TokenRow): Promise<boolean> {
  const { id, customerId, deletionAskedAt } = token;
  const [owner] = await tx
    .select({ deletedAt: customers.deletedAt })
    .from(customers)
    .where(eq(customers.id, customerId));
  if (owner?.deletedAt == null || deletionAskedAt !== null) return false;
  await tx
    .update(paymentTokens)
    .set({ token: vault.seal('', `payment_tokens.token:${id}`), tokenLookup: `let_go:${id}` })
    .where(eq(paymentTokens.id, id));
  return true;
}

async function replaceToken(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  paymentToken: string,
  revokedId: Id<'paymentToken'> | null,
  read: ReturnType<typeof readFields> & { updatingUntil: null },
  source: TokenSource,
  cause: string,
): Promise<void> {
  const [former] = await tx
    .update(paymentTokens)
    .set({ status: 'revoked', updatingUntil: null })
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')))
    .returning({ id: paymentTokens.id });
  const id = revokedId ?? newId('paymentToken');
  if (revokedId !== null) {
    await tx
      .update(paymentTokens)
      .set({ ...read, status: 'live', source })
      .where(eq(paymentTokens.id, revokedId));
  } else {
    await tx.insert(paymentTokens).values({
      ...read,
      id,
      customerId,
      status: 'live',
      source,
      token: ctx.vault.seal(paymentToken, `payment_tokens.token:${id}`),
      tokenLookup: ctx.vault.lookup(paymentToken),
      createdAt: ctx.now,
    });
  }
  await audit(tx, ctx, {
    action: 'payment_token.linked',
    subject: id,
    customerId,
    cause,
    change: { source, replaces: former?.id ?? null },
  });
}

/** Orders of these customers that wait for a token, or for one in order, are tried again at once. */
export async function retryRecoveries(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  customerIds: readonly Id<'customer'>[],
): Promise<void> {
  await tx
    .update(recoveryCases)
    .set({ retryAt: ctx.now, retryCause: 'token_updated' })
    .where(
      and(
        inArray(recoveryCases.customerId, [...customerIds]),
        eq(recoveryCases.status, 'open'),
        inArray(recoveryCases.reason, [
          'update_payment_method',
          'take_health_survey',
          'unknown_action',
          'declined',
          'session_pending',
          'token_gone',
        ]),
      ),
    );
}
