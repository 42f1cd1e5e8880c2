import { addDays, anchorUnder, type Interval, type LocalDate, periodFrom } from './calendar';
import {
  type Decision,
  decide,
  isChargeDue,
  isInterval,
  LONGEST_WAIT_DAYS,
  refuse,
  SKIPS_AHEAD,
  type Standing,
  skippedAhead,
  todayOf,
  whyHeld,
  whyNotDay,
} from './schedule-change';

/** Why the next order cannot be changed. `changed_meanwhile`: it is not the one that the page showed. */
export type NextOrderRefusal =
  | 'billed_elsewhere'
  | 'hand_over_not_confirmed'
  | 'canceled'
  | 'paused'
  | 'in_trial'
  | 'cancel_scheduled'
  | 'changed_meanwhile'
  | 'charge_due';

export type SkipRefusal = NextOrderRefusal | 'too_many_skipped';

/** Skips the next period. `shown` is the next charge that the page showed, so a second press skips nothing more. */
export function decideSkip(standing: Standing, shown: LocalDate, now: Date): Decision<SkipRefusal> {
  const held = whyFixed(standing, shown, now);
  if (held !== null) return refuse(held);
  if (skippedAhead(standing, now).length >= SKIPS_AHEAD) return refuse('too_many_skipped');
  const period = periodFrom(standing.schedule, standing.nextChargeOn);
  return decide(standing, { nextChargeOn: period.end, skipped: [period] }, standing.status);
}

export type UnskipRefusal = NextOrderRefusal | 'nothing_skipped';

/** Takes back the last skip, while the skipped period has not started. */
export function decideUnskip(standing: Standing, shown: LocalDate, now: Date): Decision<UnskipRefusal> {
  const held = whyFixed(standing, shown, now);
  if (held !== null) return refuse(held);
  const period = skippedAhead(standing, now).at(-1);
  if (period === undefined) return refuse('nothing_skipped');
  return decide(standing, { nextChargeOn: period.start, unskipped: period }, standing.status);
}

/** What a moved date means for the orders after it: they keep their anchor, or count from the new date on. */
export const MOVE_SCOPES = ['this_order', 'all_orders'] as const;
export type MoveScope = (typeof MOVE_SCOPES)[number];

export type MoveRefusal =
  | NextOrderRefusal
  | 'same_date'
  | 'date_not_ahead'
  | 'date_too_far'
  | 'after_letter'
  | 'before_hand_over'
  | 'before_last_period';

/** The first day to which the next charge can be moved: tomorrow, or once the former processor can no longer bill it. */
export function firstMoveDay(standing: Standing, now: Date): LocalDate {
  const tomorrow = addDays(todayOf(standing, now), 1);
  const freeFrom = standing.freeFrom ?? null;
  return freeFrom !== null && freeFrom > tomorrow ? freeFrom : tomorrow;
}

/**
 * The last day to which the next charge can be moved: two years ahead, and no later than its letter where that covers it now
 * (product.md section 2A). A charge that the letter does not cover anyway may go to any day.
 */
export function latestMoveDay(nextChargeOn: LocalDate, letterExpiresOn: LocalDate | null, today: LocalDate): LocalDate {
  const last = addDays(today, LONGEST_WAIT_DAYS);
  const isCovered = letterExpiresOn !== null && letterExpiresOn > today && nextChargeOn <= letterExpiresOn;
  return isCovered && letterExpiresOn < last ? letterExpiresOn : last;
}

/**
 * Moves the next charge to a day. With `this_order` the anchor stays and the order after it returns to the schedule, half
 * an interval later at least (`nextStart`); with `all_orders` the day is the new anchor. The period before it is stretched
 * or shortened to end where the next one starts, so no day is lost or counted twice. `letterExpiresOn`: of the token that pays.
 */
export function decideMove(
  standing: Standing,
  input: { shown: LocalDate; to: LocalDate; scope: MoveScope },
  now: Date,
  letterExpiresOn: LocalDate | null = null,
): Decision<MoveRefusal> {
  const { shown, to, scope } = input;
  const held = whyFixed(standing, shown, now);
  if (held !== null) return refuse(held);
  if (to === standing.nextChargeOn) return refuse('same_date');
  const wrongDay = whyNotDay(standing, to, now);
  if (wrongDay !== null) return refuse(wrongDay);
  if (to < firstMoveDay(standing, now)) return refuse('before_hand_over');
  if (to > latestMoveDay(standing.nextChargeOn, letterExpiresOn, todayOf(standing, now))) return refuse('after_letter');
  const last = standing.lastPeriods.at(-1);
  if (last !== undefined && to <= last.start) return refuse('before_last_period');
  return decide(
    standing,
    {
      nextChargeOn: to,
      lastPeriodEnd: last === undefined ? null : to,
      ...(scope === 'all_orders' ? { schedule: { anchor: to, interval: standing.schedule.interval } } : {}),
    },
    standing.status,
  );
}

export type IntervalRefusal = NextOrderRefusal | 'not_an_interval' | 'same_interval';

/**
 * Changes how often it renews, from the next charge on, which stays where it is. From months to months the day of the
 * month is kept as the anchor; otherwise the next charge becomes it (`anchorUnder`).
 */
export function decideInterval(
  standing: Standing,
  input: { shown: LocalDate; interval: Interval },
  now: Date,
): Decision<IntervalRefusal> {
  const { shown, interval } = input;
  const held = whyFixed(standing, shown, now);
  if (held !== null) return refuse(held);
  if (!isInterval(interval)) return refuse('not_an_interval');
  const { unit, count } = standing.schedule.interval;
  if (unit === interval.unit && count === interval.count) return refuse('same_interval');
  const anchor = anchorUnder(standing.schedule, standing.nextChargeOn, interval);
  return decide(standing, { schedule: { anchor, interval } }, standing.status);
}

function whyFixed(standing: Standing, shown: LocalDate, now: Date): NextOrderRefusal | null {
  const held = whyHeld(standing);
  if (held !== null) return held;
  if (standing.status === 'canceled') return 'canceled';
  if (standing.status === 'paused') return 'paused';
  if (standing.status === 'trialing') return 'in_trial';
  if (standing.cancelOn !== null) return 'cancel_scheduled';
  if (standing.nextChargeOn !== shown) return 'changed_meanwhile';
  return isChargeDue(standing, now) ? 'charge_due' : null;
}
