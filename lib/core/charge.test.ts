import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACCEPTED_ALARM_MS,
  ACCEPTED_LIMIT_MS,
  ATTEMPT_STATUSES,
  type AttemptStatus,
  type ChargeAnswer,
  CUSTOMER_RETRIES_PER_DAY,
  isKeyStillGood,
  mayBecome,
  nextLookUpAt,
  nextPendingCheckAt,
  nextSearchAt,
  OPEN_ATTEMPT_STATUSES,
  RESEND_AFTER_MS,
  readSessionStatus,
  type Settlement,
  settleAnswer,
  type UnknownReason,
} from './charge';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = new Date('2026-02-28T13:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('an answer that says what happened', () => {
  const redirectUrl = 'https://truemed.example/repair/1';
  test.each<[string, ChargeAnswer, Omit<Settlement, 'dueAt'> & { dueAfterMs?: number }]>([
    [
      'accepted: it is looked up a minute later, should its webhook not come',
      { kind: 'accepted', sessionId: 'ps_1' },
      { status: 'accepted', errorCode: null, recovery: null, dueAfterMs: MINUTE },
    ],
    [
      'the payment method must be updated',
      { kind: 'action_required', action: 'update_payment_method', redirectUrl, sessionId: null },
      { status: 'action_required', errorCode: null, recovery: 'update_payment_method' },
    ],
    [
      'the health survey must be taken',
      { kind: 'action_required', action: 'take_health_survey', redirectUrl, sessionId: 'ps_1' },
      { status: 'action_required', errorCode: null, recovery: 'take_health_survey' },
    ],
    [
      'an action in a word that we do not know',
      { kind: 'action_required', action: 'unknown', redirectUrl, sessionId: null },
      { status: 'action_required', errorCode: null, recovery: 'unknown_action' },
    ],
    [
      'the token is not ready',
      { kind: 'session_pending', message: '' },
      { status: 'failed', errorCode: 'SessionPending', recovery: 'session_pending' },
    ],
    [
      'the token is gone',
      { kind: 'token_not_found', message: '' },
      { status: 'failed', errorCode: 'NotFound', recovery: 'token_gone' },
    ],
    [
      'our own mistake',
      { kind: 'refused', code: 'TotalAmountInvalid', message: '' },
      { status: 'failed', errorCode: 'TotalAmountInvalid', recovery: 'our_error' },
    ],
    [
      'the key was used for another body: the attempt stays open, and its session is looked for',
      { kind: 'idempotency_violation', message: '' },
      { status: 'unknown', dueAfterMs: 0, errorCode: 'IdempotencyViolation', recovery: null },
    ],
  ])('%s', (_, answer, { dueAfterMs, ...settled }) => {
    for (const tries of [1, 2, 8, 9, 50]) {
      const dueAt = dueAfterMs === undefined ? null : later(dueAfterMs);
      expect(settleAnswer(answer, tries, now)).toEqual({ ...settled, dueAt });
    }
  });
});

