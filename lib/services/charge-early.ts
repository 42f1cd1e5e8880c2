import { and, eq, inArray } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { AttemptStatus } from '@/lib/core/charge';
import { draftInvoice } from '@/lib/core/draft-invoice';
import { decideEarlyCharge, type EarlyRefusal } from '@/lib/core/early-charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { todayOf } from '@/lib/core/schedule-change';
import { driveNow } from './charge-now';
import { readEarlyStanding } from './early-standing';
import { orderFactsOf } from './order-lines';
import { planAskedFor } from './plan-asked-for';

/**
 * What became of an order before its day: the status of its charge, or why none was made, and which day it is for the
 * subscription. `already_ordered`: by an earlier press.
 */
export type EarlyChargeResult =
  | { ok: true; invoiceId: Id<'invoice'>; status: AttemptStatus }
  | { ok: false; reason: EarlyRefusal | 'already_ordered'; from: LocalDate | null; today: LocalDate };

interface Wanted {
  subscriptionId: Id<'subscription'>;
  /** The order and its amount that the page showed; where either is another by now, nothing is charged. */
  periodStart: LocalDate;
  totalCents: number;
}

/**
 * A customer orders now what was to come next: its period is billed before its day, decided by `decideEarlyCharge` under the
 * lock of the subscription, and charged at once. Two presses, or two tabs, make one order. Throws `not_found` for a
 * subscription that is not theirs.
 */
export async function chargeEarly(ctx: Context, input: Wanted): Promise<EarlyChargeResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => plan(tx, ctx, customerId, input));
  if ('reason' in planned) return { ok: false, ...planned };
  const { attemptId, invoiceId } = planned;
  // Discounts pay for all of it, so nothing goes to Truemed.
  if (attemptId === null) return { ok: true, invoiceId, status: 'captured' };
  return { ok: true, invoiceId, status: await driveNow(ctx, { queue: 'attempts', id: attemptId, invoiceId }) };
}

type Planned =
  | { attemptId: Id<'chargeAttempt'> | null; invoiceId: Id<'invoice'> }
  | { reason: EarlyRefusal | 'already_ordered'; from: LocalDate | null; today: LocalDate };

async function plan(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  { subscriptionId, periodStart, totalCents }: Wanted,
): Promise<Planned> {
  await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.customerId, customerId)))
    .for('no key update');
  const early = await readEarlyStanding(tx, ctx, { customerId, subscriptionId });
  if (early === null) throw notFound('This subscription');
  const { row, standing, facts } = early;
  const today = todayOf(standing, ctx.now);
  if ((await invoiceOf(tx, subscriptionId, periodStart)) !== null)
    return { reason: 'already_ordered', from: null, today };
  const decision = decideEarlyCharge(standing, facts, periodStart, ctx.now);
  if (!decision.ok) return { reason: decision.reason, from: decision.from, today };
  if (draftInvoice(await orderFactsOf(tx, row)).totalCents !== totalCents)
    return { reason: 'changed_meanwhile', from: null, today };
  const attempt = await planAskedFor(tx, ctx, row, decision.plan, 'customer');
  const invoiceId = attempt?.invoiceId ?? (await invoiceOf(tx, subscriptionId, periodStart));
  if (invoiceId === null) throw new Error(`No order of ${subscriptionId} was planned.`);
  return { attemptId: attempt?.id ?? null, invoiceId };
}

async function invoiceOf(
  tx: Queryable,
  subscriptionId: Id<'subscription'>,
  periodStart: LocalDate,
): Promise<Id<'invoice'> | null> {
  const [row] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.subscriptionId, subscriptionId),
        eq(invoices.periodStart, periodStart),
        inArray(invoices.status, ['open', 'paid']),
      ),
    );
  return row?.id ?? null;
}
