import type { Line } from './amounts';
import { addDays, type Interval, type LocalDate, nextStart } from './calendar';
import { draftInvoice, type InvoiceDraft } from './draft-invoice';
import { unreachable } from './errors';
import { ABANDON_MS, CONFIRMING_MS } from './provisioning';

/**
 * `planned`: stored, Truemed has not answered yet. `open`: the customer has a link, and Truemed nothing of theirs.
 * `processing`: Truemed has survey and card and has not taken the payment. `completed`: the subscription has begun.
 * `duplicate`: paid beside another of the same customer; it began nothing and is given back. `rejected`: reviewed, and not
 * taken. `canceled`: given up by us or replaced by another. `refused`: an answer that a person must read.
 */
export const CHECKOUT_STATUSES = [
  'planned',
  'open',
  'processing',
  'completed',
  'duplicate',
  'rejected',
  'canceled',
  'refused',
] as const;
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number];

/** While a checkout is one of these, its customer has no other. */
export const LIVE_CHECKOUT_STATUSES = ['planned', 'open', 'processing'] as const satisfies readonly CheckoutStatus[];

/** `session`: Truemed's checkout takes the first payment and brings the token. `token`: the customer's token pays, once Truemed agrees to the items. */
export const CHECKOUT_PATHS = ['session', 'token'] as const;
export type CheckoutPath = (typeof CHECKOUT_PATHS)[number];

/** Money that was taken is believed in every status; nothing leaves `completed` and `duplicate`. */
const EDGES: Record<CheckoutStatus, readonly CheckoutStatus[]> = {
  planned: ['open', 'processing', 'completed', 'duplicate', 'rejected', 'canceled', 'refused'],
  open: ['processing', 'completed', 'duplicate', 'rejected', 'canceled', 'refused'],
  processing: ['completed', 'duplicate', 'rejected', 'canceled'],
  completed: [],
  duplicate: [],
  rejected: ['completed', 'duplicate'],
  canceled: ['completed', 'duplicate'],
  refused: ['open', 'processing', 'completed', 'duplicate', 'rejected', 'canceled'],
};

/** Whether a checkout may go from one status to another. */
export function checkoutMayBecome(from: CheckoutStatus, to: CheckoutStatus): boolean {
  return EDGES[from].includes(to);
}

const HOUR_MS = 60 * 60 * 1000;
/** A checkout that is not paid for so long is canceled at Truemed, so that its link charges nobody later. */
export const CHECKOUT_OPEN_MS = 24 * HOUR_MS;
/** The same plan again within this time, to the same address, is the same order, and not a second one. */
export const SAME_ORDER_MS = HOUR_MS / 2;
export const MOST_OF_A_PLAN = 99;

/** What is wanted of a plan. */
export interface WantedOrder {
  quantity: number;
  interval: Interval;
}

/** The part of a plan that an order is made of. */
export interface PlanToOrder {
  sku: string;
  name: string;
  unitPriceCents: number;
  shippingCents: number;
  trialDays: number;
}

/** What an order leads to, before it is made: the one function behind the page and the deed. */
export interface CheckoutTerms {
  line: Line;
  /** What every order of it costs. */
  order: InvoiceDraft<Line>;
  /** What is charged when Truemed confirms it: the first order, or nothing in a trial. */
  dueNowCents: number;
  /** The day on which the first order of a trial is charged; null without a trial. */
  trialEndsOn: LocalDate | null;
  /** The next three charges after that, where Truemed confirms it today. */
  nextCharges: [LocalDate, LocalDate, LocalDate];
}

/** What ordering so much of a plan at an interval leads to, where it begins on `startsOn`. Throws on half a piece. */
export function checkoutTerms(plan: PlanToOrder, wanted: WantedOrder, startsOn: LocalDate): CheckoutTerms {
  const { sku, name, unitPriceCents, shippingCents, trialDays } = plan;
  const line = { sku, name, quantity: wanted.quantity, unitPriceCents };
  const order = draftInvoice<Line>({ lines: [line], shippingCents, taxCents: 0, discountCents: 0, discounts: [] });
  const trialEndsOn = trialDays > 0 ? addDays(startsOn, trialDays) : null;
  const schedule = { anchor: trialEndsOn ?? startsOn, interval: wanted.interval };
  const first = trialEndsOn ?? nextStart(schedule, startsOn);
  const second = nextStart(schedule, first);
  return {
    line,
    order,
    dueNowCents: trialEndsOn === null ? order.totalCents : 0,
    trialEndsOn,
    nextCharges: [first, second, nextStart(schedule, second)],
  };
}

/**
 * The day of the first charge after a trial that Truemed has confirmed on a day: the one that was told at Truemed; where a
 * review has outlasted it, the day after, so that nothing is charged without a day's notice.
 */
export function firstChargeAfterTrial(toldOn: LocalDate, confirmedOn: LocalDate): LocalDate {
  const dayAfter = addDays(confirmedOn, 1);
  return toldOn > dayAfter ? toldOn : dayAfter;
}

/** What the page of a checkout says it is. */
export type CheckoutState =
  | 'Confirming'
  | 'Being reviewed'
  | 'Waiting for Truemed'
  | 'Action needed'
  | 'Paid'
  | 'Trial'
  | 'Canceled'
  | 'Not completed'
  | 'Not taken'
  | 'Refunded'
  | 'Needs attention';

/** What its page needs to know of a checkout; a redirect proves nothing, so it only changes words. */
export interface CheckoutFacts {
  status: CheckoutStatus;
  createdAt: Date;
  returnedAt: Date | null;
  declinedAt: Date | null;
  isTrial: boolean;
  /** Its first order is paid, waits for the customer, or is not charged any more; null where it has none yet. */
  firstOrder: 'paid' | 'held' | 'open' | 'over' | null;
}

/** The state that the page of a checkout shows, from what is in our database and the time. */
export function checkoutState(facts: CheckoutFacts, now: Date): CheckoutState {
  switch (facts.status) {
    case 'completed':
      if (facts.isTrial) return 'Trial';
      if (facts.firstOrder === 'held') return 'Action needed';
      if (facts.firstOrder === 'over') return 'Canceled';
      return facts.firstOrder === 'paid' ? 'Paid' : 'Waiting for Truemed';
    case 'planned':
      return 'Confirming';
    case 'processing':
      return 'Being reviewed';
    case 'open':
      return openState(facts, now);
    case 'rejected':
      return 'Not taken';
    case 'duplicate':
      return 'Refunded';
    case 'canceled':
      return 'Not completed';
    case 'refused':
      return 'Needs attention';
    default:
      return unreachable(facts.status);
  }
}

function openState({ createdAt, returnedAt, declinedAt }: CheckoutFacts, now: Date): CheckoutState {
  const declinedLast = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
  if (returnedAt === null || declinedLast) return 'Not completed';
  if (now.getTime() - createdAt.getTime() > ABANDON_MS) return 'Not completed';
  return now.getTime() - returnedAt.getTime() < CONFIRMING_MS ? 'Confirming' : 'Being reviewed';
}
