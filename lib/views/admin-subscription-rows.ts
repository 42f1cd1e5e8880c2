import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { nextOrderLinesOf } from '@/db/next-order-lines';
import { runningDiscountsOf } from '@/db/running-discounts';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { RecoveryReason } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { FIRST_OF_OURS } from './admin-shell';
import { type ChargeState, chargeState } from './charge-state';
import { paymentFacts } from './customer-file';
import { type PaymentFacts, type SubscriptionFacts, subscriptionFacts } from './subscription-facts';

/** One subscription as staff see it in a list and at the head of its page. */
export interface StaffSubscription extends SubscriptionFacts {
  externalId: string;
  customer: { id: Id<'customer'>; name: string; email: string; state: string | null };
  payment: PaymentFacts | null;
  /** The order that is not settled yet; null where there is none. */
  openOrder: OpenOrder | null;
  movedAt: Date | null;
  /** The first order of ours, billed or to come: charged twice where the former processor goes on. */
  firstOfOursOn: LocalDate;
  handOverConfirmedAt: Date | null;
  /** The last column of the order in which lists stand: when we charge next, as planned. */
  nextChargeAt: Date | null;
  /** The stored start of the next period, by which lists go on. */
  storedNextChargeOn: LocalDate;
}

export interface OpenOrder {
  invoiceId: Id<'invoice'>;
  orderOn: LocalDate;
  totalCents: number;
  state: ChargeState;
  recoveryReason: RecoveryReason | null;
  /** Of the last attempt, where it has one. */
  errorCode: string | null;
}

/**
 * Reads subscriptions in one query, in the order of the list: our soonest charge first, then those that we do not charge.
 * Throws `not_found` for everybody who is not staff.
 */
export async function readStaffSubscriptions(
  ctx: Context,
  condition: SQL | undefined,
  limit: number,
): Promise<StaffSubscription[]> {
  requireStaff(ctx.principal, 'read');
  const rows = await selectSubscriptions(ctx.db)
    .where(condition)
    .orderBy(subscriptions.nextChargeAt, subscriptions.nextChargeOn, subscriptions.id)
    .limit(limit);
  return rows.map(({ subscription, customer, token, lines, discounts, order, firstOfOursOn }) => ({
    ...subscriptionFacts({ ...subscription, discounts }, lines ?? [], null, ctx.now),
    externalId: subscription.externalId,
    customer,
    payment: token === null ? null : paymentFacts(token),
    openOrder: order === null ? null : openOrder(order),
    movedAt: subscription.movedAt,
    firstOfOursOn,
    handOverConfirmedAt: subscription.handOverConfirmedAt,
    nextChargeAt: subscription.nextChargeAt,
    storedNextChargeOn: subscription.nextChargeOn,
  }));
}

function selectSubscriptions(db: Queryable) {
  const lines = nextOrderLinesOf(db);
  const discounts = runningDiscountsOf(db);
  const order = selectOpenOrder(db);
  return db
    .select({
      subscription: {
        id: subscriptions.id,
        externalId: subscriptions.externalId,
        status: subscriptions.status,
        billingMethod: subscriptions.billingMethod,
        intervalUnit: subscriptions.intervalUnit,
        intervalCount: subscriptions.intervalCount,
        anchorDate: subscriptions.anchorDate,
        timeZone: subscriptions.timeZone,
        nextChargeOn: subscriptions.nextChargeOn,
        nextChargeAt: subscriptions.nextChargeAt,
        pauseUntil: subscriptions.pauseUntil,
        cancelOn: subscriptions.cancelOn,
        shippingCents: subscriptions.shippingCents,
        taxCents: subscriptions.taxCents,
        discountCents: subscriptions.discountCents,
        movedAt: subscriptions.movedAt,
        formerChargeOn: subscriptions.formerChargeOn,
        handOverConfirmedAt: subscriptions.handOverConfirmedAt,
      },
      customer: { id: customers.id, name: customers.name, email: customers.email, state: customers.state },
      token: {
        cards: paymentTokens.cards,
        letterExpiresOn: paymentTokens.letterExpiresOn,
        refreshedAt: paymentTokens.refreshedAt,
      },
      lines: lines.list,
      discounts: discounts.list,
      firstOfOursOn: FIRST_OF_OURS,
      order: {
        id: order.id,
        periodStart: order.periodStart,
        totalCents: order.totalCents,
        attemptStatus: order.attemptStatus,
        errorCode: order.errorCode,
        reason: order.reason,
        retryAt: order.retryAt,
        cardSpentAt: order.cardSpentAt,
      },
    })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.id, subscriptions.customerId))
    .leftJoin(
      paymentTokens,
      and(eq(paymentTokens.customerId, subscriptions.customerId), eq(paymentTokens.status, 'live')),
    )
    .leftJoinLateral(lines, sql`true`)
    .leftJoinLateral(discounts, sql`true`)
    .leftJoinLateral(order, sql`true`);
}

function selectOpenOrder(db: Queryable) {
  const attempt = db
    .select({ status: chargeAttempts.status, errorCode: chargeAttempts.errorCode })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.invoiceId, invoices.id))
    .orderBy(desc(chargeAttempts.number))
    .limit(1)
    .as('attempt');
  return db
    .select({
      id: sql<Id<'invoice'>>`${invoices.id}`.as('order_id'),
      periodStart: invoices.periodStart,
      totalCents: invoices.totalCents,
      attemptStatus: sql<(typeof chargeAttempts.$inferSelect)['status'] | null>`${attempt.status}`.as('attempt_status'),
      errorCode: attempt.errorCode,
      reason: recoveryCases.reason,
      retryAt: recoveryCases.retryAt,
      cardSpentAt: recoveryCases.cardSpentAt,
    })
    .from(invoices)
    .leftJoin(recoveryCases, and(eq(recoveryCases.invoiceId, invoices.id), eq(recoveryCases.status, 'open')))
    .leftJoinLateral(attempt, sql`true`)
    .where(and(eq(invoices.subscriptionId, subscriptions.id), eq(invoices.status, 'open')))
    .orderBy(desc(invoices.periodStart))
    .limit(1)
    .as('open_order');
}

function openOrder(order: {
  id: Id<'invoice'>;
  periodStart: LocalDate;
  totalCents: number;
  attemptStatus: (typeof chargeAttempts.$inferSelect)['status'] | null;
  errorCode: string | null;
  reason: RecoveryReason | null;
  retryAt: Date | null;
  cardSpentAt: Date | null;
}): OpenOrder {
  const { id, periodStart, totalCents, attemptStatus, errorCode, reason, retryAt, cardSpentAt } = order;
  const state = chargeState({
    invoiceStatus: 'open',
    attemptStatus,
    recoveryReason: reason,
    isRetrying: retryAt !== null,
    isCardSpent: cardSpentAt !== null,
  });
  return { invoiceId: id, orderOn: periodStart, totalCents, state, recoveryReason: reason, errorCode };
}
