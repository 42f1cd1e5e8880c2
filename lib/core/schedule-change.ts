import type { Interval, LocalDate, Period, Schedule } from './calendar';
import { addDays, firstStartOnOrAfter, localDateAt, nextStart, periodsBefore } from './calendar';
import type { InvoiceStatus } from './charge';
import { type BillingMethod, chargeInstant, type SubscriptionEvent, type SubscriptionStatus } from './subscription';

/** How a subscription stands before a change of its schedule. */
export interface Standing {
  status: SubscriptionStatus;
  billingMethod: BillingMethod;
  schedule: Schedule;
  /** Start of the first period that is not planned. */
  nextChargeOn: LocalDate;
  /** False while staff have yet to confirm the hand-over: its dates are then a projection. */
  isScheduled: boolean;
  timeZone: string;
  billingHour: number;
  /** Nothing is charged before, since an order was paid late; missing: as soon as a period starts. */
  notBefore?: Date | null;
  /** Moved to us, and until then its former processor may still bill it; missing: that has been stopped, or never was. */
  freeFrom?: LocalDate | null;
  /** The day on which a pause ends by itself; null: open-ended, or not paused. */
  pauseUntil: LocalDate | null;
  /** The day on which it ends; null: no cancellation is to come. */
  cancelOn: LocalDate | null;
  /** The last planned periods, oldest first, `PERIODS_IN_VIEW` of them where there are as many. */
  lastPeriods: readonly (Period & { status: InvoiceStatus })[];
}

/** How many periods may be skipped ahead of their time. */
export const SKIPS_AHEAD = 3;
export const PERIODS_IN_VIEW = SKIPS_AHEAD + 1;

/** How far ahead a day may be chosen. */
export const LONGEST_WAIT_DAYS = 730;

/** What a change does, and what a page shows before it is confirmed: the two are one value. */
export interface ScheduleChange {
  /** Leads to another status; null: the status stays. */
  event: SubscriptionEvent | null;
  schedule: Schedule;
  nextChargeOn: LocalDate;
  pauseUntil: LocalDate | null;
  cancelOn: LocalDate | null;
  /** When Perennial itself resumes or cancels; null: not by itself. */
  changeAt: Date | null;
  /** Periods that become `skipped`, oldest first. */
  skipped: readonly Period[];
  /** A skipped period that is planned again. */
  unskipped: Period | null;
  /** The new end of the last planned period, which always ends where the next one starts; null: it stays. */
  lastPeriodEnd: LocalDate | null;
  /** Whether what is being collected is given up: open invoices, their recovery and its mail. */
  stopsCollecting: boolean;
  /** The next two charges that would follow. Empty where none is to come. */
  nextCharges: readonly LocalDate[];
}

export type Decision<R extends string> = { ok: true; change: ScheduleChange } | { ok: false; reason: R };

export type PauseRefusal =
  | Held
  | 'already_paused'
  | 'canceled'
  | 'in_trial'
  | 'cancel_scheduled'
  | 'date_not_ahead'
  | 'date_too_far';
type Held = 'billed_elsewhere' | 'hand_over_not_confirmed';

/**
 * Pauses now, until a day in the subscription's zone or, with null, until somebody resumes. What was being collected is
 * given up; the periods that pass meanwhile become `skipped` when it resumes.
 */
export function decidePause(standing: Standing, until: LocalDate | null, now: Date): Decision<PauseRefusal> {
  const held = whyHeld(standing);
  if (held !== null) return refuse(held);
  if (standing.status === 'paused') return refuse('already_paused');
  if (standing.status === 'canceled') return refuse('canceled');
  if (standing.status === 'trialing') return refuse('in_trial');
  if (standing.cancelOn !== null) return refuse('cancel_scheduled');
  const wrongDay = until === null ? null : whyNotDay(standing, until, now);
  if (wrongDay !== null) return refuse(wrongDay);
  return decide(standing, { event: 'paused', pauseUntil: until, stopsCollecting: true }, 'paused');
}

export type ResumeRefusal = 'billed_elsewhere' | 'not_paused';

