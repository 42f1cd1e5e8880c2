import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { firstStartOnOrAfter, type LocalDate, localDateAt } from '@/lib/core/calendar';
import { chargeDay } from '@/lib/core/charge-spacing';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import type { ScheduleChange } from '@/lib/core/schedule-change';
import type { ChangeConfirmedFacts, ConfirmedChange } from '@/lib/mail/templates/change-confirmed';
import { hasLiveToken } from './live-token';
import { orderFactsOf } from './order-lines';
import type { SubscriptionRow } from './plan-invoice';
import { queueMail } from './queue-mail';
import { currentSwitches } from './switches';

/** Whether anything is being collected for a subscription. */
export async function isCollecting(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<boolean> {
  const isOpen = and(eq(invoices.subscriptionId, subscriptionId), eq(invoices.status, 'open'));
  const open = await tx.select({ id: invoices.id }).from(invoices).where(isOpen).limit(1);
  return open.length > 0;
}

/** Whether staff have yet to confirm the hand-over of a moved subscription: until then its dates are a projection. */
export function awaitsHandOver(row: SubscriptionRow, env: Pick<Context['env'], 'handOver'>): boolean {
  const isMoved = row.movedAt !== null && row.handOverConfirmedAt === null;
  return row.nextChargeAt === null && isMoved && env.handOver === 'confirmed';
}

/**
 * Writes to the customer that a change was made, in its transaction and after it: what is charged next, and what stays paid.
 * `row` is the subscription as it was before; `wasCollecting`, whether an order was open then.
 */
export async function writeChangeMail(
  tx: Queryable,
  ctx: Context,
  row: SubscriptionRow,
  change: ScheduleChange,
  action: string,
  wasCollecting: boolean,
): Promise<void> {
  const confirmed = confirmedChange(change, action);
  if (confirmed === null) return;
  const isAwaited = awaitsHandOver(row, ctx.env) && change.nextCharges.length > 0;
  await writeMail(tx, ctx, row, {
    confirmed,
    nextOn: isAwaited ? null : (change.nextCharges[0] ?? null),
    ...(isAwaited ? { none: 'hand_over' as const } : {}),
    // A change that is asked for twice is made once; what is asked for again later is another change.
    dedupeKey: `${action}:${row.id}:${change.nextChargeOn}:${ctx.now.getTime()}`,
    underWay: !wasCollecting ? 'none' : (await isCollecting(tx, row.id)) ? 'goes_on' : 'given_up',
  });
}

/** Writes to the customer that an item was added to the next order, or taken out of it, in the transaction of that. */
export async function writeItemMail(
  tx: Queryable,
  ctx: MailContext,
  row: SubscriptionRow,
  { kind, onceItemId }: { kind: 'once_added' | 'once_removed'; onceItemId: Id<'onceItem'> },
): Promise<void> {
  return writeMail(tx, ctx, row, {
    confirmed: { kind },
    ...(await following(tx, ctx, row)),
    dedupeKey: `${kind}:${onceItemId}`,
  });
}

type MailContext = Pick<Context, 'env' | 'vault' | 'now'>;

async function writeMail(
  tx: Queryable,
  ctx: MailContext,
  row: SubscriptionRow,
  mail: {
    confirmed: ConfirmedChange;
    nextOn: LocalDate | null;
    dedupeKey: string;
    underWay: ChangeConfirmedFacts['underWay'];
    none?: NonNullable<ChangeConfirmedFacts['none']>;
  },
): Promise<void> {
  const { confirmed, nextOn, dedupeKey, underWay, none = 'ends' } = mail;
  const [customer] = await tx.select().from(customers).where(eq(customers.id, row.customerId));
  if (customer === undefined) throw new Error(`No customer ${row.customerId}.`);
  const order = nextOn === null ? null : await orderFactsOf(tx, row);
  await queueMail(tx, ctx, {
    template: 'change_confirmed',
    dedupeKey,
    customerId: customer.id,
    to: customer.email,
    facts: {
      name: customer.name,
      change: confirmed,
      next: nextOn === null || order === null ? null : { on: nextOn, amountCents: draftInvoice(order).totalCents },
      none,
      mayWake: customerMay(await currentSwitches(tx), confirmed.kind === 'paused' ? 'resume' : 'reactivate'),
      hasCard: await hasLiveToken(tx, customer.id),
      underWay,
      link: `${ctx.env.appUrl}/account/subscriptions/${row.id}`,
    },
  });
}

const ITEMS = {
  applied: 'items',
  refused: 'items_refused',
  abandoned: 'items_not_completed',
  withdrawn: 'items_withdrawn',
} as const;

/** Writes to the customer what became of other items that Truemed was asked about, and what is charged next. */
export async function writeItemsMail(
  tx: Queryable,
  ctx: MailContext,
  subscriptionId: Id<'subscription'>,
  outcome: keyof typeof ITEMS,
  requestId: Id<'provisionRequest'>,
): Promise<void> {
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId));
  if (row === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  await writeMail(tx, ctx, row, {
    confirmed: { kind: ITEMS[outcome] },
    ...(await following(tx, ctx, row)),
    dedupeKey: `items:${requestId}`,
  });
}

