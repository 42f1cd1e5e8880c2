import type { AttemptCause, RecoveryReason } from './charge';

/**
 * What a customer wants of an order that their HSA/FSA card could not pay. `wait`: it is kept, and charged once they have done what
 * it waits for. `skip`: it is left out, and the next one comes on its day.
 */
export const FAILURE_CHOICES = ['wait', 'skip'] as const;
export type FailureChoice = (typeof FAILURE_CHOICES)[number];

/** Failures that a customer can have foreseen with their choice: the card, the letter, a payment that was not taken. */
const OF_THE_CUSTOMER: readonly RecoveryReason[] = ['update_payment_method', 'take_health_survey', 'declined'];

/**
 * What becomes of an order whose charge failed. Only a renewal on its day is left out: an order that somebody asked for is
 * wanted, one that is on hold already has been kept, and what waits for us, for Truemed or for a card that is gone is not the
 * customer's to skip.
 */
export function afterFailure(
  choice: FailureChoice,
  failure: { reason: RecoveryReason; cause: AttemptCause | null; isOnHold: boolean },
): FailureChoice {
  const isRenewal = failure.cause === 'schedule' && !failure.isOnHold;
  return choice === 'skip' && isRenewal && OF_THE_CUSTOMER.includes(failure.reason) ? 'skip' : 'wait';
}
