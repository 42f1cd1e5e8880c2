import type { Context } from '@/lib/context';
import { type LocalDate, nextStart } from '@/lib/core/calendar';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice, everyOrder, type OrderFacts, type OrderLine } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { firstMoveDay } from '@/lib/core/next-order-change';
import { requireCustomer } from '@/lib/core/principal';
import type { ReadinessInput } from '@/lib/core/readiness';
import {
  type ChangeKind,
  type ChangeRefusal,
  decideRequested,
  offeredChanges,
  type RequestedChange,
} from '@/lib/core/requested-change';
import { decideCancelAtPeriodEnd, type ScheduleChange } from '@/lib/core/schedule-change';
import { currentSwitches } from '@/lib/services/switches';
import { type HeldState, isHeld, isOpen, isUnderWay } from './charge-state';
import { readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { mayChangeItems, readNextOrder } from './next-order';
import { ownSubscription, readStanding } from './own-subscription';
import { type PaymentFacts, readinessInput, type SubscriptionFacts, upcomingFrom } from './subscription-facts';

/** A charge to come. */
export interface DatedAmount {
  date: LocalDate;
  totalCents: number;
}

/** A change of the schedule before it is made: what the verb will do if it is confirmed now. */
export interface SchedulePreview {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  payment: PaymentFacts | null;
  /** Why its order is on hold; null: none is. */
  held: HeldState | null;
  /** An order is on hold, which a pause and a cancellation give up. */
  isCollecting: boolean;
  /** A charge is being made, or waits for Truemed's word: it may be paid whatever is changed. */
  isUnderWay: boolean;
  /** The first day to which its next charge can be moved. */
  firstMoveDay: LocalDate;
  /** The next two charges as they stand; empty where none is to come. */
  now: DatedAmount[];
  /** Every change that it takes now. */
  offered: ChangeKind[];
  /** Each order has more than one piece, and its customer may have fewer. */
  mayOrderLess: boolean;
  /** What the merchant lets its customer do by themselves once it is paused, or canceled. */
  mayWake: { resume: boolean; reactivate: boolean };
  /** What the change leads to, or why it is refused; null where the person has yet to choose. */
  outcome:
    | null
    | { ok: true; requested: RequestedChange; change: ScheduleChange; after: DatedAmount[]; readiness: ReadinessInput }
    | { ok: false; reason: ChangeRefusal };
}

/** What a request is made from: how the subscription stands before it. */
export interface BeforeChange {
  nextChargeOn: LocalDate;
  /** There is no paid time that a cancellation would wait for: it pauses, or its order is on hold, or its next period has begun. */
  cancelsAtOnce: boolean;
}

const SHOWN = 2;

/**
 * Reads how a subscription stands and what a change would do to it, decided by the function that the verb decides with.
 * `request` is given the next charge as it stands. Throws `not_found` for a subscription that is not theirs, `forbidden` for
 * everybody who is not a customer.
 */
export async function schedulePreview(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; request: (before: BeforeChange) => RequestedChange | null },
): Promise<SchedulePreview> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, charges, standing, switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, subscriptionId: input.subscriptionId, limit: 1 }),
    readStanding(ctx, customerId, input.subscriptionId),
    currentSwitches(ctx.db),
  ]);
  const subscription = ownSubscription(file, input.subscriptionId);
  const underWay = charges.some(({ state }) => isUnderWay(state));
  const isCollecting = !underWay && charges.some(({ state }) => isOpen(state));
  const letterExpiresOn = file.payment?.letterExpiresOn ?? null;
  const at = { now: ctx.now, hasToken: file.payment !== null, letterExpiresOn, switches };
  const atEnd = decideCancelAtPeriodEnd(standing, ctx.now);
  const change = input.request({
    nextChargeOn: standing.nextChargeOn,
    cancelsAtOnce: isCollecting || (!atEnd.ok && atEnd.reason === 'cancels_at_once'),
  });
  const decision = change === null ? null : decideRequested(standing, change, at);
  const givesUp = isCollecting && decision?.ok === true && decision.change.stopsCollecting;
  // What an order that is given up has used of a discount is there for the next.
  const order = givesUp ? await readNextOrder(ctx, subscription.id, { isGivenUp: true }) : null;
  const amounts = order === null ? subscription : amountsOf(order);
  return {
    shell: file.shell,
    subscription,
    payment: file.payment,
    held: charges.map(({ state }) => state).find(isHeld) ?? null,
    isCollecting,
    isUnderWay: underWay,
    firstMoveDay: firstMoveDay(standing, ctx.now),
    offered: offeredChanges(standing, at),
    mayOrderLess:
      mayChangeItems(subscription, file.payment !== null, switches) &&
      everyOrder(subscription.lines).reduce((sum, { quantity }) => sum + quantity, 0) > 1,
    mayWake: { resume: customerMay(switches, 'resume'), reactivate: customerMay(switches, 'reactivate') },
    now: priced(subscription, subscription.upcoming.slice(0, SHOWN)),
    outcome:
      change === null || decision === null
        ? null
        : outcomeOf(change, decision, { ...subscription, ...amounts }, file.payment),
  };
}

function outcomeOf(
  requested: RequestedChange,
  decision: ReturnType<typeof decideRequested>,
  subscription: SubscriptionFacts,
  payment: PaymentFacts | null,
): NonNullable<SchedulePreview['outcome']> {
  if (!decision.ok) return decision;
  const { change } = decision;
  const [first, second] = change.nextCharges;
  const later =
    first === undefined || second === undefined
      ? []
      : [first, second, ...upcomingFrom(change.schedule, nextStart(change.schedule, second), subscription.today)];
  return {
    ok: true,
    requested,
    change,
    after: priced(subscription, change.nextCharges.slice(0, SHOWN)),
    readiness: readinessInput({ ...subscription, nextChargeOn: first ?? null, upcoming: later }, payment, {
      skipped: change.skipped.map(({ start }) => start).filter((start) => start >= subscription.today),
    }),
  };
}

type NextAmounts = Pick<SubscriptionFacts, 'totalCents' | 'followingTotalCents'>;

function amountsOf(order: OrderFacts<OrderLine>): NextAmounts {
  return { totalCents: draftInvoice(order).totalCents, followingTotalCents: draftInvoice(order, 1).totalCents };
}

// The orders are the same ones on other days, so discounts run out as they would have.
function priced({ totalCents, followingTotalCents }: NextAmounts, dates: readonly LocalDate[]): DatedAmount[] {
  return dates.map((date, index) => ({ date, totalCents: index === 0 ? totalCents : followingTotalCents }));
}
