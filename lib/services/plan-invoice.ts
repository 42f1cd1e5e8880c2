import { inArray, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { insertMany } from '@/db/insert-many';
import { invoiceDiscounts, invoiceLines, invoices } from '@/db/schema/billing';
import { subscriptionDiscounts, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Period } from '@/lib/core/calendar';
import type { AttemptCause, InvoiceStatus } from '@/lib/core/charge';
import { draftInvoice, everyOrder, type InvoiceDraft } from '@/lib/core/draft-invoice';
import { newId } from '@/lib/core/id';
import type { RenewalPlan } from '@/lib/core/renewal';
import { chargeInstant } from '@/lib/core/subscription';
import { audit } from './audit';
import { changeInvoiceStatus } from './invoice-status';
import { putOnOrders } from './once-items';
import { type NextLine, orderFactsOfAll } from './order-lines';
import { type PlannedAttempt, planAttempts } from './plan-attempt';
import { openRecovery } from './recovery';

export type SubscriptionRow = typeof subscriptions.$inferSelect;
type InvoiceRow = typeof invoices.$inferSelect;

/** A renewal plan of one subscription. `dueAt`: since when its charge is due. */
export interface Renewal {
  subscription: SubscriptionRow;
  plan: RenewalPlan;
  dueAt: Date;
}

/** Carries out one renewal plan, due now: see `planInvoices`. Returns the attempt to send, null where there is none. */
export async function planInvoice(
  tx: Queryable,
  ctx: Context,
  subscription: SubscriptionRow,
  plan: RenewalPlan,
  cause: AttemptCause,
): Promise<PlannedAttempt | null> {
  const [attempt] = await planInvoices(tx, ctx, [{ subscription, plan, dueAt: ctx.now }], cause);
  return attempt ?? null;
}

/**
 * Carries out renewal plans in the caller's transaction, by few statements for all of them: periods that passed as
 * `skipped`, the billed one with its lines and its first attempt, and the schedule advanced. The subscriptions must be
 * locked by the caller. Without a live token an invoice waits in recovery. Returns the attempts to send.
 */
export async function planInvoices(
  tx: Queryable,
  ctx: Context,
  renewals: readonly Renewal[],
  cause: AttemptCause,
): Promise<PlannedAttempt[]> {
  const periods = renewals.flatMap(({ subscription, plan }) => [
    ...plan.skipped.map((period) => ({ subscription, period, status: 'skipped' as const })),
    { subscription, period: plan.billed, status: 'open' as const },
  ]);
  const stored = await storeInvoices(tx, ctx, periods);
  await advance(tx, ctx, renewals);
  // Where the database already had a period, whoever planned it also plans its attempts.
  const billed = stored.filter(({ status }) => status === 'open');
  // Truemed takes no charge of nothing (truemed-api.md C8): an order whose discounts pay for all of it is paid with that.
  const free = billed.filter(({ totalCents }) => totalCents === 0);
  await changeInvoiceStatus(tx, ctx, 'paid', ...free.map((invoice) => ({ invoice, cause: invoice.subscriptionId })));
  const dueOf = new Map(renewals.map(({ subscription, dueAt }) => [subscription.id, dueAt]));
  const collect = billed
    .filter(({ totalCents }) => totalCents > 0)
    .map((invoice) => ({ invoice, dueAt: dueOf.get(invoice.subscriptionId) ?? ctx.now }));
  const planned = await planAttempts(tx, ctx, collect, cause);
  for (const { invoice } of collect) {
    if (!planned.has(invoice.id))
      await openRecovery(tx, ctx, { invoice, attemptId: null, reason: 'token_gone', redirectUrl: null });
  }
  return [...planned.values()];
}

async function advance(tx: Queryable, ctx: Context, renewals: readonly Renewal[]): Promise<void> {
  const next = renewals.map(({ subscription: { id, timeZone }, plan: { nextChargeOn } }) => ({
    id,
    on: nextChargeOn,
    at: chargeInstant(nextChargeOn, timeZone, ctx.env.merchant.billingHour),
  }));
  await tx.execute(sql`
    update ${subscriptions} set next_charge_on = next."on", next_charge_at = next."at", updated_at = ${ctx.now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(next)}::text::json) as next (id text, "on" date, "at" timestamptz)
    where ${subscriptions.id} = next.id`);
}

/** Stores one period with its lines, without a charge. Null where the database already has it. */
export async function storeInvoice(
  tx: Queryable,
  ctx: Context,
  subscription: SubscriptionRow,
  period: Period,
  status: InvoiceStatus,
): Promise<InvoiceRow | null> {
  const [invoice] = await storeInvoices(tx, ctx, [{ subscription, period, status }]);
  return invoice ?? null;
}

/** Stores periods with their lines. Those that the database has already are left out of what is returned. */
async function storeInvoices(
  tx: Queryable,
  ctx: Context,
  periods: readonly { subscription: SubscriptionRow; period: Period; status: InvoiceStatus }[],
): Promise<InvoiceRow[]> {
  const facts = await orderFactsOfAll(
    tx,
    periods.map(({ subscription }) => subscription),
  );
  const drafts = periods.map(({ subscription, period, status }) => {
    const order = facts.get(subscription.id);
    if (order === undefined) throw new Error(`No order of ${subscription.id}.`);
    // An item for one order comes with one that is charged, so that a skipped one leaves it for the next.
    const isPlanned = status !== 'skipped';
    const { lines, extras, totalCents, discounts } = draftInvoice<NextLine>({
      ...order,
      lines: isPlanned ? order.lines : everyOrder(order.lines),
    });
    const invoice = {
      id: newId('invoice'),
      subscriptionId: subscription.id,
      customerId: subscription.customerId,
      status,
      periodStart: period.start,
      periodEnd: period.end,
      ...extras,
      totalCents,
      createdAt: ctx.now,
    };
    return { invoice, lines, discounts };
  });
  const { subscriptionId, periodStart } = invoices;
  const added = await insertMany(
    tx,
    invoices,
    drafts.map(({ invoice }) => invoice),
    sql`${sql.identifier(subscriptionId.name)}, ${sql.identifier(periodStart.name)}`,
  );
  const fresh = drafts.filter(({ invoice }) => added.has(invoice.id));
  await insertMany(
    tx,
    invoiceLines,
    fresh.flatMap(({ invoice, lines }) =>
      lines.map(({ sku, name, quantity, unitPriceCents, ...line }, position) => ({
        id: newId('invoiceLine'),
        invoiceId: invoice.id,
        position,
        sku,
        name,
        quantity,
        unitPriceCents,
        isOnce: 'isOnce' in line,
      })),
    ),
  );
  await putOnOrders(
    tx,
    ctx,
    fresh.flatMap(({ invoice, lines }) =>
      lines.flatMap((line) => ('isOnce' in line ? [{ id: line.id, invoiceId: invoice.id }] : [])),
    ),
  );
  for (const { invoice, discounts } of fresh)
    if (invoice.status === 'open') await countDiscounts(tx, ctx, invoice.id, discounts);
  await audit(
    tx,
    ctx,
    ...fresh.map(({ invoice }) => ({
      action: `invoice.${invoice.status === 'skipped' ? 'skipped' : 'planned'}`,
      subject: invoice.id,
      customerId: invoice.customerId,
      cause: invoice.subscriptionId,
      change: {
        period: { start: invoice.periodStart, end: invoice.periodEnd },
        totalCents: invoice.totalCents,
      },
    })),
  );
  return fresh.map(({ invoice }) => ({
    ...invoice,
    number: null,
    numberYear: null,
    yearNumber: null,
    currency: 'USD',
    paidAt: null,
  }));
}

/** Notes what each discount took off a billed order, and counts that order off those that last for a number of them. */
async function countDiscounts(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  invoiceId: InvoiceRow['id'],
  used: InvoiceDraft<unknown>['discounts'],
): Promise<void> {
  if (used.length === 0) return;
  await tx
    .insert(invoiceDiscounts)
    .values(used.map(({ id, name, amountCents }) => ({ invoiceId, subscriptionDiscountId: id, name, amountCents })));
  const { id, remainingPeriods, endedAt } = subscriptionDiscounts;
  await tx
    .update(subscriptionDiscounts)
    .set({
      remainingPeriods: sql`${remainingPeriods} - 1`,
      endedAt: sql`case when ${remainingPeriods} = 1 then ${ctx.now.toISOString()}::timestamptz else ${endedAt} end`,
    })
    .where(
      inArray(
        id,
        used.map((discount) => discount.id),
      ),
    );
}
