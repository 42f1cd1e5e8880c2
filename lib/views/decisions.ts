import { and, desc, eq, lt, lte, ne, sql } from 'drizzle-orm';
import { invoices } from '@/db/schema/billing';
import { decisions } from '@/db/schema/decisions';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, instantAt, type LocalDate, localDateAt } from '@/lib/core/calendar';
import { decisionWords } from '@/lib/core/decision-words';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer, requireStaff } from '@/lib/core/principal';
import {
  decidedPeriod,
  decideRenewal,
  type RenewalFacts,
  RULE_VERSION,
  type Verdict,
} from '@/lib/core/renewal-decision';
import { decideRenewals } from '@/lib/services/decide-renewals';

/** Why a period was charged or not: the verdict, when it was come to, by which rule, and one plain sentence. */
export interface DecisionShown {
  verdict: Verdict;
  periodStart: LocalDate;
  /** When it was decided; null where it was not put on record, and is decided by how things stand now. */
  at: Date | null;
  ruleVersion: number;
  /** What it was decided by. */
  inputs: RenewalFacts;
  words: string;
}

/**
 * Why the order of an invoice was charged, or could not be. Null for one that a release planned that kept no decisions. Open
 * to staff and to the customer of the invoice; throws `not_found` for others.
 */
export async function whyCharged(ctx: Context, input: { invoiceId: Id<'invoice'> }): Promise<DecisionShown | null> {
  const [invoice] = await ctx.db
    .select({
      id: invoices.id,
      timeZone: subscriptions.timeZone,
      totalCents: invoices.totalCents,
      status: invoices.status,
    })
    .from(invoices)
    .innerJoin(subscriptions, eq(subscriptions.id, invoices.subscriptionId))
    .where(and(eq(invoices.id, input.invoiceId), theirs(ctx)));
  if (invoice === undefined) throw notFound('This order');
  const [row] = await ctx.db.select().from(decisions).where(eq(decisions.invoiceId, invoice.id));
  const became = { isFree: invoice.totalCents === 0, isPaid: invoice.status === 'paid' };
  return row === undefined ? null : shown(ctx, row, invoice.timeZone, became);
}

/**
 * Why a subscription was not charged on a day, or is not: what was on record by its end about the last period that had
 * started, else what decides about it now. Null where it was charged, or nothing stands in the way. Open like `whyCharged`.
 */
export async function whyNotCharged(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; on: LocalDate },
): Promise<DecisionShown | null> {
  const [subscription] = await ctx.db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, input.subscriptionId), theirs(ctx)));
  if (subscription === undefined) throw notFound('This subscription');
  const [row] = await ctx.db
    .select()
    .from(decisions)
    .where(
      and(
        eq(decisions.subscriptionId, subscription.id),
        lte(decisions.periodStart, input.on),
        lt(decisions.at, instantAt(addDays(input.on, 1), 0, subscription.timeZone)),
      ),
    )
    .orderBy(desc(decisions.periodStart), desc(decisions.at), desc(sql`${ne(decisions.verdict, 'charge')}`))
    .limit(1);
  if (row !== undefined && input.on < subscription.nextChargeOn)
    return row.verdict === 'charge' ? null : shown(ctx, row, subscription.timeZone);
  if (row !== undefined && row.periodStart === subscription.nextChargeOn && row.verdict !== 'charge')
    return shown(ctx, row, subscription.timeZone);
  const [now] = await decideRenewals(ctx.db, ctx, [subscription]);
  if (now === undefined || now.verdict.kind === 'charge') return null;
  const { facts, verdict } = now;
  const decided = { verdict: verdict.kind, periodStart: decidedPeriod(facts, verdict), inputs: facts };
  return shown(ctx, { ...decided, at: null, ruleVersion: RULE_VERSION }, subscription.timeZone);
}

/** Whether a stored decision would be the same under today's rule. */
export function isDecidedAlike(stored: Pick<DecisionShown, 'verdict' | 'periodStart' | 'inputs'>): boolean {
  const verdict = decideRenewal(stored.inputs);
  return verdict.kind === stored.verdict && decidedPeriod(stored.inputs, verdict) === stored.periodStart;
}

function theirs(ctx: Context) {
  if (ctx.principal.kind === 'customer') return eq(subscriptions.customerId, requireCustomer(ctx.principal).customerId);
  requireStaff(ctx.principal, 'read');
  return undefined;
}

function shown(
  ctx: Context,
  decision: Omit<DecisionShown, 'words'>,
  timeZone: string,
  became: { isFree?: boolean; isPaid?: boolean } = {},
): DecisionShown {
  const { verdict, periodStart, at, ruleVersion, inputs } = decision;
  const words = decisionWords({ verdict, periodStart, inputs, ...became }, localDateAt(ctx.now, timeZone));
  return { verdict, periodStart, at, ruleVersion, inputs, words };
}
