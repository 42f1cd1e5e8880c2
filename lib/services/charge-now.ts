import { and, desc, eq, inArray } from 'drizzle-orm';
import { claimOne, type Queue } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { type AttemptStatus, CUSTOMER_RETRIES_PER_DAY, OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer, requireStaff } from '@/lib/core/principal';
import { planEarlyRenewal, planRenewal } from '@/lib/core/renewal';
import { CALL_LEASE_SECONDS } from './call-truemed';
import { countRecentRetries } from './customer-retries';
import { chargedSince } from './decide-renewals';
import { hasLiveToken } from './live-token';
import { planAskedFor } from './plan-asked-for';
import type { SubscriptionRow } from './plan-invoice';
import { isCardSpent } from './recovery-clock';
import { retryRecovery } from './retry-recovery';
import { driveAttempt } from './send-attempt';
import { changeSubscriptionStatus } from './subscription-status';

/** What became of a charge that somebody asked for: the status of its attempt, or why none was made. */
export type ChargeResult =
  | { ok: true; invoiceId: Id<'invoice'>; status: AttemptStatus }
  | { ok: false; reason: ChargeRefusal };

export type ChargeRefusal =
  | 'billed_elsewhere'
  | 'not_chargeable'
  | 'no_token'
  | 'hand_over_not_confirmed'
  | 'charge_in_progress'
  | 'changed_meanwhile'
  | 'too_many_tries'
  | 'card_spent';

/**
 * Staff collect now: the open invoice of a subscription, or, where there is none, its next period before its day.
 * `periodStart` is the period that the page showed; another one by now is refused, so a second press charges nothing. Throws
 * `forbidden` without the role, `not_found` for an unknown subscription.
 */
export async function chargeNow(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; periodStart: LocalDate },
): Promise<ChargeResult> {
  requireStaff(ctx.principal, 'charge');
  const planned = await settledFirst(ctx, input.subscriptionId, () =>
    inTransaction(ctx.db, (tx) => planCharge(tx, ctx, input)),
  );
  return 'reason' in planned ? { ok: false, reason: planned.reason } : driven(ctx, planned);
}

/**
 * A customer presses `Try again` on their own recovery case; five times a day at most. Throws `not_found` for a case that
 * is not theirs.
 */
export async function tryAgain(ctx: Context, input: { caseId: Id<'recoveryCase'> }): Promise<ChargeResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const plan = async (tx: Queryable): Promise<Planned> => {
    const [row] = await tx
      .select()
      .from(recoveryCases)
      .where(and(eq(recoveryCases.id, input.caseId), eq(recoveryCases.customerId, customerId)))
      .for('update');
    if (row === undefined) throw notFound('This order');
    if (row.status !== 'open' || row.reason === 'our_error') return { reason: 'changed_meanwhile' };
    if ((await countRecentRetries(tx, row.invoiceId, ctx.now)) >= CUSTOMER_RETRIES_PER_DAY)
      return { reason: 'too_many_tries' };
    if (await isCardSpent(tx, ctx, row)) return { reason: 'card_spent' };
    return askForRetry(tx, ctx, row.invoiceId, customerId, 'customer');
  };
  const [found] = await ctx.db
    .select({ subscriptionId: recoveryCases.subscriptionId })
    .from(recoveryCases)
    .where(and(eq(recoveryCases.id, input.caseId), eq(recoveryCases.customerId, customerId)));
  if (found === undefined) throw notFound('This order');
  const planned = await settledFirst(ctx, found.subscriptionId, () => inTransaction(ctx.db, plan));
  return 'reason' in planned ? { ok: false, reason: planned.reason } : driven(ctx, planned);
}

/** `isPaid`: its discounts pay for all of it, so nothing goes to Truemed. */
type Planned = ToDrive | Free | { reason: ChargeRefusal };
type Free = { isPaid: true; invoiceId: Id<'invoice'> };

/**
 * Plans; where a charge of the subscription is under way already, Truemed is asked about that one first, and only what it
 * leaves open is planned. An attempt that Truemed has refused to tell from another is left to a person.
 */
async function settledFirst(
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  plan: () => Promise<Planned>,
): Promise<Planned> {
  const planned = await plan();
  if (!('reason' in planned) || planned.reason !== 'charge_in_progress') return planned;
  const [open] = await ctx.db
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(
      and(eq(chargeAttempts.subscriptionId, subscriptionId), inArray(chargeAttempts.status, ['unknown', 'accepted'])),
    )
    .limit(1);
  if (open === undefined) return planned;
  const claim = await claimOne(ctx.db, 'attempts', open.id, CALL_LEASE_SECONDS);
  if (claim === null) return planned;
  await driveAttempt(ctx, claim);
  return plan();
}

