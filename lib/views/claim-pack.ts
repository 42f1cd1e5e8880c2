import { and, eq, gt, min } from 'drizzle-orm';
import { invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { type LocalDate, localDate, localDateAt, type Period } from '@/lib/core/calendar';
import { type PackSums, packSums, planYear, planYearStarts, RECEIPTS_PER_PACK } from '@/lib/core/claim-pack';
import { notFound } from '@/lib/core/errors';
import { requireCustomer } from '@/lib/core/principal';
import type { Receipt } from '@/lib/core/receipt';
import { merchantOf, type ShellFacts } from './customer-file';
import { readReceipts } from './paid-orders';

/** What a pack of a plan year would hold, before it is made. */
export interface ClaimYear {
  shell: ShellFacts;
  today: LocalDate;
  year: Period;
  /** Null where there are more receipts than a pack takes. */
  pack: (PackSums & { receipts: number }) | null;
  /** The starts of plan years like this one, back to that of the first paid order, the latest first. */
  starts: LocalDate[];
}

/**
 * Reads what the plan year that starts on `from` holds; without `from` it is this calendar year. An order belongs to the year
 * of its day of service, whenever it was paid. `forbidden` for everybody who is not a customer.
 */
export async function claimYear(ctx: Context, input: { from: LocalDate | null }): Promise<ClaimYear> {
  const { customerId } = requireCustomer(ctx.principal);
  const today = localDateAt(ctx.now, ctx.env.merchant.timeZone);
  const year = planYear(input.from ?? localDate(`${today.slice(0, 4)}-01-01`));
  const isPaid = and(eq(invoices.customerId, customerId), eq(invoices.status, 'paid'), gt(invoices.totalCents, 0));
  const [[customer], [first], receipts] = await Promise.all([
    ctx.db.select({ name: customers.name }).from(customers).where(eq(customers.id, customerId)),
    ctx.db
      .select({ orderOn: min(invoices.periodStart) })
      .from(invoices)
      .where(isPaid),
    readReceipts(ctx, { customerId, from: year.start, to: year.end, limit: RECEIPTS_PER_PACK + 1 }),
  ]);
  if (customer === undefined) throw notFound('This account');
  return {
    shell: { merchant: merchantOf(ctx), person: customer.name.split(/\s+/)[0] ?? customer.name },
    today,
    year,
    pack: receipts.length > RECEIPTS_PER_PACK ? null : { ...packSums(receipts), receipts: receipts.length },
    starts: planYearStarts(year.start, localDate(first?.orderOn ?? today), today),
  };
}

/** The receipts of a plan year; null where there are none, or more than a pack takes. `forbidden` for everybody who is not a customer. */
export async function claimReceipts(ctx: Context, input: { from: LocalDate }): Promise<Receipt[] | null> {
  const { customerId } = requireCustomer(ctx.principal);
  const { start: from, end: to } = planYear(input.from);
  const receipts = await readReceipts(ctx, { customerId, from, to, limit: RECEIPTS_PER_PACK + 1 });
  return receipts.length === 0 || receipts.length > RECEIPTS_PER_PACK ? null : receipts;
}
