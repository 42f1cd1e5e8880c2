import { Temporal } from 'temporal-polyfill';
import { addDays, type LocalDate, localDateAt, localHourAt } from './calendar';
import type { RecoveryReason } from './charge';
import { collectRule, isSpent, nearestPayday, type PolicyStep, type RecoveryPolicy, trackOf } from './recovery-policy';

/** What is known of a case when its next step is asked for. */
export interface CaseFacts {
  /** Spreads the cases of one morning: the same id, the same minutes. */
  id: string;
  reason: RecoveryReason;
  /** When its clock began to run: when the customer first had to know. */
  startedAt: Date;
  timeZone: string;
  /** How many steps of its track are behind it. */
  step: number;
  lastStepAt: Date | null;
  /** The last mail of any case that went to this customer about an order that is not paid. */
  lastMailAt: Date | null;
  /** The last attempt that a schedule made. */
  lastScheduledAt: Date | null;
  /** Attempts of the invoice that were refused; technical ones are repeats of the same attempt. */
  countedAttempts: number;
  /** Refused attempts of the card in 30 days, over all its orders. */
  refusedOnCard: number;
  /** A charge is on its way: nothing is said or tried before its outcome, for a week at most. */
  hasOpenAttempt: boolean;
}

/** A step, when it is to be done, and its place in the track. */
export interface NextStep {
  index: number;
  at: Date;
  do: PolicyStep;
}

/** A step of a track at the time that the policy names for it. */
export interface PlannedStep {
  do: PolicyStep;
  at: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** An open attempt is asked for again after this, and holds a step back for this long at most (product.md section 5.3, rule 8). */
const LOOK_AGAIN_MS = 6 * HOUR_MS;
const LONGEST_HOLD_MS = 7 * DAY_MS;
/** Between the last reminder and the pause that it names. */
const NOTICE_MS = 20 * HOUR_MS;

/**
 * The next step of a case and when, null where its reason has no clock or its track is done. `outageMillis` is how long the
 * clock stood still since the case began: each time moves by as much. Of steps that are late only the last of
 * a kind is done; a pause, and what comes after, is never done before what leads to it.
 */
export function nextStep(policy: RecoveryPolicy, facts: CaseFacts, now: Date, outageMillis: number): NextStep | null {
  const planned = planTrack(policy, facts);
  for (let index = facts.step; index < planned.length; index += 1) {
    const step = planned[index];
    if (step === undefined) break;
    const due = new Date(step.at.getTime() + outageMillis);
    if (isOvertaken(planned, index, outageMillis, now) || isUseless(policy, facts, step.do, due, now)) continue;
    return { index, at: timeOf(policy, facts, step.do, due, now), do: step.do };
  }
  return null;
}

/** A track at the times of the policy alone, without what has happened since: for pages, and as what `nextStep` begins with. */
export function planTrack(
  policy: RecoveryPolicy,
  facts: Pick<CaseFacts, 'id' | 'reason' | 'startedAt' | 'timeZone'>,
): PlannedStep[] {
  const track = trackOf(facts.reason);
  const steps = track === null ? [] : policy.tracks[track];
  const spread = spreadOf(facts.id, policy.jitterMinutes);
  const from = localDateAt(facts.startedAt, facts.timeZone);
  let day = from;
  let at = facts.startedAt.getTime();
  return steps.map((step, index) => {
    const own = addDays(from, step.day);
    const isCharge = step.kind === 'collect' && collectRule(facts.reason) === 'charge';
    const following = steps.slice(index + 1).find((later) => later.day > step.day);
    const before = following === undefined ? own : addDays(from, following.day - 1);
    const chosen = isCharge ? nearestPayday(own, policy.paydayShiftDays, addDays(day, 1), before) : own;
    if (chosen > day) day = chosen;
    const hour = step.kind === 'collect' ? policy.collectHours[0] : policy.remindAtHour;
    at = Math.max(at, localInstant(day, hour, facts.timeZone).getTime() + spread);
    return { do: step, at: new Date(at) };
  });
}

/** How many steps of a case's track lie behind it already: where it begins when it comes over from another track. */
export function stepsBehind(
  policy: RecoveryPolicy,
  facts: Pick<CaseFacts, 'id' | 'reason' | 'startedAt' | 'timeZone'>,
  now: Date,
  outageMillis: number,
): number {
  const planned = planTrack(policy, facts);
  const pause = planned.findIndex((step) => step.do.kind === 'pause');
  const behind = planned.findIndex((step) => step.at.getTime() + outageMillis > now.getTime());
  const reached = behind === -1 ? planned.length : behind;
  return pause === -1 ? reached : Math.min(reached, pause);
}

/** Whether nobody may be reminded at an instant: from the evening until the morning, where the customer is. */
export function isQuiet(quietHours: RecoveryPolicy['quietHours'], at: Date, timeZone: string): boolean {
  const hour = localHourAt(at, timeZone);
  return hour >= quietHours[0] || hour < quietHours[1];
}

/** The instant itself, or the end of the quiet hours that it lies in. */
export function afterQuietHours(quietHours: RecoveryPolicy['quietHours'], at: Date, timeZone: string): Date {
  if (!isQuiet(quietHours, at, timeZone)) return at;
  const today = localDateAt(at, timeZone);
  const day = localHourAt(at, timeZone) >= quietHours[0] ? addDays(today, 1) : today;
  return localInstant(day, quietHours[1], timeZone);
}

/** The instant of a whole hour on a day in a zone. One that the change to or from summer time makes doubtful is passed over. */
export function localInstant(day: LocalDate, hour: number, timeZone: string): Date {
  const local = Temporal.PlainDate.from(day).toPlainDateTime({ hour });
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  );
  if (earlier === undefined || later === undefined) throw new Error('An instant has two readings.');
  return earlier.epochMilliseconds === later.epochMilliseconds || hour >= 23
    ? new Date(later.epochMilliseconds)
    : localInstant(day, hour + 1, timeZone);
}

