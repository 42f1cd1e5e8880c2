import { and, desc, eq, sql } from 'drizzle-orm';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { plans } from '@/db/schema/catalog';
import { checkouts } from '@/db/schema/checkouts';
import { customers } from '@/db/schema/people';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Interval, type LocalDate, localDateAt } from '@/lib/core/calendar';
import {
  type CheckoutFacts,
  type CheckoutPath,
  type CheckoutState,
  type CheckoutStatus,
  checkoutState,
} from '@/lib/core/checkout';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice, everyOrder } from '@/lib/core/draft-invoice';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { hasLiveToken } from '@/lib/services/live-token';
import { currentSwitches } from '@/lib/services/switches';
import { merchantOf, type ShellFacts } from './customer-file';
import { readNextOrder } from './next-order';

/** The page of one order of a new subscription. It only reads our database, so it is right on any device. */
export interface CheckoutPage {
  shell: ShellFacts;
  checkoutId: Id<'checkout'>;
  state: CheckoutState;
  /** Changes whenever the page has something else to say. */
  revision: string;
  status: CheckoutStatus;
  path: CheckoutPath;
  /** Null where the plan is not offered any more. */
  planId: Id<'plan'> | null;
  name: string;
  quantity: number;
  interval: Interval;
  totalCents: number;
  trialEndsOn: LocalDate | null;
  /** Whether its link can be followed at Truemed. */
  hasLink: boolean;
  declined: boolean;
  createdAt: Date;
  cameBackAt: Date | null;
  lastAskedAt: Date | null;
  completedAt: Date | null;
  now: Date;
  today: LocalDate;
  timeZone: string;
  /** What it has begun, what each order of it costs by now, and its next charge, null where none is to come: it ends, or is paused. Null before it began. */
  subscription: { id: Id<'subscription'>; orderCents: number; nextChargeOn: LocalDate | null } | null;
}

/** Reads the page of an order. Throws `not_found` for one that is not theirs, `forbidden` for everybody who is not a customer. */
export async function checkoutPage(ctx: Context, input: { checkoutId: Id<'checkout'> }): Promise<CheckoutPage> {
  const row = await readCheckout(ctx, input.checkoutId);
  const { checkout, person, nextChargeOn } = row;
  const isCharged = row.status !== 'paused' && row.status !== 'canceled' && row.cancelOn === null;
  const { returnedAt, declinedAt, timeZone } = checkout;
  const state = stateOf(ctx, row);
  const declined = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
  const { subscriptionId } = checkout;
  const hasBegun = checkout.status === 'completed' && subscriptionId !== null && nextChargeOn !== null;
  const subscription = hasBegun
    ? {
        id: subscriptionId,
        orderCents: await costOfEach(ctx, subscriptionId),
        nextChargeOn: isCharged ? nextChargeOn : null,
      }
    : null;
  return {
    shell: { merchant: merchantOf(ctx), person: person.split(/\s+/)[0] ?? person },
    checkoutId: checkout.id,
    state,
    revision: revisionOf(row, state),
    status: checkout.status,
    path: checkout.path,
    planId: row.offeredPlanId,
    name: checkout.name,
    quantity: checkout.quantity,
    interval: { unit: checkout.intervalUnit, count: checkout.intervalCount },
    totalCents: checkout.totalCents,
    trialEndsOn: checkout.trialEndsOn,
    hasLink: checkout.status === 'open',
    declined,
    createdAt: checkout.createdAt,
    cameBackAt: declined ? declinedAt : returnedAt,
    lastAskedAt: checkout.lastAskedAt,
    completedAt: checkout.completedAt,
    now: ctx.now,
    today: localDateAt(ctx.now, timeZone),
    timeZone,
    subscription,
  };
}

// Its items may have been changed since it was ordered.
async function costOfEach(ctx: Context, subscriptionId: Id<'subscription'>): Promise<number> {
  const order = await readNextOrder(ctx, subscriptionId);
  return draftInvoice({ ...order, lines: everyOrder(order.lines) }).totalCents;
}

/** What the page asks for while it is open. Throws like `checkoutPage`. */
export async function checkoutPoll(
  ctx: Context,
  input: { checkoutId: Id<'checkout'> },
): Promise<Pick<CheckoutPage, 'state' | 'revision'>> {
  const row = await readCheckout(ctx, input.checkoutId);
  const state = stateOf(ctx, row);
  return { state, revision: revisionOf(row, state) };
}