/** What follows as a subscription stands, whose schedule is not changed: its next charge, else why none has a day. */
async function following(
  tx: Queryable,
  ctx: MailContext,
  row: SubscriptionRow,
): Promise<Pick<Parameters<typeof writeMail>[3], 'nextOn' | 'none' | 'underWay'>> {
  const { status, nextChargeOn, pauseUntil, timeZone } = row;
  const underWay = (await isCollecting(tx, row.id)) ? 'goes_on' : 'none';
  if (status === 'canceled' || row.cancelOn !== null) return { nextOn: null, none: 'ends', underWay };
  if (status === 'paused') {
    const schedule = { anchor: row.anchorDate, interval: { unit: row.intervalUnit, count: row.intervalCount } };
    const nextOn = pauseUntil === null ? null : firstStartOnOrAfter(schedule, nextChargeOn, pauseUntil);
    return { nextOn, none: 'paused', underWay };
  }
  if (awaitsHandOver(row, ctx.env)) return { nextOn: null, none: 'hand_over', underWay };
  // An order that is not paid holds the next one, whose day has come.
  const isHeld = status === 'past_due' && nextChargeOn <= localDateAt(ctx.now, timeZone);
  return { nextOn: isHeld ? null : chargeDay(row), none: 'on_hold', underWay };
}

/** What a change is called in mail, by its entry in the log; null where nothing is written of it. */
function confirmedChange(change: ScheduleChange, action: string): ConfirmedChange | null {
  const skipped = change.skipped[0]?.start;
  const unskipped = change.unskipped?.start;
  switch (action) {
    case 'subscription.period_skipped':
      return skipped === undefined ? null : { kind: 'skipped', orderOn: skipped };
    case 'subscription.period_unskipped':
      return unskipped === undefined ? null : { kind: 'unskipped', orderOn: unskipped };
    case 'subscription.next_charge_moved':
      return { kind: 'moved' };
    case 'subscription.interval_changed':
      return { kind: 'interval', interval: change.schedule.interval };
    case 'subscription.paused':
      return { kind: 'paused', until: change.pauseUntil };
    case 'subscription.cancel_scheduled':
      return change.cancelOn === null ? null : { kind: 'cancel_scheduled', endsOn: change.cancelOn };
    case 'subscription.canceled':
      return { kind: 'canceled' };
    case 'subscription.cancel_undone':
      return { kind: 'cancel_undone' };
    case 'subscription.resumed':
      return { kind: 'resumed' };
    case 'subscription.reactivated':
      return { kind: 'reactivated' };
    default:
      return null;
  }
}
