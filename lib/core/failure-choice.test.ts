import { describe, expect, it } from 'vitest';
import { ATTEMPT_CAUSES, RECOVERY_REASONS } from './charge';
import { afterFailure, FAILURE_CHOICES } from './failure-choice';

describe('what becomes of an order that could not be paid', () => {
  it.each(['update_payment_method', 'take_health_survey', 'declined'] as const)(
    'a renewal is left out by choice: %s',
    (reason) => {
      expect(afterFailure('skip', { reason, cause: 'schedule', isOnHold: false })).toBe('skip');
    },
  );

  it('waits in every other case: by default, for us or Truemed, once on hold, and where somebody asked for it', () => {
    for (const choice of FAILURE_CHOICES)
      for (const reason of RECOVERY_REASONS)
        for (const cause of [...ATTEMPT_CAUSES, null])
          for (const isOnHold of [true, false]) {
            const isSkipped = afterFailure(choice, { reason, cause, isOnHold }) === 'skip';
            if (choice === 'wait' || isOnHold || cause !== 'schedule') expect(isSkipped).toBe(false);
            if (['unknown_action', 'session_pending', 'token_gone', 'our_error'].includes(reason))
              expect(isSkipped).toBe(false);
          }
  });
});
