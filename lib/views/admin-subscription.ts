import { and, eq, sql } from 'drizzle-orm';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens, type TokenSource } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptions } from '@/db/schema/subscriptions';
import { WAITS_FOR_PERSON } from '@/db/waiting-charges';
import { LEFT_OF_CHARGE, WAITS_FOR_RETURN } from '@/db/waiting-returns';
import type { Context } from '@/lib/context';
import { type LocalDate, nextStart } from '@/lib/core/calendar';
import type { NamedCard } from '@/lib/core/card-words';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import type { PostalAddress } from '@/lib/core/postal-address';
import { refundLimitCents, staffMay } from '@/lib/core/principal';
import type { ReadinessInput } from '@/lib/core/readiness';
import type { ChargeRefusal } from '@/lib/services/charge-now';
import { readStaffShell, type StaffShellFacts } from './admin-shell';
import { readStaffSubscriptions, type StaffSubscription } from './admin-subscription-rows';
import { readTimeline, type TimelinePage } from './admin-timeline';
import { type ChargeState, isHeld } from './charge-state';
import { readinessInput } from './subscription-facts';

/** What `Charge now` would do, or why it is not offered. Amounts in cents. */
export type ChargeOffer =
  | {
      kind: 'offered';
      amountCents: number;
      /** The order that is collected: the first day of its period, which the form sends back. */
      orderOn: LocalDate;
      card: NamedCard;
      /** The charge after it, which stays where it is. */
      following: { on: LocalDate; amountCents: number };
    }
  | { kind: 'not_offered'; reason: ChargeRefusal }
  /** The role may not charge: nothing is shown. */
  | { kind: 'hidden' };

/** A payment that was to be returned by itself, such as a second one of an order, and that Truemed refused to return. */
export interface Unreturned {
  refundId: Id<'refund'>;
  amountCents: number;
  orderOn: LocalDate;
  errorCode: string | null;
  mayReturn: boolean;
}

/** A charge whose outcome nobody knows, that may not be sent again and was not found at Truemed: a person decides. */
export interface Undecided {
  attemptId: Id<'chargeAttempt'>;
  amountCents: number;
  orderOn: LocalDate;
  mayDecide: boolean;
}

/** One subscription as staff see it: what it is, what happened, what can be done. */
export interface StaffSubscriptionPage {
  shell: StaffShellFacts;
  subscription: StaffSubscription;
  readiness: ReadinessInput;
  charge: ChargeOffer;
  /** Moved, and nobody has confirmed that the former processor no longer bills it. */
  handOver: { chargesWait: boolean; mayConfirm: boolean } | null;
  /** A payment that could not be returned by itself, and waits for staff; null where none does. The first of several. */
  unreturned: Unreturned | null;
  /** A charge that waits for a person to say that it was never taken; null where none does. */
  undecided: Undecided | null;
  money: { paidInYearCents: number; openCents: number };
  /** How the live token became known to us; null without one. */
  tokenSource: TokenSource | null;
  /** Where it is sent; null: the customer has not said. */
  address: PostalAddress | null;
  timeline: TimelinePage;
}

/**
 * Reads one subscription with a page of its history, in six queries made at once. Throws `not_found` for an unknown id and
 * for everybody who is not staff.
 */
export async function staffSubscriptionPage(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; before?: string | undefined },
): Promise<StaffSubscriptionPage> {
  const [shell, [subscription], timeline, sums, unreturned, undecided] = await Promise.all([
    readStaffShell(ctx),
    readStaffSubscriptions(ctx, eq(subscriptions.id, input.subscriptionId), 1),
    readTimeline(ctx, input),
    readSums(ctx, input.subscriptionId),
    readUnreturned(ctx, input.subscriptionId),
    readUndecided(ctx, input.subscriptionId),
  ]);
  if (subscription === undefined) throw notFound('This subscription');
  const { openOrder } = subscription;
  const isUnconfirmed = subscription.movedAt !== null && subscription.handOverConfirmedAt === null;
  return {
    shell,
    subscription,
    readiness: readinessInput(subscription, subscription.payment, {
      heldOn: openOrder !== null && isHeld(openOrder.state) ? openOrder.orderOn : null,
    }),
    charge: staffMay(ctx.principal, 'charge') ? chargeOffer(subscription) : { kind: 'hidden' },
    handOver:
      isUnconfirmed && subscription.status !== 'canceled'
        ? { chargesWait: subscription.awaitsHandOver, mayConfirm: staffMay(ctx.principal, 'hand_over') }
        : null,
    unreturned,
    undecided,
    money: { paidInYearCents: sums.paidInYearCents, openCents: sums.openCents },
    tokenSource: sums.tokenSource,
    address: sums.address,
    timeline,
  };
}

