import { and, desc, eq, gt, isNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import type { Extras } from '@/lib/core/amounts';
import type { LocalDate } from '@/lib/core/calendar';
import { CUSTOMER_RETRIES_PER_DAY } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import type { PayingCards } from '@/lib/core/receipt';
import { cardIsSpent } from '@/lib/services/recovery-clock';
import { type ChargeState, chargeState } from './charge-state';
import { invoicedLinesOf } from './invoiced-lines';
import { cardsAt, PAYS_FOR_INVOICE } from './paying-cards';
import { orderName, type ShownLine } from './subscription-facts';

/** One order that was charged, skipped, or waits. */
export interface ChargeFacts {
  invoiceId: Id<'invoice'>;
  subscriptionId: Id<'subscription'>;
  name: string;
  lines: ShownLine[];
  extras: Extras;
  totalCents: number;
  /** What of it was given back. */
  refundedCents: number;
  /** The day of the order: the first of its period. */
  orderOn: LocalDate;
  state: ChargeState;
  paidAt: Date | null;
  /** Which cards paid it; null where it is not paid. */
  paidBy: PayingCards | null;
  /** Paid within the last hour. */
  isJustPaid: boolean;
  /** The open recovery case, with whether its card may be tried again by its customer: not now, or not at all; null without one. */
  recovery: { caseId: Id<'recoveryCase'>; mayTryAgain: boolean; isCardSpent: boolean } | null;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Which orders to read: all of a customer's, one subscription's, or one. `before` continues a list: older ones, without those that are open. */
export interface ChargeScope {
  customerId: Id<'customer'>;
  subscriptionId?: Id<'subscription'>;
  invoiceId?: Id<'invoice'>;
  before?: LocalDate | undefined;
  /** All by their day alone, from the one after this on; null: from the latest. */
  after?: { orderOn: LocalDate; key: string } | null;
  limit: number;
}

/** Reads orders in one query, those that are still open first, then the latest; by day alone where `after` is given. */
export async function readCharges(ctx: Context, scope: ChargeScope): Promise<ChargeFacts[]> {
  const conditions: (SQL | undefined)[] = [
    eq(invoices.customerId, scope.customerId),
    scope.subscriptionId === undefined ? undefined : eq(invoices.subscriptionId, scope.subscriptionId),
    scope.invoiceId === undefined ? undefined : eq(invoices.id, scope.invoiceId),
    scope.before === undefined ? undefined : and(lt(invoices.periodStart, scope.before), ne(invoices.status, 'open')),
    scope.after == null
      ? undefined
      : sql`(${invoices.periodStart}, ${invoices.id}) < (${scope.after.orderOn}::date, ${scope.after.key})`,
  ];
  const rows = await selectCharges(ctx, and(...conditions), {
    limit: scope.limit,
    openFirst: scope.after === undefined,
  });
  return rows.map(
    ({ lines, recovery, attempt, invoice, recentTries, refundedCents, isLeftOut, isCardSpent, token }) => {
      const { shippingCents, taxCents, discountCents, totalCents } = invoice;
      const shown = lines ?? [];
      return {
        invoiceId: invoice.id,
        subscriptionId: invoice.subscriptionId,
        name: orderName(shown),
        lines: shown,
        extras: { shippingCents, taxCents, discountCents },
        totalCents,
        refundedCents: refundedCents ?? 0,
        orderOn: invoice.periodStart,
        state: chargeState({
          invoiceStatus: invoice.status,
          attemptStatus: attempt?.status ?? null,
          recoveryReason: recovery?.reason ?? null,
          isRetrying:
            recovery !== null && recovery.retryAt !== null && (!isCardSpent || recovery.retryCause === 'staff'),
          isCardSpent,
          isLeftOut,
        }),
        paidAt: invoice.paidAt,
        paidBy: invoice.paidAt === null ? null : cardsAt(token, invoice.paidAt),
        isJustPaid: invoice.paidAt !== null && ctx.now.getTime() - invoice.paidAt.getTime() < HOUR_MS,
        recovery:
          recovery === null
            ? null
            : { caseId: recovery.id, mayTryAgain: (recentTries ?? 0) < CUSTOMER_RETRIES_PER_DAY, isCardSpent },
      };
    },
  );
}

/** The days of a subscription's orders that were paid. */
export function paidDays(charges: readonly ChargeFacts[], subscriptionId: Id<'subscription'>): LocalDate[] {
  return charges
    .filter((charge) => charge.subscriptionId === subscriptionId && charge.state === 'paid')
    .map(({ orderOn }) => orderOn);
}

function selectCharges(
  { db, now }: Pick<Context, 'db' | 'now'>,
  condition: SQL | undefined,
  { limit, openFirst }: { limit: number; openFirst: boolean },
) {
  const lines = invoicedLinesOf(db);
  const attempt = db
    .select({ status: chargeAttempts.status })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.invoiceId, invoices.id))
    .orderBy(desc(chargeAttempts.number))
    .limit(1)
    .as('attempt');
  const tries = db
    .select({ recent: sql<number>`count(*)`.mapWith(Number).as('recent') })
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, invoices.id),
        eq(chargeAttempts.cause, 'customer'),
        gt(chargeAttempts.createdAt, new Date(now.getTime() - DAY_MS)),
      ),
    )
    .as('tries');
  const refunded = db
    .select({ cents: sql<number>`sum(${refunds.amountCents})`.mapWith(Number).as('refunded_cents') })
    .from(refunds)
    .innerJoin(chargeAttempts, and(eq(chargeAttempts.id, refunds.attemptId), isNull(chargeAttempts.duplicateOf)))
    .where(and(eq(refunds.invoiceId, invoices.id), eq(refunds.status, 'succeeded')))
    .as('refunded');
  return db
    .select({
      invoice: {
        id: invoices.id,
        subscriptionId: invoices.subscriptionId,
        status: invoices.status,
        periodStart: invoices.periodStart,
        shippingCents: invoices.shippingCents,
        taxCents: invoices.taxCents,
        discountCents: invoices.discountCents,
        totalCents: invoices.totalCents,
        paidAt: invoices.paidAt,
      },
      lines: lines.list,
      attempt: { status: attempt.status },
      recentTries: tries.recent,
      refundedCents: refunded.cents,
      // By the index on (subscription, status).
      isLeftOut: sql<boolean>`exists (select from ${recoveryCases} as left_out where left_out.subscription_id = ${invoices.subscriptionId}
        and left_out.status = 'closed' and left_out.invoice_id = ${invoices.id} and left_out.left_out)`,
      token: {
        cards: paymentTokens.cards,
        cardsChangedAt: paymentTokens.cardsChangedAt,
        refreshedAt: paymentTokens.refreshedAt,
      },
      isCardSpent: cardIsSpent(now),
      recovery: {
        id: recoveryCases.id,
        reason: recoveryCases.reason,
        retryAt: recoveryCases.retryAt,
        retryCause: recoveryCases.retryCause,
      },
    })
    .from(invoices)
    .leftJoin(recoveryCases, and(eq(recoveryCases.invoiceId, invoices.id), eq(recoveryCases.status, 'open')))
    .leftJoin(chargeAttempts, PAYS_FOR_INVOICE)
    .leftJoin(paymentTokens, eq(paymentTokens.id, chargeAttempts.paymentTokenId))
    .leftJoinLateral(lines, sql`true`)
    .leftJoinLateral(attempt, sql`true`)
    .leftJoinLateral(tries, sql`true`)
    .leftJoinLateral(refunded, sql`true`)
    .where(condition)
    .orderBy(...(openFirst ? [sql`${invoices.status} <> 'open'`] : []), desc(invoices.periodStart), desc(invoices.id))
    .limit(limit);
}