/** Between 0 and `minutes` minutes, in milliseconds, always the same for one id. */
export function spreadOf(id: string, minutes: number): number {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return Math.floor(((hash >>> 0) / 2 ** 32) * (minutes * MINUTE_MS + 1));
}

const isReminder = ({ kind }: PolicyStep) => kind === 'remind' || kind === 'last_reminder';
const isMail = (step: PolicyStep) => isReminder(step) || step.kind === 'win_back';

// A later step of the same kind is due as well: the earlier one would only repeat it. Nothing beyond the pause overtakes.
function isOvertaken(planned: readonly PlannedStep[], index: number, outageMillis: number, now: Date): boolean {
  const step = planned[index]?.do;
  if (step === undefined || !(isMail(step) || step.kind === 'collect')) return false;
  for (const later of planned.slice(index + 1)) {
    if (later.at.getTime() + outageMillis > now.getTime()) return false;
    if (later.do.kind === 'pause' || later.do.kind === 'close') return false;
    if (step.kind === 'collect' ? later.do.kind === 'collect' : isMail(later.do)) return true;
  }
  return false;
}

function isUseless(policy: RecoveryPolicy, facts: CaseFacts, step: PolicyStep, due: Date, now: Date): boolean {
  const isHeldTooLong = facts.hasOpenAttempt && now.getTime() >= due.getTime() + LONGEST_HOLD_MS;
  if (step.kind === 'collect' && (isHeldTooLong || mayNotCharge(policy, facts))) return true;
  return isHeldTooLong && isReminder(step);
}

function mayNotCharge(policy: RecoveryPolicy, facts: CaseFacts): boolean {
  if (collectRule(facts.reason) !== 'charge') return false;
  return facts.countedAttempts >= policy.attemptsPerInvoice || isSpent(policy, facts);
}

function timeOf(policy: RecoveryPolicy, facts: CaseFacts, step: PolicyStep, due: Date, now: Date): Date {
  const { lastStepAt, lastMailAt, lastScheduledAt, timeZone } = facts;
  const after = (instant: Date | null, wait: number) => (instant === null ? 0 : instant.getTime() + wait);
  const floors = [
    due.getTime(),
    after(lastStepAt, 0),
    isMail(step) ? after(lastMailAt, policy.hoursBetweenMails * HOUR_MS) : 0,
    step.kind === 'pause' ? after(lastMailAt, NOTICE_MS) : 0,
    step.kind === 'collect' ? after(lastScheduledAt, policy.hoursBetweenScheduled * HOUR_MS) : 0,
  ];
  let at = new Date(Math.max(...floors));
  // A step that is late is done now, but at an hour that is fit for it.
  if (at < now) at = now;
  if (step.kind === 'collect') at = withinHours(policy.collectHours, at, facts, policy.jitterMinutes);
  else if (isMail(step) || step.kind === 'pause') at = afterQuietHours(policy.quietHours, at, timeZone);
  const mayWait = step.kind === 'collect' || step.kind === 'pause' || isReminder(step);
  const isHeld = facts.hasOpenAttempt && mayWait && now.getTime() < due.getTime() + LONGEST_HOLD_MS;
  return isHeld && at <= now ? new Date(now.getTime() + LOOK_AGAIN_MS) : at;
}

function withinHours(
  [from, before]: RecoveryPolicy['collectHours'],
  at: Date,
  { id, timeZone }: CaseFacts,
  jitterMinutes: number,
): Date {
  const hour = localHourAt(at, timeZone);
  if (hour >= from && hour < before) return at;
  const today = localDateAt(at, timeZone);
  const day = hour >= before ? addDays(today, 1) : today;
  return new Date(localInstant(day, from, timeZone).getTime() + spreadOf(id, jitterMinutes));
}