const UNDER_WAY: readonly ChargeState[] = ['on_its_way', 'in_progress', 'outcome_unknown'];

/** What the verb `chargeNow` would answer: the open order where there is one, else the next period before its day. */
function chargeOffer(subscription: StaffSubscription): ChargeOffer {
  const { billingMethod, status, openOrder, payment, schedule, nextPeriodOn, totalCents, followingTotalCents } =
    subscription;
  const refuse = (reason: ChargeRefusal): ChargeOffer => ({ kind: 'not_offered', reason });
  if (billingMethod !== 'hsa_fsa') return refuse('billed_elsewhere');
  if (status === 'paused' || status === 'canceled') return refuse('not_chargeable');
  if (openOrder === null && subscription.nextChargeOn === null) return refuse('not_chargeable');
  if (openOrder !== null && UNDER_WAY.includes(openOrder.state)) return refuse('charge_in_progress');
  if (openOrder === null && subscription.awaitsHandOver) return refuse('hand_over_not_confirmed');
  if (payment === null) return refuse('no_token');
  return {
    kind: 'offered',
    amountCents: openOrder?.totalCents ?? totalCents,
    orderOn: openOrder?.orderOn ?? nextPeriodOn,
    card: payment.card,
    following:
      openOrder === null
        ? { on: nextStart(schedule, nextPeriodOn), amountCents: followingTotalCents }
        : { on: nextPeriodOn, amountCents: totalCents },
  };
}

interface Sums extends Record<string, unknown> {
  paidInYearCents: number;
  openCents: number;
  tokenSource: TokenSource | null;
  address: PostalAddress | null;
}

async function readSums(ctx: Context, subscriptionId: Id<'subscription'>): Promise<Sums> {
  const [row] = await ctx.db.execute<Sums>(sql`select
    coalesce(sum(total_cents) filter (where status = 'paid'
      and paid_at > ${ctx.now.toISOString()}::timestamptz - interval '1 year'), 0)::int as "paidInYearCents",
    coalesce(sum(total_cents) filter (where status = 'open'), 0)::int as "openCents",
    (select source from ${paymentTokens} where status = 'live'
      and customer_id = (select customer_id from ${subscriptions} where id = ${subscriptionId})) as "tokenSource",
    (select coalesce(${subscriptions.address}, ${customers.address}) from ${subscriptions}
      join ${customers} on ${customers.id} = ${subscriptions.customerId}
      where ${subscriptions.id} = ${subscriptionId}) as address
    from ${invoices} where subscription_id = ${subscriptionId}`);
  return row ?? { paidInYearCents: 0, openCents: 0, tokenSource: null, address: null };
}

async function readUnreturned(ctx: Context, subscriptionId: Id<'subscription'>): Promise<Unreturned | null> {
  const [row] = await ctx.db
    .select({
      refundId: refunds.id,
      amountCents: LEFT_OF_CHARGE,
      takenCents: chargeAttempts.amountCents,
      orderOn: invoices.periodStart,
      errorCode: refunds.errorCode,
    })
    .from(refunds)
    .innerJoin(invoices, eq(invoices.id, refunds.invoiceId))
    .innerJoin(chargeAttempts, eq(chargeAttempts.id, refunds.attemptId))
    .where(and(eq(invoices.subscriptionId, subscriptionId), WAITS_FOR_RETURN))
    .orderBy(refunds.createdAt, refunds.id)
    .limit(1);
  if (row === undefined) return null;
  const { takenCents, ...unreturned } = row;
  const limit = ctx.principal.kind === 'staff' ? refundLimitCents(ctx.principal.role) : 0;
  return { ...unreturned, mayReturn: limit === null || takenCents <= limit };
}

async function readUndecided(ctx: Context, subscriptionId: Id<'subscription'>): Promise<Undecided | null> {
  const [row] = await ctx.db
    .select({
      attemptId: chargeAttempts.id,
      amountCents: chargeAttempts.amountCents,
      orderOn: invoices.periodStart,
    })
    .from(chargeAttempts)
    .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
    .where(and(eq(chargeAttempts.subscriptionId, subscriptionId), WAITS_FOR_PERSON))
    .limit(1);
  return row === undefined ? null : { ...row, mayDecide: staffMay(ctx.principal, 'write_off') };
}
