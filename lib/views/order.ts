import { and, asc, eq, isNull } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { refunds } from '@/db/schema/refunds';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt, type Period } from '@/lib/core/calendar';
import type { AttemptCause } from '@/lib/core/charge';
import { earlyWords } from '@/lib/core/decision-words';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { type ChargeFacts, readCharges } from './customer-charges';
import { merchantOf, type ShellFacts } from './customer-file';
import { type DecisionShown, whyCharged } from './decisions';
import { orderStory, type StoryEvent } from './order-story';

/** One order of one customer: what was in it, what became of it, and why. */
export interface OrderPage {
  shell: ShellFacts;
  today: LocalDate;
  timeZone: string;
  now: Date;
  charge: ChargeFacts;
  period: Period;
  /** `2027-31`: the number that paid orders get, by year; null until it is given. */
  number: string | null;
  /** Whose order it is, as it stands on the receipt. */
  customer: { name: string };
  story: StoryEvent[];
  /** Why it was charged, or was not: from the decision on record, or who ordered it before its day; null where neither is. */
  why: Pick<DecisionShown, 'words'> | null;
}

/** Reads one order. Throws `not_found` for one that is not theirs, `forbidden` for everybody who is not a customer. */
export async function orderPage(ctx: Context, input: { invoiceId: Id<'invoice'> }): Promise<OrderPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const { invoiceId } = input;
  const isTheirs = and(eq(invoices.id, invoiceId), eq(invoices.customerId, customerId));
  const [[order], [charge]] = await Promise.all([
    ctx.db
      .select({
        start: invoices.periodStart,
        end: invoices.periodEnd,
        paidAt: invoices.paidAt,
        totalCents: invoices.totalCents,
        year: invoices.numberYear,
        number: invoices.yearNumber,
        name: customers.name,
        timeZone: subscriptions.timeZone,
      })
      .from(invoices)
      .innerJoin(customers, eq(customers.id, invoices.customerId))
      .innerJoin(subscriptions, eq(subscriptions.id, invoices.subscriptionId))
      .where(isTheirs),
    readCharges(ctx, { customerId, invoiceId, limit: 1 }),
  ]);
  if (order === undefined || charge === undefined) throw notFound('This order');
  const [attempts, given, why] = await Promise.all([
    readAttempts(ctx, invoiceId),
    readRefunds(ctx, invoiceId),
    whyCharged(ctx, { invoiceId }),
  ]);
  const today = localDateAt(ctx.now, order.timeZone);
  return {
    shell: { merchant: merchantOf(ctx), person: order.name.split(/\s+/)[0] ?? order.name },
    today,
    timeZone: order.timeZone,
    now: ctx.now,
    charge,
    period: { start: order.start, end: order.end },
    number: order.year === null || order.number === null ? null : `${order.year}-${order.number}`,
    customer: { name: order.name },
    story: orderStory(order, attempts, given),
    why: why ?? orderedEarly(attempts[0]?.cause, order.start, today),
  };
}

function orderedEarly(cause: AttemptCause | undefined, orderOn: LocalDate, today: LocalDate): OrderPage['why'] {
  return cause === 'customer' || cause === 'staff' ? { words: earlyWords(cause, orderOn, today) } : null;
}

function readAttempts(ctx: Context, invoiceId: Id<'invoice'>) {
  return ctx.db
    .select({
      status: chargeAttempts.status,
      cause: chargeAttempts.cause,
      amountCents: chargeAttempts.amountCents,
      sentAt: chargeAttempts.sentAt,
      acceptedAt: chargeAttempts.acceptedAt,
      actionRequiredAt: chargeAttempts.actionRequiredAt,
      closedAt: chargeAttempts.closedAt,
      reason: recoveryCases.reason,
    })
    .from(chargeAttempts)
    .leftJoin(recoveryCases, eq(recoveryCases.attemptId, chargeAttempts.id))
    .where(and(eq(chargeAttempts.invoiceId, invoiceId), isNull(chargeAttempts.duplicateOf)))
    .orderBy(asc(chargeAttempts.number));
}

function readRefunds(ctx: Context, invoiceId: Id<'invoice'>) {
  return ctx.db
    .select({
      status: refunds.status,
      amountCents: refunds.amountCents,
      createdAt: refunds.createdAt,
      closedAt: refunds.closedAt,
    })
    .from(refunds)
    .innerJoin(chargeAttempts, and(eq(chargeAttempts.id, refunds.attemptId), isNull(chargeAttempts.duplicateOf)))
    .where(eq(refunds.invoiceId, invoiceId))
    .orderBy(asc(refunds.createdAt));
}
