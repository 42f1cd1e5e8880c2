import type { Extras, Line } from '@/lib/core/amounts';
import {
  addDays,
  firstStartOnOrAfter,
  type Interval,
  type LocalDate,
  localDateAt,
  nextStart,
  type Schedule,
} from '@/lib/core/calendar';
import type { NamedCard } from '@/lib/core/card-words';
import { lastDayOfMonth } from '@/lib/core/date-words';
import { draftInvoice, everyOrder, type RunningDiscount } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import type { WaitingState } from '@/lib/core/provisioning';
import type { ReadinessInput } from '@/lib/core/readiness';
import { chargeDays } from '@/lib/core/schedule-change';
import type { BillingMethod, SubscriptionStatus } from '@/lib/core/subscription';

/** One line of an order as a page shows it. */
export type ShownLine = Pick<Line, 'name' | 'quantity' | 'unitPriceCents'> & {
  position: number;
  /** It comes with this order only. */
  isOnce?: boolean;
};

/** The card and the letter that stand behind a customer's live token. */
export interface PaymentFacts {
  /** The card that pays. */
  card: NamedCard;
  /** `YYYY-MM`. */
  cardExpires: string | null;
  /** The ordinary card beside it, which pays what an HSA/FSA card may not (truemed-api.md section 5.9); null where Truemed names none. */
  otherCard: { last4: string | null; expires: string | null } | null;
  letterExpiresOn: LocalDate | null;
  /** When Truemed was last asked about them; null: never. */
  refreshedAt: Date | null;
}

/** One subscription as its customer sees it. Dates are days in its own time zone. */
export interface SubscriptionFacts {
  id: Id<'subscription'>;
  name: string;
  /** Of the next order, those that come with it only at the end. */
  lines: ShownLine[];
  /** Of the next order: its discount is all that is taken off it. */
  extras: Extras;
  totalCents: number;
  /** Of an order like the next, without what comes with that only. */
  usualTotalCents: number;
  /** Of the order after the next: a discount may have ended by then, and what comes once has come. */
  followingTotalCents: number;
  schedule: Schedule;
  status: SubscriptionStatus;
  billingMethod: BillingMethod;
  timeZone: string;
  today: LocalDate;
  /** The start of the first period that is not billed yet, also while nothing is charged. */
  nextPeriodOn: LocalDate;
  /** The next charge, ours or the former processor's; null where nothing is charged (paused, canceled). */
  nextChargeOn: LocalDate | null;
  /** The next charge and those after it, ascending, about a year. */
  upcoming: LocalDate[];
  /** What each of them costs. */
  upcomingTotals: number[];
  /** Moved, and its first charge waits until staff have confirmed the hand-over. */
  awaitsHandOver: boolean;
  /** The day on which a pause ends by itself; null: open-ended, or not paused. */
  pauseUntil: LocalDate | null;
  /** The day on which it ends; null: no cancellation is to come. */
  cancelOn: LocalDate | null;
  /** A moved subscription's last order that the former processor still bills; null where there is none to come. */
  lastExternalOn: LocalDate | null;
  /** The last attempt to move it, where it has not ended well. */
  move: { requestId: Id<'provisionRequest'>; state: WaitingState } | null;
}

/** The columns of a subscription that its facts are made of. */
export interface SubscriptionRow extends Extras {
  id: Id<'subscription'>;
  status: SubscriptionStatus;
  billingMethod: BillingMethod;
  intervalUnit: Interval['unit'];
  intervalCount: number;
  anchorDate: LocalDate;
  timeZone: string;
  nextChargeOn: LocalDate;
  nextChargeAt: Date | null;
  pauseUntil: LocalDate | null;
  cancelOn: LocalDate | null;
  formerChargeOn: LocalDate | null;
  /** Its running discounts; null for none. */
  discounts: readonly RunningDiscount[] | null;
}

const UPCOMING_DAYS = 410;
const UPCOMING_AT_MOST = 25;