async function planCharge(
  tx: Queryable,
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; periodStart: LocalDate },
): Promise<Planned> {
  const [subscription] = await tx
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.id, input.subscriptionId))
    .for('no key update');
  if (subscription === undefined) throw notFound('This subscription');
  if (subscription.billingMethod !== 'hsa_fsa') return { reason: 'billed_elsewhere' };
  if (subscription.status === 'paused' || subscription.status === 'canceled') return { reason: 'not_chargeable' };
  const [open] = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.subscriptionId, subscription.id), eq(invoices.status, 'open')));
  const periodStart = open?.periodStart ?? subscription.nextChargeOn;
  if (periodStart !== input.periodStart) return { reason: 'changed_meanwhile' };
  if (open !== undefined) return askForRetry(tx, ctx, open.id, subscription.customerId, 'staff');
  if (subscription.cancelOn !== null) return { reason: 'not_chargeable' };
  if (subscription.nextChargeAt === null) return { reason: 'hand_over_not_confirmed' };
  return planNextPeriod(tx, ctx, subscription);
}

async function planNextPeriod(tx: Queryable, ctx: Context, subscription: SubscriptionRow): Promise<Planned> {
  if (!(await hasLiveToken(tx, subscription.customerId))) return { reason: 'no_token' };
  const schedule = {
    anchor: subscription.anchorDate,
    interval: { unit: subscription.intervalUnit, count: subscription.intervalCount },
  };
  const due = planRenewal(
    schedule,
    subscription.nextChargeOn,
    ctx.now,
    subscription.timeZone,
    ctx.env.merchant.billingHour,
    ctx.env.catchUp,
    chargedSince(subscription),
  );
  const plan = due ?? planEarlyRenewal(schedule, subscription.nextChargeOn);
  // The first order that is billed ends a trial, whoever asks for it.
  if (subscription.status === 'trialing') await changeSubscriptionStatus(tx, ctx, subscription.id, 'trial_ended', null);
  const attempt = await planAskedFor(tx, ctx, subscription, plan, 'staff');
  if (attempt !== null) return { queue: 'attempts', id: attempt.id, invoiceId: attempt.invoiceId };
  const [free] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.subscriptionId, subscription.id),
        eq(invoices.periodStart, plan.billed.start),
        eq(invoices.status, 'paid'),
      ),
    );
  return free === undefined ? { reason: 'changed_meanwhile' } : { isPaid: true, invoiceId: free.id };
}

async function askForRetry(
  tx: Queryable,
  ctx: Context,
  invoiceId: Id<'invoice'>,
  customerId: Id<'customer'>,
  cause: 'customer' | 'staff',
): Promise<Planned> {
  const running = await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(and(eq(chargeAttempts.invoiceId, invoiceId), inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES])));
  if (running.length > 0) return { reason: 'charge_in_progress' };
  if (!(await hasLiveToken(tx, customerId))) return { reason: 'no_token' };
  const [row] = await tx
    .update(recoveryCases)
    .set({ retryAt: ctx.now, retryCause: cause })
    .where(and(eq(recoveryCases.invoiceId, invoiceId), eq(recoveryCases.status, 'open')))
    .returning({ id: recoveryCases.id });
  if (row === undefined) throw new Error(`Open invoice ${invoiceId} has neither an open attempt nor a recovery case.`);
  return { queue: 'recoveries', id: row.id, invoiceId };
}

async function driven(ctx: Context, planned: ToDrive | Free): Promise<ChargeResult> {
  const status = 'isPaid' in planned ? 'captured' : await driveNow(ctx, planned);
  return { ok: true, invoiceId: planned.invoiceId, status };
}

interface ToDrive {
  queue: Queue;
  id: string;
  invoiceId: Id<'invoice'>;
}

/**
 * Does at once what the worker would do with a planned attempt, or with a case that is to be tried again; where another process
 * holds the row, that one does it. Returns the status of the invoice's last attempt.
 */
export async function driveNow(ctx: Context, { queue, id, invoiceId }: ToDrive): Promise<AttemptStatus> {
  const claim = await claimOne(ctx.db, queue, id, CALL_LEASE_SECONDS);
  if (claim !== null) await (queue === 'attempts' ? driveAttempt(ctx, claim) : retryRecovery(ctx, claim));
  const [last] = await ctx.db
    .select({ status: chargeAttempts.status })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.invoiceId, invoiceId))
    .orderBy(desc(chargeAttempts.number))
    .limit(1);
  return last?.status ?? 'planned';
}
