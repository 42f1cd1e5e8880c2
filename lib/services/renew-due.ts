import { eq, sql } from 'drizzle-orm';
import { lockDueSubscriptions } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { decideRenewals, recordDecisions } from './decide-renewals';
import { planInvoices, type Renewal, type SubscriptionRow } from './plan-invoice';
import { changeSubscriptionStatus } from './subscription-status';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Plans what is due: invoice, attempt with its complete body, schedule advanced, in one transaction for the batch. Nothing
 * is sent here, and while Truemed is out plans are made all the same. A trial ends with its first due period. A subscription
 * waits, an hour at a time, while an invoice of it is open, and for 24 hours at most while its token is being updated. Where
 * the batch fails, each subscription is planned by itself, and the one that fails waits an hour. Returns how many
 * subscriptions were looked at.
 */
export async function renewDue(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  const looked: Id<'subscription'>[] = [];
  try {
    return await inTransaction(ctx.db, async (tx) => {
      const due = await lockDueSubscriptions(tx, ctx.now, limit);
      looked.splice(0, looked.length, ...due.map(({ id }) => id));
      await renew(tx, ctx, due);
      return due.length;
    });
  } catch (error) {
    if (looked.length === 0) throw error;
    for (const id of looked) await renewAlone(ctx, id);
    return looked.length;
  }
}

async function renewAlone(ctx: Context, subscriptionId: Id<'subscription'>): Promise<void> {
  try {
    await inTransaction(ctx.db, async (tx) =>
      renew(tx, ctx, await lockDueSubscriptions(tx, ctx.now, 1, subscriptionId)),
    );
  } catch (error) {
    ctx.log.error({ event: 'renewal.failed', subscriptionId, error });
    await ctx.db
      .update(subscriptions)
      .set({ nextChargeAt: new Date(ctx.now.getTime() + HOUR_MS) })
      .where(eq(subscriptions.id, subscriptionId));
  }
}

async function renew(tx: Queryable, ctx: Context, due: readonly SubscriptionRow[]): Promise<void> {
  if (due.length === 0) return;
  const decided = await decideRenewals(tx, ctx, due);
  const waiting: { id: Id<'subscription'>; at: Date }[] = [];
  const renewals: Renewal[] = [];
  for (const { subscription, verdict } of decided) {
    const { id, nextChargeAt } = subscription;
    if ('plan' in verdict) renewals.push({ subscription, plan: verdict.plan, dueAt: nextChargeAt ?? ctx.now });
    else if (verdict.until !== null) waiting.push({ id, at: verdict.until });
    else throw new Error(`${id} was taken as due, and is ${verdict.kind}.`);
  }
  await postpone(tx, waiting);
  for (const { subscription } of renewals)
    if (subscription.status === 'trialing')
      await changeSubscriptionStatus(tx, ctx, subscription.id, 'trial_ended', null);
  await planInvoices(tx, ctx, renewals, 'schedule');
  await recordDecisions(tx, ctx, decided);
}

async function postpone(tx: Queryable, waiting: readonly { id: Id<'subscription'>; at: Date }[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.execute(sql`
    update ${subscriptions} set next_charge_at = wait.at
    from json_to_recordset(${JSON.stringify(waiting)}::text::json) as wait (id text, at timestamptz)
    where ${subscriptions.id} = wait.id`);
}