/** Makes the facts of a subscription from its row and items at a moment. */
export function subscriptionFacts(
  row: SubscriptionRow,
  lines: readonly ShownLine[],
  move: SubscriptionFacts['move'],
  now: Date,
): SubscriptionFacts {
  const { id, status, billingMethod, timeZone } = row;
  const order = { ...row, lines, discounts: row.discounts ?? [] };
  const { extras, totalCents } = draftInvoice(order);
  const schedule = scheduleOf(row);
  const today = localDateAt(now, timeZone);
  const isCharged = status !== 'paused' && status !== 'canceled' && row.cancelOn === null;
  // The former processor's date is a projection that nobody advances.
  const next = billingMethod === 'external' ? firstStartOnOrAfter(schedule, row.nextChargeOn, today) : row.nextChargeOn;
  const chargeAt = billingMethod === 'external' ? null : row.nextChargeAt;
  const isLater = chargeAt !== null && chargeAt > now && localDateAt(chargeAt, timeZone) > next;
  // What follows an order that was paid late is charged some days after its period starts.
  const [chargeOn, following] = isLater ? chargeDays(schedule, next, chargeAt, timeZone) : [next, null];
  const days =
    following === null
      ? upcomingFrom(schedule, next, today)
      : [chargeOn, ...upcomingFrom(schedule, following, today)].slice(0, UPCOMING_AT_MOST);
  const upcoming = isCharged ? days : [];
  return {
    id,
    name: orderName(everyOrder(lines)),
    lines: [...lines],
    extras,
    totalCents,
    usualTotalCents: draftInvoice({ ...order, lines: everyOrder(lines) }).totalCents,
    followingTotalCents: draftInvoice(order, 1).totalCents,
    schedule,
    status,
    billingMethod,
    timeZone,
    today,
    nextPeriodOn: next,
    nextChargeOn: isCharged ? chargeOn : null,
    upcoming,
    upcomingTotals: upcoming.map((_, ordersBefore) => draftInvoice(order, ordersBefore).totalCents),
    pauseUntil: row.pauseUntil,
    cancelOn: row.cancelOn,
    awaitsHandOver: isCharged && billingMethod === 'hsa_fsa' && row.nextChargeAt === null,
    lastExternalOn: isCharged && row.formerChargeOn !== null && row.formerChargeOn >= today ? row.formerChargeOn : null,
    move,
  };
}

/** What a subscription's order is called: its item, or the first of several. */
export function orderName(lines: readonly Pick<Line, 'name'>[]): string {
  const [first, ...others] = lines;
  if (first === undefined) return 'Your order';
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}

/** The schedule that a subscription's row holds. */
export function scheduleOf(row: Pick<SubscriptionRow, 'anchorDate' | 'intervalUnit' | 'intervalCount'>): Schedule {
  return { anchor: row.anchorDate, interval: { unit: row.intervalUnit, count: row.intervalCount } };
}

/**
 * What the readiness line is drawn from. Card and letter count only where we charge with them; `heldOn` is the order that
 * waits, `past` are paid orders, `skipped` ones
 * that are skipped.
 */
export function readinessInput(
  subscription: SubscriptionFacts,
  payment: PaymentFacts | null,
  charges: { heldOn?: LocalDate | null; past?: readonly LocalDate[]; skipped?: readonly LocalDate[] } = {},
): ReadinessInput {
  const isOurs = subscription.billingMethod === 'hsa_fsa' && payment !== null;
  const heldOn = charges.heldOn ?? null;
  return {
    today: subscription.today,
    nextChargeOn: heldOn ?? subscription.nextChargeOn,
    upcoming: subscription.upcoming,
    past: charges.past ?? [],
    skipped: charges.skipped ?? [],
    letterExpiresOn: isOurs ? payment.letterExpiresOn : null,
    cardExpiresOn: isOurs && payment.cardExpires !== null ? lastDayOfMonth(payment.cardExpires) : null,
    held: heldOn !== null,
  };
}

/** The charges of a schedule from one of its dates on, about a year from `today`. */
export function upcomingFrom(schedule: Schedule, first: LocalDate, today: LocalDate): LocalDate[] {
  const dates: LocalDate[] = [];
  const last = addDays(today, UPCOMING_DAYS);
  for (let date = first; date <= last && dates.length < UPCOMING_AT_MOST; date = nextStart(schedule, date)) {
    dates.push(date);
  }
  return dates;
}
