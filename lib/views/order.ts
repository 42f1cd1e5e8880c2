import { and, eq } from 'drizzle-orm';
import { invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt, type Period } from '@/lib/core/calendar';
import { LEFT_OUT_WORDS } from '@/lib/core/decision-words';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { type ChargeFacts, readCharges } from './customer-charges';
import { merchantOf, type ShellFacts } from './customer-file';
import { type DecisionShown, whyCharged } from './decisions';
import { readOrderEvents } from './order-events';
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
  /** Why it was charged, or was not: from the decision on record; null for one that a release planned that kept none. */
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
  const [events, why] = await Promise.all([readOrderEvents(ctx, [invoiceId]), whyCharged(ctx, { invoiceId })]);
  const attempts = events.attempts.get(invoiceId) ?? [];
  return {
    shell: { merchant: merchantOf(ctx), person: order.name.split(/\s+/)[0] ?? order.name },
    today: localDateAt(ctx.now, order.timeZone),
    timeZone: order.timeZone,
    now: ctx.now,
    charge,
    period: { start: order.start, end: order.end },
    number: order.year === null || order.number === null ? null : `${order.year}-${order.number}`,
    customer: { name: order.name },
    story: orderStory(order, attempts, events.refunds.get(invoiceId) ?? []),
    why: charge.state === 'left_out' ? { words: LEFT_OUT_WORDS } : why,
  };
}
