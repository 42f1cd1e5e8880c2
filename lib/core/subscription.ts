import type { LocalDate, Schedule } from './calendar';
import { addDays, instantAt, nextStart } from './calendar';

export const SUBSCRIPTION_STATUSES = ['trialing', 'active', 'past_due', 'paused', 'canceled'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** `external`: the merchant's former processor bills it and we never charge. `hsa_fsa`: we charge with a payment token. */
export const BILLING_METHODS = ['external', 'hsa_fsa'] as const;
export type BillingMethod = (typeof BILLING_METHODS)[number];

/** Statuses in which a period that falls due is billed. `past_due` waits until its open invoice is settled. */
export const RENEWABLE: readonly SubscriptionStatus[] = ['active', 'trialing'];

export type SubscriptionEvent =
  | 'payment_failed'
  | 'payment_recovered'
  | 'written_off'
  | 'paused'
  | 'resumed'
  | 'canceled'
  | 'reactivated'
  | 'trial_ended';

/** What may happen in each state (design.md section 4). What is not named is refused. */
const TRANSITIONS: Record<SubscriptionStatus, Partial<Record<SubscriptionEvent, SubscriptionStatus>>> = {
  trialing: { trial_ended: 'active', payment_failed: 'past_due', canceled: 'canceled' },
  active: { payment_failed: 'past_due', payment_recovered: 'active', paused: 'paused', canceled: 'canceled' },
  past_due: {
    payment_failed: 'past_due',
    payment_recovered: 'active',
    written_off: 'active',
    paused: 'paused',
    canceled: 'canceled',
  },
  paused: { payment_failed: 'paused', payment_recovered: 'paused', resumed: 'active', canceled: 'canceled' },
  canceled: { payment_failed: 'canceled', payment_recovered: 'canceled', reactivated: 'active' },
};

/** The status that an event leads to, or null where the event is refused in this state. */
export function nextStatus(status: SubscriptionStatus, event: SubscriptionEvent): SubscriptionStatus | null {
  return TRANSITIONS[status][event] ?? null;
}

/**
 * The first period that we bill after a move: the first anchored date at least `handoverDays` from today, so that the
 * former processor can be stopped in time; orders due sooner are still billed there (design.md section 4, `external`).
 * `lastExternalOn` is the last of them that is still to come, null where there is none.
 */
export function firstChargeAfterMove(
  schedule: Schedule,
  projectedNextOn: LocalDate,
  today: LocalDate,
  handoverDays: number,
): { firstChargeOn: LocalDate; lastExternalOn: LocalDate | null } {
  const freeFrom = addDays(today, handoverDays);
  let firstChargeOn = projectedNextOn;
  let lastExternalOn: LocalDate | null = null;
  while (firstChargeOn < freeFrom) {
    if (firstChargeOn >= today) lastExternalOn = firstChargeOn;
    firstChargeOn = nextStart(schedule, firstChargeOn);
  }
  return { firstChargeOn, lastExternalOn };
}

/** When a period that starts on a day is charged: the merchant's billing hour in the subscription's zone. */
export function chargeInstant(startsOn: LocalDate, timeZone: string, billingHour: number): Date {
  return instantAt(startsOn, billingHour, timeZone);
}