describe('an answer that never came', () => {
  const REASONS: UnknownReason[] = ['timeout', 'network', 'server_error', 'malformed', 'rate_limited', 'unauthorized'];
  const unknown = (reason: UnknownReason, retryAfterSeconds: number | null = null): ChargeAnswer => ({
    kind: 'unknown',
    reason,
    retryAfterSeconds,
  });
  const waits = ['1 min', '5 min', '15 min', '1 h', '3 h', '6 h', '12 h', '24 h'];
  const ms = (wait: string) => Number.parseInt(wait, 10) * (wait.endsWith('min') ? MINUTE : HOUR);

  test.each(REASONS.flatMap((reason) => waits.map((wait, index) => [reason, index + 1, wait] as const)))(
    'by %s, the %i. time: the same bytes again after %s',
    (reason, tries, wait) => {
      expect(settleAnswer(unknown(reason), tries, now)).toEqual({
        status: 'unknown',
        dueAt: later(ms(wait)),
        errorCode: reason,
        recovery: null,
      });
    },
  );

  test.each(REASONS)('by %s for two days stays unknown, and is looked for once its key may be forgotten', (reason) => {
    const afterAll = RESEND_AFTER_MS.reduce((sum, wait) => sum + wait, 0);
    for (const tries of [9, 10, 1000]) {
      const settled = settleAnswer(unknown(reason, 60), tries, later(afterAll));
      expect(settled).toEqual({ status: 'unknown', dueAt: expect.any(Date), errorCode: reason, recovery: null });
      expect(isKeyStillGood(now, settled.dueAt ?? now)).toBe(false);
      expect(settled.dueAt?.getTime()).toBeLessThan(later(2 * DAY + HOUR).getTime());
    }
  });

  test('is sent again within two days in all', () => {
    expect(RESEND_AFTER_MS).toEqual(waits.map(ms));
    const inAll = RESEND_AFTER_MS.reduce((sum, wait) => sum + wait, 0);
    expect(inAll).toBeGreaterThan(46 * HOUR);
    expect(inAll).toBeLessThanOrEqual(48 * HOUR);
  });

  test.each([
    ['a shorter wait than ours changes nothing', 10, 1, MINUTE],
    ['a longer one is kept', 120, 1, 2 * MINUTE],
    ['a longer one is kept later, too', 1200, 3, 20 * MINUTE],
  ])('with Retry-After: %s', (_, seconds, tries, wait) => {
    expect(settleAnswer(unknown('rate_limited', seconds), tries, now).dueAt).toEqual(later(wait));
  });

  test.each([1e6, 1e9, 1e13, 1e300])(
    'with Retry-After %d is sent again within the two days that a key is good for',
    (seconds) => {
      const { dueAt } = settleAnswer(unknown('rate_limited', seconds), 1, now);
      expect(dueAt?.getTime()).toBeGreaterThan(now.getTime());
      expect(dueAt?.getTime()).toBeLessThanOrEqual(later(2 * DAY).getTime());
    },
  );
});

describe('a charge that Truemed accepted', () => {
  test.each([
    ['0 s', 0, '1 min', MINUTE],
    ['59 s', 59_000, '1 min', MINUTE],
    ['1 min', MINUTE, '5 min', 5 * MINUTE],
    ['5 min', 5 * MINUTE, '30 min', 30 * MINUTE],
    ['30 min', 30 * MINUTE, '1 h', HOUR],
    ['1 h', HOUR, '2 h', 2 * HOUR],
    ['7 h 20 min', 7 * HOUR + 20 * MINUTE, '8 h', 8 * HOUR],
    ['23 h', 23 * HOUR, '24 h', DAY],
    ['24 h', DAY, '30 h', 30 * HOUR],
    ['29 h', 29 * HOUR, '30 h', 30 * HOUR],
    ['7 days', 7 * DAY, '7 days 6 h', 7 * DAY + 6 * HOUR],
    ['a minute before it, by another clock', -MINUTE, '1 min', MINUTE],
  ])('and not yet captured after %s is looked up at %s', (_age, age, _next, next) => {
    expect(nextLookUpAt(now, later(age))).toEqual(later(next));
  });

  test('is looked up for ever, each time later: an hour later at most on day 0, then six', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * DAY }), (age) => {
        const wait = nextLookUpAt(now, later(age)).getTime() - later(age).getTime();
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(age < DAY ? HOUR : 6 * HOUR);
      }),
    );
  });

  test('alarms on day five and is canceled on day seven', () => {
    expect([ACCEPTED_ALARM_MS, ACCEPTED_LIMIT_MS]).toEqual([5 * DAY, 7 * DAY]);
  });
});

describe('a charge whose session was not found', () => {
  test.each([
    ['two days', 2 * DAY, 3 * DAY],
    ['six days', 6 * DAY, 7 * DAY],
    ['a millisecond less than seven days', 7 * DAY - 1, 8 * DAY - 1],
    ['seven days', 7 * DAY, null],
    ['a month', 30 * DAY, null],
  ])('%s after it was sent, is looked for once a day until the seventh', (_, age, next) => {
    expect(nextSearchAt(now, later(age))).toEqual(next === null ? null : later(next));
  });
});

