import { eq } from 'drizzle-orm';
import { lockDueSubscriptions } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';
import { decideRenewals, recordDecisions } from './decide-renewals';
import { planInvoice, type SubscriptionRow } from './plan-invoice';
import { changeSubscriptionStatus } from './subscription-status';

/**
 * Plans what is due: invoice, attempt with its complete body, schedule advanced, in one transaction for the batch. Nothing
 * is sent here. A trial ends with its first due period. A subscription waits, an hour at a time, while an invoice of it is open, and for 24 hours at most while its
 * token is being updated. Returns how many subscriptions were looked at.
 */
export async function renewDue(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const due = await lockDueSubscriptions(tx, ctx.now, limit);
    await renew(tx, ctx, due);
    return due.length;
  });
}

async function renew(tx: Queryable, ctx: Context, due: readonly SubscriptionRow[]): Promise<void> {
  const decided = await decideRenewals(tx, ctx, due);
  for (const { subscription, verdict } of decided) {
    if ('plan' in verdict) {
      if (subscription.status === 'trialing')
        await changeSubscriptionStatus(tx, ctx, subscription.id, 'trial_ended', null);
      await planInvoice(tx, ctx, subscription, verdict.plan, 'schedule');
    } else if (verdict.until !== null) {
      await tx.update(subscriptions).set({ nextChargeAt: verdict.until }).where(eq(subscriptions.id, subscription.id));
    } else throw new Error(`${subscription.id} was taken as due, and is ${verdict.kind}.`);
  }
  await recordDecisions(tx, ctx, decided);
}
