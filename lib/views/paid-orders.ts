import { and, asc, eq, gt, gte, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import type { Id } from '@/lib/core/id';
import type { Receipt, ReceiptRefund } from '@/lib/core/receipt';
import type { RefundStatus } from '@/lib/core/refund';
import { merchantOf } from './customer-file';
import { invoicedLinesOf } from './invoiced-lines';
import { cardsAt, PAYS_FOR_INVOICE } from './paying-cards';

/** Reads the receipt of one order; null where it is not theirs or is not paid. */
export async function readReceipt(
  ctx: Context,
  scope: { customerId: Id<'customer'>; invoiceId: Id<'invoice'> },
): Promise<Receipt | null> {
  const isTheirs = and(eq(invoices.customerId, scope.customerId), eq(invoices.id, scope.invoiceId));
  const [receipt] = await selectReceipts(ctx, isTheirs, 1);
  return receipt ?? null;
}

/** Reads the receipts of the orders of a customer that cost something, whose day of service lies in `[from, to)`, the earliest first. */
export async function readReceipts(
  ctx: Context,
  scope: { customerId: Id<'customer'>; from: LocalDate; to: LocalDate; limit: number },
): Promise<Receipt[]> {
  const { customerId, from, to, limit } = scope;
  return selectReceipts(
    ctx,
    and(
      eq(invoices.customerId, customerId),
      gte(invoices.periodStart, from),
      lt(invoices.periodStart, to),
      gt(invoices.totalCents, 0),
    ),
    limit,
  );
}

async function selectReceipts(ctx: Context, condition: SQL | undefined, limit: number): Promise<Receipt[]> {
  const rows = await paidOrders(ctx.db, condition, limit);
  return rows.map(({ invoice, lines, returned, name, timeZone, token }): Receipt => {
    const { id, periodStart, periodEnd, shippingCents, taxCents, discountCents, totalCents, paidAt } = invoice;
    if (paidAt === null) throw new Error(`${id} is paid without a day.`);
    return {
      invoiceId: id,
      number: invoice.year === null || invoice.number === null ? null : `${invoice.year}-${invoice.number}`,
      merchant: merchantOf(ctx),
      customer: name,
      period: { start: periodStart, end: periodEnd },
      paidOn: localDateAt(paidAt, timeZone),
      lines: lines ?? [],
      extras: { shippingCents, taxCents, discountCents },
      totalCents,
      ...cardsAt(token, paidAt),
      refunds: (returned ?? []).flatMap((refund) => told(refund, timeZone)),
    };
  });
}

interface RefundRow {
  status: RefundStatus;
  amountCents: number;
  createdAt: string;
  closedAt: string | null;
}

function told({ status, amountCents, createdAt, closedAt }: RefundRow, timeZone: string): ReceiptRefund[] {
  if (status === 'failed') return [];
  const isDone = status === 'succeeded';
  return [{ on: localDateAt(new Date((isDone ? closedAt : null) ?? createdAt), timeZone), amountCents, isDone }];
}

function paidOrders(db: Queryable, condition: SQL | undefined, limit: number) {
  const lines = invoicedLinesOf(db);
  const returned = db
    .select({
      list: sql<
        RefundRow[] | null
      >`jsonb_agg(jsonb_build_object('status', ${refunds.status}, 'amountCents', ${refunds.amountCents}, 'createdAt',
        ${refunds.createdAt}, 'closedAt', ${refunds.closedAt}) order by ${refunds.createdAt}, ${refunds.id})`.as(
        'returned',
      ),
    })
    .from(refunds)
    .innerJoin(chargeAttempts, and(eq(chargeAttempts.id, refunds.attemptId), isNull(chargeAttempts.duplicateOf)))
    .where(eq(refunds.invoiceId, invoices.id))
    .as('returned');
  return db
    .select({
      invoice: {
        id: invoices.id,
        periodStart: invoices.periodStart,
        periodEnd: invoices.periodEnd,
        shippingCents: invoices.shippingCents,
        taxCents: invoices.taxCents,
        discountCents: invoices.discountCents,
        totalCents: invoices.totalCents,
        paidAt: invoices.paidAt,
        year: invoices.numberYear,
        number: invoices.yearNumber,
      },
      name: customers.name,
      timeZone: subscriptions.timeZone,
      lines: lines.list,
      returned: returned.list,
      token: {
        cards: paymentTokens.cards,
        cardsChangedAt: paymentTokens.cardsChangedAt,
        refreshedAt: paymentTokens.refreshedAt,
      },
    })
    .from(invoices)
    .innerJoin(customers, eq(customers.id, invoices.customerId))
    .innerJoin(subscriptions, eq(subscriptions.id, invoices.subscriptionId))
    .leftJoin(chargeAttempts, PAYS_FOR_INVOICE)
    .leftJoin(paymentTokens, eq(paymentTokens.id, chargeAttempts.paymentTokenId))
    .leftJoinLateral(lines, sql`true`)
    .leftJoinLateral(returned, sql`true`)
    .where(and(eq(invoices.status, 'paid'), condition))
    .orderBy(asc(invoices.periodStart), asc(invoices.id))
    .limit(limit);
}
