import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ABANDON_MS,
  CONFIRMING_MS,
  nextBackfillAt,
  PROVISION_KINDS,
  PROVISION_STATUSES,
  type ProvisionStatus,
  purposeOf,
  RESEND_REQUEST_AFTER_MS,
  REUSE_MS,
  type WaitingFacts,
  type WaitingState,
  waitingState,
} from './provisioning';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const created = new Date('2026-01-20T15:00:00Z');
const later = (ms: number) => new Date(created.getTime() + ms);

/** All moments of a schedule, each asked for at the moment before it; in milliseconds after creation. */
function schedule(returnedAfterMs: number | null, askedAfterMs: number): number[] {
  const moments: number[] = [];
  let asked = askedAfterMs;
  for (;;) {
    const next = nextBackfillAt(created, returnedAfterMs === null ? null : later(returnedAfterMs), later(asked));
    if (next === null) return moments;
    asked = next.getTime() - created.getTime();
    moments.push(asked);
  }
}

describe('without a webhook Truemed is asked', () => {
  const sixHourly = (from: number, until: number) =>
    Array.from({ length: Math.floor((until - from) / (6 * HOUR)) }, (_, index) => from + (index + 1) * 6 * HOUR);

  test('1 min, 5 min, 30 min and 2 h after the request was made, then six-hourly for ten days', () => {
    const moments = schedule(null, 0);
    expect(moments.slice(0, 4)).toEqual([MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR]);
    expect(moments.slice(4)).toEqual(sixHourly(2 * HOUR, 10 * DAY));
    expect(moments.at(-1)).toBe(9 * DAY + 20 * HOUR);
  });

  test('5 s after the customer came back, and at the same offsets once more', () => {
    const returned = 40 * MINUTE;
    const moments = schedule(returned, returned);
    expect(moments.slice(0, 5).map((moment) => moment - returned)).toEqual([
      5 * SECOND,
      MINUTE,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
    ]);
    expect(moments.slice(5)).toEqual(sixHourly(returned + 2 * HOUR, 10 * DAY));
  });

  test.each([
    ['in the middle of a wait: at its end', null, 3 * MINUTE, 5 * MINUTE],
    ['after a long silence: at the next six hours', null, 3 * DAY, 3 * DAY + 2 * HOUR],
    ['by a clock that is behind: at the first offset', null, -HOUR, MINUTE],
    ['on the last day', null, 10 * DAY - HOUR, null],
    ['after ten days', null, 10 * DAY + 1, null],
    ['back on the ninth day', 9 * DAY, 9 * DAY, 9 * DAY + 5 * SECOND],
    [
      'back an hour before the end: only what still fits',
      10 * DAY - HOUR,
      10 * DAY - HOUR + 5 * MINUTE,
      10 * DAY - 30 * MINUTE,
    ],
    ['back an hour before the end, half an hour later', 10 * DAY - HOUR, 10 * DAY - 30 * MINUTE, null],
  ])('%s', (_, returned, asked, expected) => {
    const next = nextBackfillAt(created, returned === null ? null : later(returned), later(asked));
    expect(next).toEqual(expected === null ? null : later(expected));
  });

  test('never twice at one moment, never after ten days', () => {
    const returned = fc.option(fc.integer({ min: 0, max: 11 * DAY }), { nil: null });
    fc.assert(
      fc.property(returned, fc.integer({ min: 0, max: 11 * DAY }), (returnedAfter, elapsed) => {
        const asked = (returnedAfter ?? 0) + elapsed;
        const next = nextBackfillAt(created, returnedAfter === null ? null : later(returnedAfter), later(asked));
        if (next === null) return;
        const wait = next.getTime() - later(asked).getTime();
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(6 * HOUR);
        expect(next.getTime() - created.getTime()).toBeLessThanOrEqual(ABANDON_MS);
      }),
    );
  });
});

