import { and, eq, gte, inArray, ne } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt, nextStart } from '@/lib/core/calendar';
import { firstChargeAfterTrial, LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';
import type { Id } from '@/lib/core/id';
import { nextBackfillAt } from '@/lib/core/provisioning';
import { type CheckoutRow, changeCheckoutStatus } from './checkout-status';
import { payFirstOrder, type SessionRead } from './pay-first-order';
import type { SubscriptionRow } from './plan-invoice';
import { queueMail } from './queue-mail';
import { planRefund } from './refund-status';
import { startSubscription } from './start-subscription';
import { writeTrialMail } from './trial-mail';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Applies what Truemed says of a checkout's session, read by us: the one place where a paid checkout begins its subscription.
 * Money that was taken is always believed, also late and after the checkout was given up; a second payment beside another
 * order of the same customer is kept as a duplicate and given back. What says nothing new changes nothing, so duplicates and
 * any order are harmless. Returns the effect in words for staff.
 */
export async function settleCheckout(
  tx: Queryable,
  ctx: Context,
  checkoutId: Id<'checkout'>,
  session: SessionRead,
  cause: string,
): Promise<string> {
  const checkout = await lockCheckout(tx, checkoutId);
  const { status } = checkout;
  if (status === 'completed' || status === 'duplicate') return `Nothing new: ${status}.`;
  switch (session.verdict) {
    case 'captured':
      return (await hasOrderedSince(tx, checkout))
        ? giveBack(tx, ctx, checkout, session, cause)
        : begin(tx, ctx, checkout, session, cause);
    case 'rejected':
    case 'canceled':
      if (status === 'rejected' || status === 'canceled') return keepAsIs(tx, checkout, session.id, null);
      await changeCheckoutStatus(tx, ctx, checkout, session.verdict, { paymentSessionId: session.id }, cause);
      if (session.verdict === 'rejected') await writeNotTaken(tx, ctx, checkout);
      return session.verdict === 'rejected' ? 'The payment was rejected.' : 'The payment session was canceled.';
    case 'in_progress':
      return follow(tx, ctx, checkout, session, cause);
    case 'unknown':
      await keepAsIs(tx, checkout, session.id, new Date(ctx.now.getTime() + DAY_MS), `session ${session.status}`);
      return `The session says ${session.status}, which means nothing to us: a person must read it.`;
  }
}

/** Locks a checkout behind its customer, the order in which all lock. */
export async function lockCheckout(tx: Queryable, id: Id<'checkout'>): Promise<CheckoutRow> {
  const [whose] = await tx.select({ customerId: checkouts.customerId }).from(checkouts).where(eq(checkouts.id, id));
  if (whose === undefined) throw new Error(`No checkout ${id}.`);
  await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, whose.customerId)).for('no key update');
  const [checkout] = await tx.select().from(checkouts).where(eq(checkouts.id, id)).for('update');
  if (checkout === undefined) throw new Error(`No checkout ${id}.`);
  return checkout;
}

// One at a time is live, and one that is completed closes the others: so only one that was closed can be paid beside another.
async function hasOrderedSince(tx: Queryable, { id, customerId, status, createdAt }: CheckoutRow): Promise<boolean> {
  if (LIVE_CHECKOUT_STATUSES.some((live) => live === status)) return false;
  const others = await tx
    .select({ id: checkouts.id })
    .from(checkouts)
    .where(
      and(
        eq(checkouts.customerId, customerId),
        ne(checkouts.id, id),
        eq(checkouts.status, 'completed'),
        gte(checkouts.completedAt, createdAt),
      ),
    );
  return others.length > 0;
}

async function begin(
  tx: Queryable,
  ctx: Context,
  checkout: CheckoutRow,
  session: SessionRead,
  cause: string,
): Promise<string> {
  const paidOn = dayPaid(ctx, checkout, session);
  const row = await (checkout.trialEndsOn === null
    ? beginPaid(tx, ctx, checkout, paidOn)
    : beginTrial(tx, ctx, checkout, firstChargeAfterTrial(checkout.trialEndsOn, paidOn)));
  await changeCheckoutStatus(
    tx,
    ctx,
    checkout,
    'completed',
    {
      paymentSessionId: session.id,
      errorCode: null,
      subscriptionId: row.id,
      completedAt: ctx.now,
      // From here on it is its token that is looked for.
      dueAt: checkout.tokenLinkedAt === null ? nextBackfillAt(ctx.now, ctx.now, ctx.now) : null,
    },
    cause,
  );
  await cancelOthers(tx, ctx, checkout);
  if (checkout.trialEndsOn !== null) {
    await writeTrialMail(tx, ctx, row);
    return 'Captured, for nothing: the trial has begun.';
  }
  await payFirstOrder(tx, ctx, checkout, row, paidOn, session, cause);
  return 'Captured: the subscription has begun, and its first order is paid.';
}

function beginPaid(tx: Queryable, ctx: Context, checkout: CheckoutRow, paidOn: LocalDate): Promise<SubscriptionRow> {
  const interval = { unit: checkout.intervalUnit, count: checkout.intervalCount };
  const nextChargeOn = nextStart({ anchor: paidOn, interval }, paidOn);
  return startSubscription(tx, ctx, checkout, { status: 'active', anchor: paidOn, nextChargeOn });
}

