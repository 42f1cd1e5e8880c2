import { describe, expect, test } from 'vitest';
import { decideMove, decideSkip, type NextOrderRefusal } from './next-order-change';
import {
  decideCancelAtPeriodEnd,
  decideCancelNow,
  decidePause,
  decideReactivate,
  decideResume,
  decideUndoCancel,
  type Standing,
} from './schedule-change';
import { chargeInstant, SUBSCRIPTION_STATUSES } from './subscription';
import { carriedOut, changeOf, day, MAYA, NOW, outcome, SHOWN } from './test-standing';

describe('a pause', () => {
  test('of two months resumes on the anchor: the 31st, not the day on which it ended', () => {
    const paused = changeOf(decidePause(MAYA, day('2026-04-15'), NOW));
    expect(paused).toMatchObject({ event: 'paused', stopsCollecting: true, skipped: [], nextChargeOn: '2026-02-28' });
    expect(paused.changeAt).toEqual(new Date('2026-04-15T12:00:00Z'));
    expect(paused.nextCharges).toEqual(['2026-04-30', '2026-05-31']);
    const resumed = changeOf(decideResume(carriedOut(MAYA, paused), day('2026-04-15')));
    expect(resumed.skipped).toEqual([
      { start: '2026-02-28', end: '2026-03-31' },
      { start: '2026-03-31', end: '2026-04-30' },
    ]);
    expect(resumed.nextCharges).toEqual(paused.nextCharges);
    expect(resumed).toMatchObject({ event: 'resumed', pauseUntil: null, changeAt: null });
  });

  test('that is open-ended has no next charge, and one that ends within the paid period moves none', () => {
    expect(changeOf(decidePause(MAYA, null, NOW))).toMatchObject({ nextCharges: [], changeAt: null });
    const short = changeOf(decidePause(MAYA, day('2026-02-20'), NOW));
    expect(changeOf(decideResume(carriedOut(MAYA, short), day('2026-02-20')))).toMatchObject({
      skipped: [],
      nextChargeOn: '2026-02-28',
    });
  });

  test.each([
    ['its own today', '2026-02-10', 'date_not_ahead'],
    ['yesterday', '2026-02-09', 'date_not_ahead'],
    ['tomorrow', '2026-02-11', 'passed'],
    ['two years on', '2028-02-10', 'passed'],
    ['a day more', '2028-02-11', 'date_too_far'],
  ])('until %s', (_, until, expected) => {
    expect(outcome(decidePause(MAYA, day(until), NOW))).toBe(expected);
  });
});

describe('a cancellation', () => {
  test('at period end waits for it, plans nothing more, and can be taken back', () => {
    const change = changeOf(decideCancelAtPeriodEnd(MAYA, NOW));
    expect(change).toMatchObject({ event: null, cancelOn: '2026-02-28', nextCharges: [], stopsCollecting: false });
    expect(change.changeAt).toEqual(new Date('2026-02-28T13:00:00Z'));
    const undone = changeOf(decideUndoCancel(carriedOut(MAYA, change)));
    expect(undone).toMatchObject({ cancelOn: null, changeAt: null, nextCharges: ['2026-02-28', '2026-03-31'] });
  });

  test('ends with the paid period, not with the skipped one after it', () => {
    const skipped = carriedOut(MAYA, changeOf(decideSkip(MAYA, SHOWN, NOW)));
    expect(changeOf(decideCancelAtPeriodEnd(skipped, NOW)).cancelOn).toBe('2026-02-28');
  });

  test('has no paid time to wait for once the next period has begun', () => {
    const billedAt = chargeInstant(MAYA.nextChargeOn, MAYA.timeZone, MAYA.billingHour);
    expect(outcome(decideCancelAtPeriodEnd(MAYA, new Date(billedAt.getTime() - 1)))).toBe('passed');
    expect(outcome(decideCancelAtPeriodEnd(MAYA, billedAt))).toBe('cancels_at_once');
  });

  test('at once is followed by a return on the anchor, with what passed as skipped', () => {
    const gone = carriedOut(MAYA, changeOf(decideCancelNow(MAYA)));
    const back = changeOf(decideReactivate(gone, day('2026-04-02'), true));
    expect(back).toMatchObject({ event: 'reactivated', nextCharges: ['2026-04-30', '2026-05-31'] });
    expect(back.skipped.map(({ start }) => start)).toEqual(['2026-02-28', '2026-03-31']);
    expect(changeOf(decideReactivate(gone, day('2026-02-12'), true)).nextCharges[0]).toBe('2026-02-28');
    expect(outcome(decideReactivate(gone, day('2026-02-12'), false))).toBe('no_token');
  });
});

/** By status: pause, resume, skip, move, at period end, at once, undo, reactivate. */
const REFUSALS: Record<Standing['status'], string[]> = {
  trialing: ['in_trial', 'not_paused', 'in_trial', 'in_trial', 'passed', 'passed', 'nothing_to_undo', 'not_canceled'],
  active: ['passed', 'not_paused', 'passed', 'passed', 'passed', 'passed', 'nothing_to_undo', 'not_canceled'],
  past_due: ['passed', 'not_paused', 'passed', 'passed', 'passed', 'passed', 'nothing_to_undo', 'not_canceled'],
  paused: [
    'already_paused',
    'passed',
    'paused',
    'paused',
    'cancels_at_once',
    'passed',
    'nothing_to_undo',
    'not_canceled',
  ],
  canceled: [
    'canceled',
    'not_paused',
    'canceled',
    'canceled',
    'already_canceled',
    'already_canceled',
    'already_canceled',
    'passed',
  ],
};

const everyDecision = (standing: Standing) =>
  [
    decidePause(standing, null, NOW),
    decideResume(standing, day('2026-02-10')),
    decideSkip(standing, SHOWN, NOW),
    decideMove(standing, { shown: SHOWN, to: day('2026-03-05'), scope: 'this_order' }, NOW),
    decideCancelAtPeriodEnd(standing, NOW),
    decideCancelNow(standing),
    decideUndoCancel(standing),
    decideReactivate(standing, day('2026-02-10'), true),
  ].map(outcome);

test.each(SUBSCRIPTION_STATUSES)('what may be changed when %s', (status) => {
  expect(everyDecision({ ...MAYA, status })).toEqual(REFUSALS[status]);
});

test('what is billed elsewhere is not ours to change, and what ends at period end is undone first', () => {
  const elsewhere = new Set(everyDecision({ ...MAYA, billingMethod: 'external' }));
  expect([...elsewhere]).toEqual(['billed_elsewhere', 'nothing_to_undo']);
  expect(everyDecision({ ...MAYA, cancelOn: SHOWN }).slice(0, 6)).toEqual([
    'cancel_scheduled',
    'not_paused',
    'cancel_scheduled',
    'cancel_scheduled',
    'cancel_scheduled',
    'passed',
  ] satisfies (NextOrderRefusal | 'not_paused' | 'passed')[]);
  expect(everyDecision({ ...MAYA, isScheduled: false }).slice(0, 3)).toEqual([
    'hand_over_not_confirmed',
    'not_paused',
    'hand_over_not_confirmed',
  ]);
});
