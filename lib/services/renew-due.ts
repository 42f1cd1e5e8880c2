import { and, eq } from 'drizzle-orm';
import { lockDueSubscriptions } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';
import { planRenewal } from '@/lib/core/renewal';
import { chargeInstant } from '@/lib/core/subscription';
import { planInvoice, type SubscriptionRow } from './plan-invoice';
import { changeSubscriptionStatus } from './subscription-status';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Plans what is due: invoice, attempt with its complete body, schedule advanced, in one transaction for the batch. Nothing
 * is sent here. A trial ends with its first due period. A subscription waits, an hour at a time, while an invoice of it is open, and for 24 hours at most while its
 * token is being updated. Returns how many subscriptions were looked at.
 */
export async function renewDue(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const due = await lockDueSubscriptions(tx, ctx.now, limit);
    for (const subscription of due) await renew(tx, ctx, subscription);
    return due.length;
  });
}

async function renew(tx: Queryable, ctx: Context, subscription: SubscriptionRow): Promise<void> {
  const waitUntil = await reasonToWait(tx, ctx, subscription);
  if (waitUntil !== null) {
    await tx.update(subscriptions).set({ nextChargeAt: waitUntil }).where(eq(subscriptions.id, subscription.id));
    return;
  }
  const schedule = {
    anchor: subscription.anchorDate,
    interval: { unit: subscription.intervalUnit, count: subscription.intervalCount },
  };
  const plan = planRenewal(
    schedule,
    subscription.nextChargeOn,
    ctx.now,
    subscription.timeZone,
    ctx.env.merchant.billingHour,
  );
  if (plan === null) return waitForItsHour(tx, ctx, subscription);
  if (subscription.status === 'trialing') await changeSubscriptionStatus(tx, ctx, subscription.id, 'trial_ended', null);
  await planInvoice(tx, ctx, subscription, plan, 'schedule');
}

// The merchant has moved the billing hour since the instant was stored.
async function waitForItsHour(tx: Queryable, ctx: Context, subscription: SubscriptionRow): Promise<void> {
  const nextChargeAt = chargeInstant(subscription.nextChargeOn, subscription.timeZone, ctx.env.merchant.billingHour);
  await tx.update(subscriptions).set({ nextChargeAt }).where(eq(subscriptions.id, subscription.id));
}

async function reasonToWait(tx: Queryable, ctx: Context, subscription: SubscriptionRow): Promise<Date | null> {
  const inAnHour = new Date(ctx.now.getTime() + HOUR_MS);
  const [open] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(and(eq(invoices.subscriptionId, subscription.id), eq(invoices.status, 'open')))
    .limit(1);
  if (open !== undefined) return inAnHour;
  const [token] = await tx
    .select({ updatingUntil: paymentTokens.updatingUntil })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, subscription.customerId), eq(paymentTokens.status, 'live')));
  const until = token?.updatingUntil ?? null;
  if (until === null || until <= ctx.now) return null;
  return until < inAnHour ? until : inAnHour;
}