/**
 * Resumes on a day: today, or the day that the pause was given. The next charge is the first date of its own schedule
 * from that day on (the anchor is kept); periods that started before are `skipped`.
 */
export function decideResume(standing: Standing, on: LocalDate): Decision<ResumeRefusal> {
  if (standing.billingMethod !== 'hsa_fsa') return refuse('billed_elsewhere');
  if (standing.status !== 'paused') return refuse('not_paused');
  return decide(standing, { event: 'resumed', pauseUntil: null, ...advance(standing, on) }, 'active');
}

export type CancelRefusal =
  | 'billed_elsewhere'
  | 'already_canceled'
  | 'cancel_scheduled'
  | 'cancels_at_once'
  | 'nothing_to_undo';

/**
 * Cancels when the period that is under way ends: nothing more is planned, an open invoice is collected until then. Where
 * that day has come, as of an order that is on hold for longer than a period, there is nothing to wait for: refused.
 */
export function decideCancelAtPeriodEnd(standing: Standing, now: Date): Decision<CancelRefusal> {
  if (standing.billingMethod !== 'hsa_fsa') return refuse('billed_elsewhere');
  if (standing.status === 'canceled') return refuse('already_canceled');
  if (standing.status === 'paused') return refuse('cancels_at_once');
  if (standing.cancelOn !== null) return refuse('cancel_scheduled');
  const cancelOn = skippedAhead(standing, now)[0]?.start ?? standing.nextChargeOn;
  if (hasStarted(standing, cancelOn, now)) return refuse('cancels_at_once');
  return decide(standing, { cancelOn }, standing.status);
}

/** Cancels now, from every other status: what was being collected is given up. The schedule stays for a reactivation. */
export function decideCancelNow(standing: Standing): Decision<CancelRefusal> {
  if (standing.billingMethod !== 'hsa_fsa') return refuse('billed_elsewhere');
  if (standing.status === 'canceled') return refuse('already_canceled');
  return decide(standing, { event: 'canceled', pauseUntil: null, cancelOn: null, stopsCollecting: true }, 'canceled');
}

/** Takes back a cancellation that is yet to come; what is canceled already is reactivated instead. */
export function decideUndoCancel(standing: Standing): Decision<CancelRefusal> {
  if (standing.status === 'canceled') return refuse('already_canceled');
  if (standing.cancelOn === null) return refuse('nothing_to_undo');
  return decide(standing, { cancelOn: null }, standing.status);
}

export type ReactivateRefusal = 'billed_elsewhere' | 'not_canceled' | 'no_token';

/**
 * Brings a canceled subscription back with its items, prices and anchor: the next charge is the first date of its
 * schedule from `today` on that is not paid already; the periods in between become `skipped`.
 */
export function decideReactivate(standing: Standing, today: LocalDate, hasToken: boolean): Decision<ReactivateRefusal> {
  if (standing.billingMethod !== 'hsa_fsa') return refuse('billed_elsewhere');
  if (standing.status !== 'canceled') return refuse('not_canceled');
  if (!hasToken) return refuse('no_token');
  return decide(standing, { event: 'reactivated', ...advance(standing, today) }, 'active');
}

/** The day that it is for a subscription. */
export function todayOf(standing: Pick<Standing, 'timeZone'>, now: Date): LocalDate {
  return localDateAt(now, standing.timeZone);
}

/** Whether a period that starts on a day has started. */
export function hasStarted(standing: Standing, start: LocalDate, now: Date): boolean {
  return chargeInstant(start, standing.timeZone, standing.billingHour) <= now;
}

/** Whether the next charge is due: its period has started, and it waits for no order that was paid late. */
export function isChargeDue(standing: Standing, now: Date): boolean {
  return chargeAtOf(standing, { nextChargeOn: standing.nextChargeOn, lastPeriodEnd: null }) <= now;
}

/** The skipped periods at the end of the plan that have not started, oldest first. */
export function skippedAhead(standing: Standing, now: Date): readonly Period[] {
  const isAhead = (period: Standing['lastPeriods'][number]) =>
    period.status === 'skipped' && !hasStarted(standing, period.start, now);
  const last = standing.lastPeriods.findLastIndex((period) => !isAhead(period));
  return standing.lastPeriods.slice(last + 1).map(({ start, end }) => ({ start, end }));
}

