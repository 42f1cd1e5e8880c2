import { describe, expect, it } from 'vitest';
import { ATTEMPT_STATUSES, RECOVERY_REASONS } from '@/lib/core/charge';
import { CHARGE_STATES, chargeState, isHeld } from './charge-state';

const open = { invoiceStatus: 'open', attemptStatus: null, recoveryReason: null, isRetrying: false } as const;

describe('where an order stands', () => {
  it.each([
    ['a paid invoice is paid, whatever else is stored', { ...open, invoiceStatus: 'paid' }, 'paid'],
    ['a skipped period is skipped', { ...open, invoiceStatus: 'skipped' }, 'skipped'],
    ['one that was written off is canceled too', { ...open, invoiceStatus: 'uncollectible' }, 'canceled'],
    ['a void invoice is canceled', { ...open, invoiceStatus: 'void' }, 'canceled'],
    ['200 is not paid', { ...open, attemptStatus: 'accepted' }, 'on_its_way'],
    ['an attempt that is being sent is in progress', { ...open, attemptStatus: 'sent' }, 'in_progress'],
    ['a charge whose answer was lost has an unknown outcome', { ...open, attemptStatus: 'unknown' }, 'outcome_unknown'],
    [
      'a new attempt says more than the case that it was made for',
      { ...open, attemptStatus: 'accepted', recoveryReason: 'update_payment_method' },
      'on_its_way',
    ],
    [
      'a 422 for the survey waits for the survey',
      { ...open, attemptStatus: 'action_required', recoveryReason: 'take_health_survey' },
      'waits_for_survey',
    ],
    [
      'a 422 for the card waits for the card',
      { ...open, attemptStatus: 'action_required', recoveryReason: 'update_payment_method' },
      'waits_for_card',
    ],
    [
      'a repaired case that is about to be charged is in progress',
      { ...open, attemptStatus: 'action_required', recoveryReason: 'update_payment_method', isRetrying: true },
      'in_progress',
    ],
    [
      'a survey on a card that may not be tried again by itself waits for another card',
      { ...open, attemptStatus: 'action_required', recoveryReason: 'take_health_survey', isCardSpent: true },
      'card_spent',
    ],
    [
      'a letter that was not issued is no matter of the card',
      { ...open, attemptStatus: 'rejected', recoveryReason: 'declined', isCardSpent: true },
      'letter_not_issued',
    ],
    [
      'a session that is pending at Truemed asks nothing of the customer',
      { ...open, attemptStatus: 'failed', recoveryReason: 'session_pending', isRetrying: true },
      'with_us',
    ],
    [
      'our own error asks nothing of the customer',
      { ...open, attemptStatus: 'failed', recoveryReason: 'our_error' },
      'with_us',
    ],
    [
      'a rejected payment means that no letter was issued',
      { ...open, attemptStatus: 'rejected', recoveryReason: 'declined' },
      'letter_not_issued',
    ],
    [
      'a payment that Truemed canceled was not taken',
      { ...open, attemptStatus: 'abandoned', recoveryReason: 'declined' },
      'not_taken',
    ],
  ] as const)('%s', (_, facts, state) => {
    expect(chargeState(facts)).toBe(state);
  });

  it('has a state for every attempt and every reason, and holds only what waits for somebody', () => {
    for (const attemptStatus of [null, ...ATTEMPT_STATUSES])
      for (const recoveryReason of [null, ...RECOVERY_REASONS])
        for (const isRetrying of [true, false])
          expect(CHARGE_STATES).toContain(chargeState({ ...open, attemptStatus, recoveryReason, isRetrying }));
    expect(CHARGE_STATES.filter(isHeld)).toEqual([
      'waits_for_survey',
      'waits_for_card',
      'card_spent',
      'letter_not_issued',
      'not_taken',
      'needs_attention',
      'card_gone',
    ]);
  });
});
