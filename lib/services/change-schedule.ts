import { and, desc, eq } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { invoiceLines, invoices } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, type LocalDate, localDateAt, type Period } from '@/lib/core/calendar';
import { chargeDay } from '@/lib/core/charge-spacing';
import { type CustomerAction, customerMay, type SwitchedOff } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer, requireStaff } from '@/lib/core/principal';
import {
  chargeAtOf,
  type Decision,
  PERIODS_IN_VIEW,
  type ScheduleChange,
  type Standing,
} from '@/lib/core/schedule-change';
import { audit } from './audit';
import { awaitsHandOver, isCollecting, writeChangeMail } from './change-mail';
import { type SubscriptionRow, storeInvoice } from './plan-invoice';
import { withdrawNotice } from './send-notices';
import { spacedUntil } from './space-next-charge';
import { lockWithCollecting, stopCollecting } from './stop-collecting';
import { changeSubscriptionStatus } from './subscription-status';
import { currentSwitches } from './switches';

/**
 * A person changes the schedule of a subscription, in one transaction: the customer their own, staff with
 * `change_subscription` any. Returns what `decide` says: the change that was made, or why there is none. `note` is
 * kept in the audit entry; the customer is written to. What the merchant has switched off is refused to customers. Throws `not_found`
 * for a subscription that is not theirs, `forbidden` without the role.
 */
export async function changeSchedule<R extends string>(
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  action: string,
  decide: (standing: Standing, tx: Queryable, row: SubscriptionRow) => Decision<R> | Promise<Decision<R>>,
  note: Record<string, string> = {},
): Promise<Decision<R | SwitchedOff>> {
  const owned = ownedBy(ctx, subscriptionId);
  return inTransaction(ctx.db, async (tx): Promise<Decision<R | SwitchedOff>> => {
    const [theirs] = await tx.select({ id: subscriptions.id }).from(subscriptions).where(owned);
    const row = theirs === undefined ? null : await lockWithCollecting(tx, subscriptionId);
    if (row === null) throw notFound('This subscription');
    if (ctx.principal.kind === 'customer' && !customerMay(await currentSwitches(tx), askedBy(action)))
      return { ok: false, reason: 'switched_off' };
    const decision = await decide(await standingOf(tx, ctx, row), tx, row);
    if (!decision.ok) return decision;
    const wasCollecting = await isCollecting(tx, row.id);
    await carryOut(tx, ctx, row, decision.change, action, note);
    await writeChangeMail(tx, ctx, row, decision.change, action, wasCollecting);
    return decision;
  });
}

/** What a customer does who leads to this entry of the log. */
const ASKED_BY: Record<string, CustomerAction> = {
  'subscription.period_skipped': 'skip',
  'subscription.period_unskipped': 'unskip',
  'subscription.next_charge_moved': 'move',
  'subscription.interval_changed': 'interval',
  'subscription.paused': 'pause',
  'subscription.resumed': 'resume',
  'subscription.reactivated': 'reactivate',
  'subscription.canceled': 'cancel',
  'subscription.cancel_scheduled': 'cancel',
  'subscription.cancel_undone': 'undo_cancel',
};

function askedBy(action: string): CustomerAction {
  const asked = ASKED_BY[action];
  if (asked === undefined) throw new Error(`It is not decided who may bring about ${action}.`);
  return asked;
}

function ownedBy(ctx: Context, subscriptionId: Id<'subscription'>) {
  const isIt = eq(subscriptions.id, subscriptionId);
  if (ctx.principal.kind === 'customer')
    return and(isIt, eq(subscriptions.customerId, requireCustomer(ctx.principal).customerId));
  requireStaff(ctx.principal, 'change_subscription');
  return isIt;
}

/** How a locked subscription stands, for the decisions of core. */
export async function standingOf(tx: Queryable, ctx: Pick<Context, 'env'>, row: SubscriptionRow): Promise<Standing> {
  const last = await tx
    .select({ start: invoices.periodStart, end: invoices.periodEnd, status: invoices.status })
    .from(invoices)
    .where(eq(invoices.subscriptionId, row.id))
    .orderBy(desc(invoices.periodStart))
    .limit(PERIODS_IN_VIEW);
  return {
    status: row.status,
    billingMethod: row.billingMethod,
    schedule: { anchor: row.anchorDate, interval: { unit: row.intervalUnit, count: row.intervalCount } },
    nextChargeOn: row.nextChargeOn,
    isScheduled: !awaitsHandOver(row, ctx.env),
    timeZone: row.timeZone,
    billingHour: ctx.env.merchant.billingHour,
    notBefore: await spacedUntil(tx, ctx, row.id, row.timeZone),
    freeFrom: freeFrom(ctx, row),
    pauseUntil: row.pauseUntil,
    cancelOn: row.cancelOn,
    lastPeriods: last.toReversed(),
  };
}