/** Why the dates of a subscription are not ours to change; null where they are. */
export function whyHeld(standing: Standing): Held | null {
  if (standing.billingMethod !== 'hsa_fsa') return 'billed_elsewhere';
  return standing.isScheduled ? null : 'hand_over_not_confirmed';
}

/** Why a day cannot be chosen; null where it can: from tomorrow on, two years ahead at most. */
export function whyNotDay(standing: Standing, day: LocalDate, now: Date): 'date_not_ahead' | 'date_too_far' | null {
  const today = todayOf(standing, now);
  if (day <= today) return 'date_not_ahead';
  return day > addDays(today, LONGEST_WAIT_DAYS) ? 'date_too_far' : null;
}

export function refuse<R extends string>(reason: R): { ok: false; reason: R } {
  return { ok: false, reason };
}

/** Completes a change with what it leaves as it is, and with what follows from it. `status` is the one that it leads to. */
export function decide(
  standing: Standing,
  fields: Partial<ScheduleChange>,
  status: SubscriptionStatus,
): { ok: true; change: ScheduleChange } {
  const after = {
    event: null,
    schedule: standing.schedule,
    nextChargeOn: standing.nextChargeOn,
    pauseUntil: standing.pauseUntil,
    cancelOn: standing.cancelOn,
    skipped: [],
    unskipped: null,
    lastPeriodEnd: null,
    stopsCollecting: false,
    ...fields,
  };
  const changeOn = after.pauseUntil ?? after.cancelOn;
  const changeAt = changeOn === null ? null : chargeInstant(changeOn, standing.timeZone, standing.billingHour);
  return { ok: true, change: { ...after, changeAt, nextCharges: nextCharges(standing, after, status) } };
}

/**
 * When the next period is charged after a change. What follows an order that was paid late waits its days, whatever is changed;
 * on a day that was chosen by hand it is charged.
 */
export function chargeAtOf(standing: Standing, after: Pick<ScheduleChange, 'nextChargeOn' | 'lastPeriodEnd'>): Date {
  const starts = chargeInstant(after.nextChargeOn, standing.timeZone, standing.billingHour);
  const notBefore = after.lastPeriodEnd === null ? (standing.notBefore ?? null) : null;
  return notBefore !== null && notBefore > starts ? notBefore : starts;
}

function nextCharges(
  standing: Standing,
  after: Pick<ScheduleChange, 'schedule' | 'nextChargeOn' | 'lastPeriodEnd' | 'pauseUntil' | 'cancelOn'>,
  status: SubscriptionStatus,
): LocalDate[] {
  if (status === 'canceled' || after.cancelOn !== null) return [];
  if (status === 'paused' && after.pauseUntil === null) return [];
  const first = firstStartOnOrAfter(after.schedule, after.nextChargeOn, after.pauseUntil ?? after.nextChargeOn);
  return chargeDays(after.schedule, first, chargeAtOf(standing, { ...after, nextChargeOn: first }), standing.timeZone);
}

/**
 * The days of the next two charges, of which the first is made at an instant that may lie behind the start of its period: a
 * period that has started by then takes its place.
 */
export function chargeDays(
  schedule: Schedule,
  start: LocalDate,
  at: Date,
  timeZone: string,
): [first: LocalDate, second: LocalDate] {
  const day = localDateAt(at, timeZone);
  let second = nextStart(schedule, start);
  while (second <= day) second = nextStart(schedule, second);
  return [day > start ? day : start, second];
}

// Dates that are a projection pass without a trace: another one bills them.
function advance(standing: Standing, day: LocalDate): Pick<ScheduleChange, 'nextChargeOn' | 'skipped'> {
  const passed = periodsBefore(standing.schedule, standing.nextChargeOn, day);
  return { nextChargeOn: passed.at(-1)?.end ?? standing.nextChargeOn, skipped: standing.isScheduled ? passed : [] };
}

/** Whether an interval is one that a subscription may have. */
export function isInterval({ count }: Interval): boolean {
  return Number.isInteger(count) && count >= 1 && count <= 36;
}
