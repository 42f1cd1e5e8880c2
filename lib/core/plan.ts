import { INTERVAL_UNITS, type Interval } from './calendar';
import { isInterval } from './schedule-change';

/** On what terms a plan can be subscribed to. */
export interface PlanTerms {
  /** What it is, in a sentence of the merchant's. */
  description: string;
  /** How often it may be ordered; the first is proposed. */
  intervals: readonly Interval[];
  /** Days before the first charge; 0 for none. */
  trialDays: number;
  /** Added to each order, whatever its quantity. */
  shippingCents: number;
}

/** A day of trial is at least as long as a review at Truemed may take, so that its end is still ahead when it begins. */
export const SHORTEST_TRIAL_DAYS = 7;
export const LONGEST_TRIAL_DAYS = 365;
const LONGEST_DESCRIPTION = 300;

export type PlanTermsProblem = 'no_description' | 'no_interval' | 'no_trial_length' | 'no_amount';

/** What is wrong with the terms of a plan; null where nothing is. */
export function problemOfTerms(terms: PlanTerms): PlanTermsProblem | null {
  const { description, intervals, trialDays, shippingCents } = terms;
  if (description.trim() === '' || description.length > LONGEST_DESCRIPTION) return 'no_description';
  const isOnce = new Set(intervals.map(intervalKey)).size === intervals.length;
  if (intervals.length === 0 || !isOnce || !intervals.every(isInterval)) return 'no_interval';
  const isTrial = trialDays === 0 || (trialDays >= SHORTEST_TRIAL_DAYS && trialDays <= LONGEST_TRIAL_DAYS);
  if (!Number.isSafeInteger(trialDays) || !isTrial) return 'no_trial_length';
  return Number.isSafeInteger(shippingCents) && shippingCents >= 0 ? null : 'no_amount';
}

/** An interval as it stands in an address and in a file: `2-month`. */
export function intervalKey({ unit, count }: Interval): string {
  return `${count}-${unit}`;
}

/** Reads an interval from `2-month`; null where it is none that a subscription may have. */
export function intervalOf(key: string): Interval | null {
  const [, digits = '', word = ''] = /^(\d{1,2})-([a-z]+)$/.exec(key) ?? [];
  const unit = INTERVAL_UNITS.find((known) => known === word);
  const interval = unit === undefined ? null : { unit, count: Number(digits) };
  return interval !== null && isInterval(interval) && digits === String(interval.count) ? interval : null;
}
