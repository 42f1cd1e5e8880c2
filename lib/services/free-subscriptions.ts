import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { LOOK_AGAIN_MS } from '@/lib/core/renewal-decision';
import { chargeInstant } from '@/lib/core/subscription';
import { changeSubscriptionStatus } from './subscription-status';

/**
 * A customer's token is in order: what was due and waited for it is due now, not at its next hourly look; and a subscription
 * that is past due with no order open, because its token was deleted between two orders, is active again. An order that was
 * planned without a token while this one was being linked is tried with it.
 */
export async function freeSubscriptions(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal' | 'env'>,
  customerId: Id<'customer'>,
  cause: string,
): Promise<void> {
  const onToken = await tx
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        inArray(subscriptions.status, ['active', 'trialing', 'past_due']),
      ),
    )
    .orderBy(subscriptions.id)
    .for('no key update');
  for (const row of onToken) {
    const open = await tx
      .select({ id: invoices.id })
      .from(invoices)
      .where(and(eq(invoices.subscriptionId, row.id), eq(invoices.status, 'open')));
    if (open.length > 0) {
      await retryForWant(tx, ctx, row.id);
      continue;
    }
    if (row.status === 'past_due') await changeSubscriptionStatus(tx, ctx, row.id, 'payment_recovered', cause);
    const { nextChargeAt } = row;
    const dueAt = chargeInstant(row.nextChargeOn, row.timeZone, ctx.env.merchant.billingHour);
    // What is further off waits for something else: five days lie between an order that was paid late and the next.
    const waitMs = nextChargeAt === null ? 0 : nextChargeAt.getTime() - ctx.now.getTime();
    if (waitMs > 0 && waitMs <= LOOK_AGAIN_MS && dueAt <= ctx.now)
      await tx.update(subscriptions).set({ nextChargeAt: ctx.now }).where(eq(subscriptions.id, row.id));
  }
}

/** Whoever linked the token could not see the order yet, and whoever planned the order not the token. */
async function retryForWant(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  subscriptionId: Id<'subscription'>,
): Promise<void> {
  await tx
    .update(recoveryCases)
    .set({ retryAt: ctx.now, retryCause: 'token_updated' })
    .where(
      and(
        eq(recoveryCases.subscriptionId, subscriptionId),
        eq(recoveryCases.status, 'open'),
        eq(recoveryCases.reason, 'token_gone'),
        isNull(recoveryCases.retryAt),
      ),
    );
}
