import { and, eq, ne } from 'drizzle-orm';
import { claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { customerMay } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { decideStop, type StopChoices } from '@/lib/core/stop-hsa-fsa';
import { audit } from './audit';
import { CALL_LEASE_SECONDS } from './call-truemed';
import { carryOut, standingOf } from './change-schedule';
import { deleteTokenAtTruemed, planDeletion } from './delete-payment-token';
import { hasLiveToken } from './live-token';
import { queueMail } from './queue-mail';
import { lockWithCollecting } from './stop-collecting';
import { currentSwitches } from './switches';

/** `isDeleted`: the card is deleted, or Truemed is asked for it until it is. */
export type StopResult =
  | { ok: true; isDeleted: boolean }
  | { ok: false; reason: 'changed_meanwhile' | 'nothing_to_stop' };

/**
 * A customer stops paying with HSA/FSA: each of their subscriptions on the card is paused or canceled, as they chose, and what
 * was being collected is given up, all in one transaction with one mail. The token stays at Truemed unless its deletion is
 * asked for as well, which is for ever. `choices` must name every subscription on the card that goes on, so nothing is stopped
 * that the page did not show. Pressing again changes nothing more.
 */
export async function stopHsaFsa(
  ctx: Context,
  input: { choices: StopChoices; deleteCard: boolean },
): Promise<StopResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const stopped = await inTransaction(ctx.db, (tx) => stop(tx, ctx, customerId, input));
  if ('reason' in stopped) return { ok: false, reason: stopped.reason };
  if (stopped.tokenId === null) return { ok: true, isDeleted: false };
  const claim = await claimOne(ctx.db, 'tokenDeletions', stopped.tokenId, CALL_LEASE_SECONDS);
  if (claim !== null) await deleteTokenAtTruemed(ctx, claim);
  return { ok: true, isDeleted: true };
}

async function stop(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  { choices, deleteCard }: { choices: StopChoices; deleteCard: boolean },
): Promise<{ tokenId: Id<'paymentToken'> | null } | { reason: 'changed_meanwhile' | 'nothing_to_stop' }> {
  // The customer first, then what charging locks, as the deletion of a token does.
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId)).for('no key update');
  if (customer === undefined) throw notFound('This account');
  const onCard = await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        ne(subscriptions.status, 'canceled'),
      ),
    )
    .orderBy(subscriptions.id);
  if (onCard.length !== choices.size || onCard.some(({ id }) => !choices.has(id)))
    return { reason: 'changed_meanwhile' };
  const at = { now: ctx.now, mayPause: customerMay(await currentSwitches(tx), 'pause') };
  const changes = [];
  for (const { id } of onCard) {
    const row = await lockWithCollecting(tx, id);
    const choice = choices.get(id);
    if (row === null || choice === undefined) return { reason: 'changed_meanwhile' };
    const decision = decideStop(await standingOf(tx, ctx, row), choice, at);
    if (!decision.ok) return { reason: 'changed_meanwhile' };
    if (decision.change !== null) changes.push({ row, choice, change: decision.change });
  }
  const hasCard = await hasLiveToken(tx, customerId);
  const deletes = deleteCard && hasCard;
  if (changes.length === 0 && !deletes) return { reason: 'nothing_to_stop' };
  for (const { row, choice, change } of changes)
    await carryOut(tx, ctx, row, change, choice === 'pause' ? 'subscription.paused' : 'subscription.canceled');
  // Last, so that what has been paused or canceled is not asked for another card.
  const tokenId = deletes ? await planDeletion(tx, ctx, customerId) : null;
  const card = deletes ? 'deleted' : hasCard ? 'kept' : 'none';
  const counts = {
    paused: changes.filter(({ choice }) => choice === 'pause').length,
    canceled: changes.filter(({ choice }) => choice === 'cancel').length,
  };
  await audit(tx, ctx, {
    action: 'customer.hsa_fsa_stopped',
    subject: customerId,
    customerId,
    change: { ...counts, card },
  });
  await queueMail(tx, ctx, {
    template: 'hsa_fsa_stopped',
    dedupeKey: `hsa_fsa_stopped:${customerId}:${ctx.now.toISOString()}`,
    customerId,
    to: customer.email,
    facts: {
      name: customer.name,
      ...counts,
      card,
      link: `${ctx.env.appUrl}/account/payment-methods`,
    },
  });
  return { tokenId };
}