describe('the waiting page', () => {
  const facts = (change: Partial<WaitingFacts>): WaitingFacts => ({
    status: 'open',
    createdAt: created,
    returnedAt: null,
    declinedAt: null,
    ...change,
  });

  test.each<[string, Partial<WaitingFacts>, number, WaitingState]>([
    ['Truemed has not answered yet', { status: 'planned' }, SECOND, 'Confirming'],
    ['the customer is at Truemed', {}, MINUTE, 'Not completed'],
    ['the customer came back', { returnedAt: later(HOUR) }, HOUR, 'Confirming'],
    ['just under two minutes later', { returnedAt: later(HOUR) }, HOUR + 2 * MINUTE - 1, 'Confirming'],
    ['two minutes later', { returnedAt: later(HOUR) }, HOUR + 2 * MINUTE, 'Being reviewed'],
    ['nine days later', { returnedAt: later(HOUR) }, 9 * DAY, 'Being reviewed'],
    ['ten days after the request', { returnedAt: later(HOUR) }, 10 * DAY, 'Being reviewed'],
    ['more than ten days after it', { returnedAt: later(HOUR) }, 10 * DAY + 1, 'Not completed'],
    ['the survey was declined', { declinedAt: later(HOUR) }, HOUR, 'Not completed'],
    [
      'declined after having come back',
      { returnedAt: later(HOUR), declinedAt: later(2 * HOUR) },
      2 * HOUR,
      'Not completed',
    ],
    [
      'come back after having declined',
      { returnedAt: later(2 * HOUR), declinedAt: later(HOUR) },
      2 * HOUR,
      'Confirming',
    ],
    ['Truemed is already reviewing this customer', { status: 'waiting_verification' }, SECOND, 'Being reviewed'],
    ['Truemed has a token that we do not know', { status: 'already_provisioned' }, SECOND, 'Needs attention'],
    ['Truemed refused', { status: 'refused' }, SECOND, 'Needs attention'],
    ['the token is linked', { status: 'connected' }, SECOND, 'Connected'],
    ['given up, and a token came all the same', { status: 'connected' }, 20 * DAY, 'Connected'],
    ['given up', { status: 'abandoned', returnedAt: later(HOUR) }, 10 * DAY, 'Not completed'],
  ])('%s', (_, change, age, state) => {
    expect(waitingState(facts(change), later(age))).toBe(state);
  });

  test('depends on where the customer has been only while the request is open', () => {
    const fixed: Partial<Record<ProvisionStatus, WaitingState>> = {
      planned: 'Confirming',
      waiting_verification: 'Being reviewed',
      already_provisioned: 'Needs attention',
      refused: 'Needs attention',
      connected: 'Connected',
      abandoned: 'Not completed',
    };
    expect(Object.keys(fixed).length).toBe(PROVISION_STATUSES.length - 1);
    for (const status of PROVISION_STATUSES) {
      for (const returnedAt of [null, later(HOUR)]) {
        for (const declinedAt of [null, later(MINUTE), later(2 * HOUR)]) {
          for (const age of [0, HOUR, HOUR + 3 * MINUTE, 11 * DAY]) {
            const state = waitingState(facts({ status, returnedAt, declinedAt }), later(age));
            if (status !== 'open') expect(state).toBe(fixed[status]);
            else expect(['Confirming', 'Being reviewed', 'Not completed']).toContain(state);
          }
        }
      }
    }
  });

  test('arrival alone never shows Connected', () => {
    const statuses = PROVISION_STATUSES.filter((status) => status !== 'connected');
    fc.assert(
      fc.property(fc.constantFrom(...statuses), fc.nat(12 * DAY), fc.nat(12 * DAY), (status, returned, age) => {
        expect(waitingState(facts({ status, returnedAt: later(returned) }), later(age))).not.toBe('Connected');
      }),
    );
  });
});

test('the times that design.md names', () => {
  expect([REUSE_MS, CONFIRMING_MS, ABANDON_MS]).toEqual([30 * MINUTE, 2 * MINUTE, 10 * DAY]);
  expect(PROVISION_KINDS).toEqual(['create', 'update']);
});

test('an unanswered request is sent again at growing intervals, then a person reads it', () => {
  expect(RESEND_REQUEST_AFTER_MS).toEqual([5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR]);
});

test('a request of a release that wrote no purpose down is told by what it asked for', () => {
  const ofThen = { purpose: null, kind: 'update', subscriptionId: null } as const;
  expect(purposeOf({ ...ofThen, subscriptionId: 'sub_1' })).toBe('move');
  expect(purposeOf({ ...ofThen, kind: 'create' })).toBe('reconnect');
  expect(purposeOf(ofThen)).toBe('card');
  expect(purposeOf({ ...ofThen, purpose: 'items' })).toBe('items');
});