describe('a token that was not ready', () => {
  test.each([
    ['at once', 0, HOUR],
    ['after 23 h', 23 * HOUR, HOUR],
    ['a millisecond before a day has passed', DAY - 1, HOUR],
    ['after a day', DAY, 6 * HOUR],
    ['after a week', 7 * DAY, 6 * HOUR],
  ])('is asked again, %s', (_, age, wait) => {
    expect(nextPendingCheckAt(now, later(age))).toEqual(later(age + wait));
  });

  test('may be tried again by the customer five times a day', () => {
    expect(CUSTOMER_RETRIES_PER_DAY).toBe(5);
  });
});

test.each([
  ['captured', 'captured'],
  ['rejected', 'rejected'],
  ['canceled', 'canceled'],
  ['pending', 'in_progress'],
  ['processing', 'in_progress'],
  ['authorized', 'unknown'],
  ['authorization_voided', 'unknown'],
  ['authorization_expired', 'unknown'],
  ['Captured', 'unknown'],
  ['refunded', 'unknown'],
  ['', 'unknown'],
  ['constructor', 'unknown'],
])('a session that is %j is %s to us', (status, verdict) => {
  expect(readSessionStatus(status)).toBe(verdict);
});

describe('an attempt', () => {
  /** Rows and columns in the order of ATTEMPT_STATUSES; x is possible. */
  const EDGES: Record<AttemptStatus, string> = {
    //               pl se un ac ca ar re fa ab
    planned: '        .  x  .  .  .  .  .  .  x',
    sent: '           .  x  x  x  x  x  x  x  x',
    unknown: '        .  x  .  x  x  .  x  .  x',
    accepted: '       .  .  .  x  x  .  x  .  x',
    captured: '       .  .  .  .  .  .  .  .  .',
    action_required: '.  .  .  x  x  .  .  .  .',
    rejected: '       .  .  .  .  x  .  .  .  .',
    failed: '         .  .  .  x  x  .  .  .  .',
    abandoned: '      .  .  .  .  x  .  .  .  .',
  };
  const cases = ATTEMPT_STATUSES.flatMap((from) =>
    EDGES[from]
      .trim()
      .split(/ +/)
      .map((mark, index) => [from, mark === 'x' ? 'may' : 'may not', ATTEMPT_STATUSES[index] ?? from] as const),
  );

  test.each(cases)('that is %s %s become %s', (from, may, to) => {
    expect(mayBecome(from, to)).toBe(may === 'may');
  });

  test('has an answer for every pair of statuses', () => {
    expect(cases).toHaveLength(ATTEMPT_STATUSES.length ** 2);
  });

  test('that was sent is always believed when money was taken, and nothing leaves captured', () => {
    for (const status of ATTEMPT_STATUSES) {
      expect(mayBecome(status, 'captured')).toBe(status !== 'planned' && status !== 'captured');
      expect(mayBecome('captured', status)).toBe(false);
    }
  });

  test('that is closed is never sent again, and none goes back to planned', () => {
    const open: readonly AttemptStatus[] = OPEN_ATTEMPT_STATUSES;
    expect(open).toEqual(['planned', 'sent', 'unknown', 'accepted']);
    for (const status of ATTEMPT_STATUSES) {
      if (!open.includes(status)) expect(mayBecome(status, 'sent')).toBe(false);
      expect(mayBecome(status, 'planned')).toBe(false);
    }
  });

  test('that was sent may become whatever an answer makes of it', () => {
    const answers: ChargeAnswer[] = [
      { kind: 'accepted', sessionId: 'ps_1' },
      { kind: 'action_required', action: 'unknown', redirectUrl: '', sessionId: null },
      { kind: 'session_pending', message: '' },
      { kind: 'token_not_found', message: '' },
      { kind: 'refused', code: 'OrderItemsInvalid', message: '' },
      { kind: 'idempotency_violation', message: '' },
      { kind: 'unknown', reason: 'timeout', retryAfterSeconds: null },
    ];
    for (const answer of answers) expect(mayBecome('sent', settleAnswer(answer, 1, now).status)).toBe(true);
  });
});