// Once staff have confirmed that it was stopped, nothing is billed elsewhere any more.
function freeFrom({ env }: Pick<Context, 'env'>, row: SubscriptionRow): LocalDate | null {
  if (row.movedAt === null || row.handOverConfirmedAt !== null) return null;
  return addDays(localDateAt(row.movedAt, row.timeZone), env.handoverDays);
}

/** Writes a decided change of a locked subscription, with all that ends with it, and its audit entry, `note` included. */
export async function carryOut(
  tx: Queryable,
  ctx: Context,
  row: SubscriptionRow,
  change: ScheduleChange,
  action: string,
  note: Record<string, string> = {},
): Promise<void> {
  const standing = await standingOf(tx, ctx, row);
  const status =
    change.event === null ? row.status : await changeSubscriptionStatus(tx, ctx, row.id, change.event, null);
  if (status === null) throw new Error(`${row.id} is ${row.status}, which refuses ${change.event}.`);
  if (change.stopsCollecting) await stopCollecting(tx, ctx, row);
  if (change.lastPeriodEnd !== null) await endLastPeriod(tx, standing, row, change.lastPeriodEnd);
  if (change.unskipped !== null) await removeSkipped(tx, ctx, row, change.unskipped);
  for (const period of change.skipped) await storeInvoice(tx, ctx, row, period, 'skipped');
  const { anchor, interval } = change.schedule;
  const isDue = standing.isScheduled && status !== 'canceled';
  const fields = {
    anchorDate: anchor,
    intervalUnit: interval.unit,
    intervalCount: interval.count,
    nextChargeOn: change.nextChargeOn,
    pauseUntil: change.pauseUntil,
    cancelOn: change.cancelOn,
  };
  await tx
    .update(subscriptions)
    .set({
      ...fields,
      nextChargeAt: isDue ? chargeAtOf(standing, change) : null,
      changeAt: change.changeAt,
      heldFor: null,
      leaseUntil: null,
      updatedAt: ctx.now,
    })
    .where(eq(subscriptions.id, row.id));
  if (change.nextCharges[0] !== chargeDay(row)) await withdrawNotice(tx, row);
  await audit(tx, ctx, {
    action,
    subject: row.id,
    customerId: row.customerId,
    change: {
      ...Object.fromEntries(
        Object.entries(fields).flatMap(([name, to]) => {
          const from = row[name as keyof typeof fields];
          return from === to ? [] : [[name, { from, to }]];
        }),
      ),
      skipped: change.skipped.length,
      ...(change.unskipped === null ? {} : { unskipped: change.unskipped }),
      ...(change.lastPeriodEnd === null ? {} : { lastPeriodEnd: change.lastPeriodEnd }),
      ...note,
    },
  });
}

async function endLastPeriod(
  tx: Queryable,
  standing: Standing,
  row: SubscriptionRow,
  end: Period['end'],
): Promise<void> {
  const last = standing.lastPeriods.at(-1);
  if (last === undefined) throw new Error(`${row.id} has no period to end.`);
  await tx
    .update(invoices)
    .set({ periodEnd: end })
    .where(and(eq(invoices.subscriptionId, row.id), eq(invoices.periodStart, last.start)));
}

// A skipped period that is planned again leaves no row: its invoice is made when it falls due, with its prices of then.
async function removeSkipped(tx: Queryable, ctx: Context, row: SubscriptionRow, period: Period): Promise<void> {
  const isIt = and(
    eq(invoices.subscriptionId, row.id),
    eq(invoices.periodStart, period.start),
    eq(invoices.status, 'skipped'),
  );
  const [invoice] = await tx.select({ id: invoices.id }).from(invoices).where(isIt).for('update');
  if (invoice === undefined) throw new Error(`${row.id} has not skipped ${period.start}.`);
  await tx.delete(invoiceLines).where(eq(invoiceLines.invoiceId, invoice.id));
  await tx.delete(invoices).where(eq(invoices.id, invoice.id));
  await audit(tx, ctx, {
    action: 'invoice.unskipped',
    subject: invoice.id,
    customerId: row.customerId,
    cause: row.id,
    change: { period },
  });
}
