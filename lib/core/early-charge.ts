import {
  addDays,
  daysBetween,
  firstStartOnOrAfter,
  type LocalDate,
  localDateAt,
  nextStart,
  type Schedule,
} from './calendar';
import { earliestNextCharge, SPACE_DAYS } from './charge-spacing';
import { planEarlyRenewal, type RenewalPlan } from './renewal';
import { isChargeDue, type Standing, whyHeld } from './schedule-change';
import { chargeInstant } from './subscription';

/** What decides about an order before its day, beside how the subscription stands. */
export interface EarlyFacts {
  /** The merchant lets customers order before the day. */
  isAllowed: boolean;
  hasToken: boolean;
  /** Until when the token is being updated, at most; null: it is not. */
  tokenUpdatingUntil: Date | null;
  /** An order of it is not collected yet. */
  hasOpenOrder: boolean;
  /** The last time that an order was paid; null: none was. */
  lastPaidAt: Date | null;
  /** The last day on which the former processor charged it, or will; null: none near the move. */
  formerChargeOn: LocalDate | null;
}

export const EARLY_REFUSALS = [
  'switched_off',
  'billed_elsewhere',
  'hand_over_not_confirmed',
  'not_active',
  'cancel_scheduled',
  'no_token',
  'order_open',
  'changed_meanwhile',
  'charge_due',
  'token_updating',
  'too_soon',
] as const;
export type EarlyRefusal = (typeof EARLY_REFUSALS)[number];

/** `nextCharges`: the two that follow. `from`: the day from which it is taken, where that is all that is missing. */
export type EarlyDecision =
  | { ok: true; plan: RenewalPlan; nextCharges: readonly [LocalDate, LocalDate] }
  | { ok: false; reason: EarlyRefusal; from: LocalDate | null };

/**
 * A customer wants the next order now (product.md section 2A, "Order now"): its period is billed before its day, and the one
 * after it stays where it was. Two charges never come closer than five days, or one period where that is shorter
 * (section 5.3, rule 5); `shown` is the order that the page showed, so one press is one order.
 */
export function decideEarlyCharge(standing: Standing, facts: EarlyFacts, shown: LocalDate, now: Date): EarlyDecision {
  if (!facts.isAllowed) return refuse('switched_off');
  const held = whyHeld(standing);
  if (held !== null) return refuse(held);
  // A past due subscription has an order to be paid first, or no card.
  if (facts.hasOpenOrder) return refuse('order_open');
  if (!facts.hasToken) return refuse('no_token');
  if (standing.status !== 'active') return refuse('not_active');
  if (standing.cancelOn !== null) return refuse('cancel_scheduled');
  if (standing.nextChargeOn !== shown) return refuse('changed_meanwhile');
  if (isChargeDue(standing, now)) return refuse('charge_due');
  if (facts.tokenUpdatingUntil !== null && facts.tokenUpdatingUntil > now) return refuse('token_updating');
  const plan = planEarlyRenewal(standing.schedule, shown);
  const from = freeFrom(standing, facts, plan, now);
  if (from !== null) return { ok: false, reason: 'too_soon', from };
  return { ok: true, plan, nextCharges: [plan.nextChargeOn, nextStart(standing.schedule, plan.nextChargeOn)] };
}

/**
 * The last day on which the former processor charged a moved subscription, or will: orders closer to the move than the
 * hand-over takes were left to it (`firstChargeAfterMove`). Null where none lies within five days of the move.
 */
export function formerChargeOn(schedule: Schedule, movedOn: LocalDate, handoverDays: number): LocalDate | null {
  const firstOfOurs = addDays(movedOn, handoverDays);
  let last: LocalDate | null = null;
  let day = firstStartOnOrAfter(schedule, schedule.anchor, addDays(movedOn, -SPACE_DAYS));
  for (; day < firstOfOurs; day = nextStart(schedule, day)) last = day;
  return last;
}

function freeFrom(standing: Standing, facts: EarlyFacts, plan: RenewalPlan, now: Date): LocalDate | null {
  const { timeZone, billingHour } = standing;
  const former = facts.formerChargeOn === null ? null : chargeInstant(facts.formerChargeOn, timeZone, billingHour);
  const last = Math.max(facts.lastPaidAt?.getTime() ?? 0, former?.getTime() ?? 0);
  const days = Math.min(SPACE_DAYS, daysBetween(plan.billed.start, plan.billed.end));
  if (now.getTime() >= last + days * DAY_MS) return null;
  return localDateAt(earliestNextCharge(new Date(last), plan.billed, timeZone, billingHour), timeZone);
}

const DAY_MS = 24 * 60 * 60 * 1000;

function refuse(reason: EarlyRefusal): { ok: false; reason: EarlyRefusal; from: null } {
  return { ok: false, reason, from: null };
}