function beginTrial(tx: Queryable, ctx: Context, checkout: CheckoutRow, endsOn: LocalDate): Promise<SubscriptionRow> {
  return startSubscription(tx, ctx, checkout, { status: 'trialing', anchor: endsOn, nextChargeOn: endsOn });
}

/** A second payment: an order that is over from the beginning holds it, and all of it goes back. */
async function giveBack(
  tx: Queryable,
  ctx: Context,
  checkout: CheckoutRow,
  session: SessionRead,
  cause: string,
): Promise<string> {
  const fields = { paymentSessionId: session.id, completedAt: ctx.now };
  if (checkout.trialEndsOn !== null) {
    await changeCheckoutStatus(tx, ctx, checkout, 'duplicate', fields, cause);
    return 'A second trial beside another order: nothing was paid, and nothing begins.';
  }
  const paidOn = dayPaid(ctx, checkout, session);
  const interval = { unit: checkout.intervalUnit, count: checkout.intervalCount };
  const nextChargeOn = nextStart({ anchor: paidOn, interval }, paidOn);
  const row = await startSubscription(tx, ctx, checkout, { status: 'canceled', anchor: paidOn, nextChargeOn });
  const attempt = await payFirstOrder(tx, ctx, checkout, row, paidOn, { ...session, goesBack: true }, cause);
  await changeCheckoutStatus(tx, ctx, checkout, 'duplicate', { ...fields, subscriptionId: row.id }, cause);
  const { amountCents } = attempt;
  const refund = { amountCents, lines: [], items: [], reason: 'duplicate_payment', isAutomatic: true } as const;
  await planRefund(tx, ctx, attempt, checkout.customerId, { ...refund, lines: [], items: [] });
  return 'Captured beside another order: kept as a duplicate, and given back.';
}

/** Other checkouts of this customer have nothing left to do; their links are closed at Truemed. */
async function cancelOthers(tx: Queryable, ctx: Context, { id, customerId }: CheckoutRow): Promise<void> {
  const live = await tx
    .select()
    .from(checkouts)
    .where(
      and(
        eq(checkouts.customerId, customerId),
        ne(checkouts.id, id),
        inArray(checkouts.status, [...LIVE_CHECKOUT_STATUSES]),
      ),
    )
    .for('update');
  for (const other of live) {
    const dueAt = other.path === 'session' ? ctx.now : null;
    await changeCheckoutStatus(tx, ctx, other, 'canceled', { dueAt }, id);
  }
}

async function follow(
  tx: Queryable,
  ctx: Context,
  checkout: CheckoutRow,
  session: SessionRead,
  cause: string,
): Promise<string> {
  const { createdAt, returnedAt } = checkout;
  const dueAt = nextBackfillAt(createdAt, returnedAt, ctx.now) ?? new Date(ctx.now.getTime() + DAY_MS);
  await tx.update(checkouts).set({ lastAskedAt: ctx.now }).where(eq(checkouts.id, checkout.id));
  const isNews = session.status === 'processing' && ['planned', 'open', 'refused'].includes(checkout.status);
  if (!isNews) return keepAsIs(tx, checkout, session.id, dueAt);
  await changeCheckoutStatus(tx, ctx, checkout, 'processing', { paymentSessionId: session.id, dueAt }, cause);
  return 'Truemed has the payment and reviews it.';
}

async function keepAsIs(
  tx: Queryable,
  checkout: CheckoutRow,
  paymentSessionId: string,
  dueAt: Date | null,
  errorCode: string | null = checkout.errorCode,
): Promise<string> {
  await tx
    .update(checkouts)
    .set({ paymentSessionId, dueAt, errorCode, leaseUntil: null })
    .where(eq(checkouts.id, checkout.id));
  return `Nothing new: ${checkout.status}.`;
}

// The day that Truemed tells, where it lies between the order and now.
function dayPaid(ctx: Context, { createdAt, timeZone }: CheckoutRow, { capturedOn }: SessionRead): LocalDate {
  const told = capturedOn === null ? Number.NaN : Date.parse(capturedOn);
  const isBetween = told >= createdAt.getTime() && told <= ctx.now.getTime();
  return localDateAt(isBetween ? new Date(told) : ctx.now, timeZone);
}

async function writeNotTaken(tx: Queryable, ctx: Context, checkout: CheckoutRow): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, checkout.customerId));
  if (customer === undefined) throw new Error(`No customer ${checkout.customerId}.`);
  await queueMail(tx, ctx, {
    template: 'payment_not_taken',
    dedupeKey: `payment_not_taken:${checkout.id}`,
    customerId: customer.id,
    to: customer.email,
    facts: {
      name: customer.name,
      amountCents: checkout.totalCents,
      orderOn: localDateAt(checkout.createdAt, checkout.timeZone),
      reason: 'first_order',
      link: `${ctx.env.appUrl}/account/checkout/${checkout.id}`,
    },
  });
}
