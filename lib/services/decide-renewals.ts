import { and, eq, sql } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { decisions } from '@/db/schema/decisions';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import {
  decidedPeriod,
  decideRenewal,
  type RenewalFacts,
  type RenewalVerdict,
  RULE_VERSION,
} from '@/lib/core/renewal-decision';
import type { SubscriptionRow } from './plan-invoice';

/** A subscription, what was known of it, and what that led to. */
export interface Decided {
  subscription: SubscriptionRow;
  facts: RenewalFacts;
  verdict: RenewalVerdict;
}

/** Decides about each of these subscriptions whether it is charged now, or why not. Two queries for all of them; writes nothing. */
export async function decideRenewals(
  db: Queryable,
  ctx: Pick<Context, 'now' | 'env'>,
  rows: readonly SubscriptionRow[],
): Promise<Decided[]> {
  if (rows.length === 0) return [];
  const open = await db
    .select({ id: invoices.id, subscriptionId: invoices.subscriptionId })
    .from(invoices)
    .where(
      and(
        isAmong(
          invoices.subscriptionId,
          rows.map(({ id }) => id),
        ),
        eq(invoices.status, 'open'),
      ),
    );
  const tokens = await db
    .select({ customerId: paymentTokens.customerId, updatingUntil: paymentTokens.updatingUntil })
    .from(paymentTokens)
    .where(
      and(
        isAmong(
          paymentTokens.customerId,
          rows.map(({ customerId }) => customerId),
        ),
        eq(paymentTokens.status, 'live'),
      ),
    );
  const openOf = new Map(open.map(({ id, subscriptionId }) => [subscriptionId, id]));
  const tokenOf = new Map(tokens.map((token) => [token.customerId, token]));
  return rows.map((subscription) => {
    const token = tokenOf.get(subscription.customerId);
    const facts = factsOf(ctx, subscription, {
      openInvoiceId: openOf.get(subscription.id) ?? null,
      hasLiveToken: token !== undefined,
      tokenUpdatingUntil: token?.updatingUntil?.toISOString() ?? null,
    });
    return { subscription, facts, verdict: decideRenewal(facts) };
  });
}

function factsOf(
  ctx: Pick<Context, 'now' | 'env'>,
  row: SubscriptionRow,
  around: Pick<RenewalFacts, 'openInvoiceId' | 'hasLiveToken' | 'tokenUpdatingUntil'>,
): RenewalFacts {
  return {
    now: ctx.now.toISOString(),
    status: row.status,
    billingMethod: row.billingMethod,
    anchorDate: row.anchorDate,
    intervalUnit: row.intervalUnit,
    intervalCount: row.intervalCount,
    nextChargeOn: row.nextChargeOn,
    timeZone: row.timeZone,
    billingHour: ctx.env.merchant.billingHour,
    cancelOn: row.cancelOn,
    awaitsHandOver:
      row.billingMethod === 'hsa_fsa' &&
      row.nextChargeAt === null &&
      row.movedAt !== null &&
      row.handOverConfirmedAt === null,
    ...(ctx.env.catchUp === 'each' ? { catchUp: 'each', chargedSince: chargedSince(row).toISOString() } : {}),
    ...around,
  };
}

/** Since when a subscription is ours to charge. */
export function chargedSince({ movedAt, createdAt }: Pick<SubscriptionRow, 'movedAt' | 'createdAt'>): Date {
  return movedAt ?? createdAt;
}

/**
 * Stores decisions in the transaction that carries them out, after it: a verdict that stands for its period already is not
 * stored again, nor is that a day has not come. One statement for all of them.
 */
export async function recordDecisions(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  decided: readonly Decided[],
): Promise<void> {
  const rows = decided
    .filter(({ verdict }) => verdict.kind !== 'not_due')
    .map(({ subscription, facts, verdict }) => ({
      id: newId('decision'),
      subscription_id: subscription.id,
      period_start: decidedPeriod(facts, verdict),
      verdict: verdict.kind,
      is_planned: 'plan' in verdict,
      inputs: facts,
    }));
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into ${decisions} (id, subscription_id, period_start, invoice_id, verdict, inputs, rule_version, at)
    select made.id, made.subscription_id, made.period_start, ${invoices.id}, made.verdict, made.inputs,
      ${RULE_VERSION}::int, ${ctx.now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as made (id text, subscription_id text, period_start date, verdict text, is_planned boolean, inputs jsonb)
    left join ${invoices} on made.is_planned and ${invoices.subscriptionId} = made.subscription_id
      and ${invoices.periodStart} = made.period_start
    on conflict (subscription_id, period_start, verdict) do nothing`);
}
