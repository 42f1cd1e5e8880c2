import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import { firstChargeAfterTrial, LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';
import type { Id } from '@/lib/core/id';
import type { ProvisionStatus } from '@/lib/core/provisioning';
import { type CheckoutRow, changeCheckoutStatus } from './checkout-status';
import { startSubscription } from './start-subscription';
import { writeTrialMail } from './trial-mail';

/**
 * The update payment token of a checkout has moved on: agreed to, the subscription begins, and its first order is charged like
 * any other; refused or abandoned, nothing does. One that was given up meanwhile begins nothing.
 */
export async function settleTokenCheckout(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal' | 'env' | 'vault'>,
  requestId: Id<'provisionRequest'>,
  status: ProvisionStatus,
): Promise<void> {
  const [checkout] = await tx.select().from(checkouts).where(eq(checkouts.provisionRequestId, requestId)).for('update');
  if (checkout === undefined || !LIVE_CHECKOUT_STATUSES.some((live) => live === checkout.status)) return;
  switch (status) {
    case 'connected':
      return begin(tx, ctx, checkout, requestId);
    case 'open':
      return changeCheckoutStatus(tx, ctx, checkout, 'open', { dueAt: checkout.dueAt }, requestId);
    case 'refused':
    case 'waiting_verification':
    case 'already_provisioned':
      return changeCheckoutStatus(tx, ctx, checkout, 'refused', { errorCode: status }, requestId);
    case 'abandoned':
      return changeCheckoutStatus(tx, ctx, checkout, 'canceled', {}, requestId);
    case 'planned':
      return;
  }
}

async function begin(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal' | 'env' | 'vault'>,
  checkout: CheckoutRow,
  cause: string,
): Promise<void> {
  const today = localDateAt(ctx.now, checkout.timeZone);
  const first = checkout.trialEndsOn === null ? today : firstChargeAfterTrial(checkout.trialEndsOn, today);
  const status = checkout.trialEndsOn === null ? 'active' : 'trialing';
  const row = await startSubscription(tx, ctx, checkout, { status, anchor: first, nextChargeOn: first });
  await tx.update(checkouts).set({ tokenLinkedAt: ctx.now }).where(eq(checkouts.id, checkout.id));
  const fields = { subscriptionId: row.id, completedAt: ctx.now, errorCode: null };
  await changeCheckoutStatus(tx, ctx, checkout, 'completed', fields, cause);
  if (status === 'trialing') await writeTrialMail(tx, ctx, row);
}