/** How a canceled subscription can be had again. */
export type SubscribeAgain =
  /** It still runs, or its customer can take it up as it was. */
  | { kind: 'running' | 'start_again' }
  | { kind: 'order'; planId: Id<'plan'>; quantity: number; interval: Interval }
  /** Its items are no longer offered together. */
  | { kind: 'not_offered' };

/** Reads how a subscription can be had again. Throws `not_found` for one that is not theirs, `forbidden` for everybody who is not a customer. */
export async function subscribeAgain(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<SubscribeAgain> {
  const { customerId } = requireCustomer(ctx.principal);
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId)));
  if (row === undefined) throw notFound('This subscription');
  if (row.status !== 'canceled') return { kind: 'running' };
  const mayReactivate = customerMay(await currentSwitches(ctx.db), 'reactivate');
  if (mayReactivate && row.billingMethod === 'hsa_fsa' && (await hasLiveToken(ctx.db, customerId)))
    return { kind: 'start_again' };
  const items = await ctx.db
    .select({ planId: plans.id, quantity: subscriptionItems.quantity })
    .from(subscriptionItems)
    .leftJoin(plans, and(eq(plans.sku, subscriptionItems.sku), sql`${plans.offeredAt} is not null`))
    .where(eq(subscriptionItems.subscriptionId, row.id));
  const [item, ...others] = items;
  if (item === undefined || item.planId === null || others.length > 0) return { kind: 'not_offered' };
  const interval = { unit: row.intervalUnit, count: row.intervalCount };
  return { kind: 'order', planId: item.planId, quantity: item.quantity, interval };
}

type Row = Awaited<ReturnType<typeof readCheckout>>;

async function readCheckout(ctx: Context, checkoutId: Id<'checkout'>) {
  const { customerId } = requireCustomer(ctx.principal);
  const first = ctx.db
    .select({ status: invoices.status, isHeld: sql<boolean>`${recoveryCases.id} is not null`.as('is_held') })
    .from(invoices)
    .leftJoin(recoveryCases, and(eq(recoveryCases.invoiceId, invoices.id), eq(recoveryCases.status, 'open')))
    .where(eq(invoices.subscriptionId, checkouts.subscriptionId))
    .orderBy(invoices.periodStart)
    .limit(1)
    .as('first_order');
  const [row] = await ctx.db
    .select({
      checkout: checkouts,
      person: customers.name,
      nextChargeOn: subscriptions.nextChargeOn,
      status: subscriptions.status,
      cancelOn: subscriptions.cancelOn,
      orderStatus: first.status,
      isHeld: first.isHeld,
      offeredPlanId: plans.id,
    })
    .from(checkouts)
    .innerJoin(customers, eq(customers.id, checkouts.customerId))
    .leftJoin(subscriptions, eq(subscriptions.id, checkouts.subscriptionId))
    .leftJoin(plans, and(eq(plans.id, checkouts.planId), sql`${plans.offeredAt} is not null`))
    .leftJoinLateral(first, sql`true`)
    .where(and(eq(checkouts.id, checkoutId), eq(checkouts.customerId, customerId)))
    .orderBy(desc(checkouts.createdAt));
  if (row === undefined) throw notFound('This order');
  return row;
}

function stateOf(ctx: Pick<Context, 'now'>, row: Row): CheckoutState {
  const { status, createdAt, returnedAt, declinedAt, trialEndsOn } = row.checkout;
  // Once the trial is over, its first order says how it stands.
  const isTrial = trialEndsOn !== null && row.orderStatus === null;
  return checkoutState({ status, createdAt, returnedAt, declinedAt, isTrial, firstOrder: firstOrderOf(row) }, ctx.now);
}

// Canceled or paused before it was made, it is not made any more.
function firstOrderOf({ orderStatus, isHeld, status }: Row): CheckoutFacts['firstOrder'] {
  if (orderStatus === null) return status === 'canceled' || status === 'paused' ? 'over' : null;
  if (orderStatus === 'paid') return 'paid';
  if (orderStatus !== 'open') return 'over';
  return isHeld ? 'held' : 'open';
}

function revisionOf({ checkout, orderStatus, isHeld, nextChargeOn }: Row, state: CheckoutState): string {
  const { status, returnedAt, declinedAt, lastAskedAt } = checkout;
  const instants = [returnedAt, declinedAt, lastAskedAt].map((at) => at?.getTime() ?? 0);
  return [state, status, orderStatus ?? '', isHeld ?? '', nextChargeOn ?? '', ...instants].join('.');
}
