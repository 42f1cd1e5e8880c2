import type { IntervalUnit, LocalDate } from './calendar';
import { type CatchUp, planEarlyRenewal, planRenewal, type RenewalPlan } from './renewal';
import { type BillingMethod, chargeInstant, RENEWABLE, type SubscriptionStatus } from './subscription';

/** Goes up with every change of `decideRenewal` after which a stored decision may be decided otherwise. */
export const RULE_VERSION = 1;

/**
 * All that decides whether a subscription is charged, as it is stored with the decision: plain JSON, instants in ISO, nothing
 * personal. The same facts lead to the same verdict, whenever they are read again.
 */
export interface RenewalFacts {
  now: string;
  status: SubscriptionStatus;
  billingMethod: BillingMethod;
  anchorDate: LocalDate;
  intervalUnit: IntervalUnit;
  intervalCount: number;
  nextChargeOn: LocalDate;
  timeZone: string;
  billingHour: number;
  /** The day on which it ends; null: it goes on. */
  cancelOn: LocalDate | null;
  /** Staff have not confirmed yet that the former processor no longer bills it. */
  awaitsHandOver: boolean;
  /** An earlier order of it that is not collected. */
  openInvoiceId: string | null;
  hasLiveToken: boolean;
  /** Until when its token is being updated, at most; null: it is not. */
  tokenUpdatingUntil: string | null;
  /** What is billed of several periods that started unbilled; missing: only the latest. */
  catchUp?: CatchUp;
  /** Since when it is ours to charge; only where each such period is billed. */
  chargedSince?: string;
  /** Who asked for it, whatever its day; missing: nobody did. */
  askedBy?: AskedBy;
}

/** Who may ask for an order before its day. */
export type AskedBy = 'customer' | 'staff';

/** Why a due subscription is not charged. */
export const HOLD_REASONS = [
  'billed_elsewhere',
  'canceled',
  'paused',
  'hand_over',
  'ends_with_period',
  'not_due',
  'previous_open',
  'token_updating',
  'no_token',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** What is stored as the verdict of a decision. */
export const VERDICTS = ['charge', ...HOLD_REASONS] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * What the facts lead to. `charge`: the plan is carried out, with an attempt. `no_token`: it is carried out, and its order
 * waits in recovery until there is one. Any other: nothing is planned, and it is looked at again at `until`; null: not by itself.
 */
export type RenewalVerdict =
  | { kind: 'charge' | 'no_token'; plan: RenewalPlan }
  | { kind: Exclude<HoldReason, 'no_token'>; until: Date | null };

/** What is held for something that may pass is looked at again after so long. */
export const LOOK_AGAIN_MS = 60 * 60 * 1000;

/**
 * The one decision of the renewal engine (design.md section 4): whether a subscription is charged now, or why not, the reason
 * that lasts longest first. Order by order: one that is open holds the next. A token update holds it for a day at most. Who
 * asks for it may have it before its day; what else they may, the verbs decide (`chargeNow`, `chargeEarly`).
 */
export function decideRenewal(facts: RenewalFacts): RenewalVerdict {
  const now = new Date(facts.now);
  const { nextChargeOn, timeZone, billingHour } = facts;
  if (facts.billingMethod === 'external') return { kind: 'billed_elsewhere', until: null };
  if (facts.status === 'canceled') return { kind: 'canceled', until: null };
  if (facts.status === 'paused') return { kind: 'paused', until: null };
  if (facts.awaitsHandOver) return { kind: 'hand_over', until: null };
  if (facts.cancelOn !== null) return { kind: 'ends_with_period', until: null };
  const schedule = { anchor: facts.anchorDate, interval: { unit: facts.intervalUnit, count: facts.intervalCount } };
  const isAskedFor = facts.askedBy !== undefined;
  const since = facts.chargedSince === undefined ? null : new Date(facts.chargedSince);
  const due = planRenewal(schedule, nextChargeOn, now, timeZone, billingHour, facts.catchUp, since);
  const plan = due ?? (isAskedFor ? planEarlyRenewal(schedule, nextChargeOn) : null);
  if (plan === null) return { kind: 'not_due', until: chargeInstant(nextChargeOn, timeZone, billingHour) };
  const inAnHour = new Date(now.getTime() + LOOK_AGAIN_MS);
  if (facts.openInvoiceId !== null || (!isAskedFor && !RENEWABLE.includes(facts.status)))
    return { kind: 'previous_open', until: RENEWABLE.includes(facts.status) ? inAnHour : null };
  const updatingUntil = facts.tokenUpdatingUntil === null ? null : new Date(facts.tokenUpdatingUntil);
  if (!isAskedFor && updatingUntil !== null && updatingUntil > now)
    return { kind: 'token_updating', until: updatingUntil < inAnHour ? updatingUntil : inAnHour };
  return { kind: facts.hasLiveToken ? 'charge' : 'no_token', plan };
}

/** The period that a verdict is about: the one that is billed, or the one that is not. */
export function decidedPeriod(facts: RenewalFacts, verdict: RenewalVerdict): LocalDate {
  return 'plan' in verdict ? verdict.plan.billed.start : facts.nextChargeOn;
}
