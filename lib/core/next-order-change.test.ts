import { describe, expect, test } from 'vitest';
import { decideInterval, decideMove, decideSkip, decideUnskip, firstMoveDay, latestMoveDay } from './next-order-change';
import type { Standing } from './schedule-change';
import { carriedOut, changeOf, day, MAYA, NOW, outcome, SHOWN } from './test-standing';

describe('a skip', () => {
  test('moves the next charge by one period, and taking it back restores the dates', () => {
    const skip = changeOf(decideSkip(MAYA, SHOWN, NOW));
    expect(skip.skipped).toEqual([{ start: '2026-02-28', end: '2026-03-31' }]);
    expect(skip.nextCharges).toEqual(['2026-03-31', '2026-04-30']);
    const back = changeOf(decideUnskip(carriedOut(MAYA, skip), day('2026-03-31'), NOW));
    expect(back).toMatchObject({ unskipped: skip.skipped[0], nextCharges: ['2026-02-28', '2026-03-31'] });
  });

  test('is refused a second time for the same date, and for a fourth period ahead', () => {
    let standing = MAYA;
    for (const expected of ['passed', 'passed', 'passed', 'too_many_skipped']) {
      const decision = decideSkip(standing, standing.nextChargeOn, NOW);
      expect(outcome(decision)).toBe(expected);
      if (decision.ok) standing = carriedOut(standing, decision.change);
      expect(outcome(decideSkip(standing, SHOWN, NOW))).toBe('changed_meanwhile');
    }
  });

  test('cannot be taken back once its period has started', () => {
    const skipped = carriedOut(MAYA, changeOf(decideSkip(MAYA, SHOWN, NOW)));
    const late = new Date('2026-02-28T13:00:00Z');
    expect(outcome(decideUnskip(skipped, day('2026-03-31'), late))).toBe('nothing_skipped');
    expect(outcome(decideUnskip(MAYA, SHOWN, NOW))).toBe('nothing_skipped');
  });
});

describe('a moved date', () => {
  test('lies no earlier than the former processor can be stopped', () => {
    const moved: Standing = { ...MAYA, lastPeriods: [], freeFrom: day('2026-02-13') };
    const to = (text: string) => outcome(decideMove(moved, { shown: SHOWN, to: day(text), scope: 'this_order' }, NOW));
    expect(['2026-02-11', '2026-02-12', '2026-02-13'].map(to)).toEqual([
      'before_hand_over',
      'before_hand_over',
      'passed',
    ]);
    expect(firstMoveDay(moved, NOW)).toBe('2026-02-13');
    expect(firstMoveDay(MAYA, NOW)).toBe('2026-02-11');
  });

  test('of this order keeps the anchor, and the period before it ends where it starts', () => {
    const moved = changeOf(decideMove(MAYA, { shown: SHOWN, to: day('2026-03-10'), scope: 'this_order' }, NOW));
    expect(moved).toMatchObject({ lastPeriodEnd: '2026-03-10', nextCharges: ['2026-03-10', '2026-03-31'] });
  });

  test('of all orders is the new anchor', () => {
    const moved = changeOf(decideMove(MAYA, { shown: SHOWN, to: day('2026-03-10'), scope: 'all_orders' }, NOW));
    expect(moved.nextCharges).toEqual(['2026-03-10', '2026-04-10']);
    expect(moved.schedule.anchor).toBe('2026-03-10');
  });

  test('is after today, within two years, another one, and after the start of the last period', () => {
    const to = (date: string, standing = MAYA) =>
      outcome(decideMove(standing, { shown: SHOWN, to: day(date), scope: 'this_order' }, NOW));
    expect(to('2026-02-10')).toBe('date_not_ahead');
    expect(to('2026-02-28')).toBe('same_date');
    expect(to('2029-01-01')).toBe('date_too_far');
    const early: Standing = {
      ...MAYA,
      lastPeriods: [{ start: day('2026-02-15'), end: day('2026-02-28'), status: 'paid' }],
    };
    expect(to('2026-02-15', early)).toBe('before_last_period');
    expect(to('2026-02-16', early)).toBe('passed');
  });

  test.each([
    ['up to the last day of the letter that covers it now', '2026-03-05', '2026-03-05', 'passed'],
    ['not to a day after it', '2026-03-05', '2026-03-06', 'after_letter'],
    ['not later where the letter ends with the order', '2026-02-28', '2026-03-01', 'after_letter'],
    ['to an earlier day all the same', '2026-02-28', '2026-02-27', 'passed'],
    ['to any day where the letter ends before it', '2026-02-27', '2026-03-06', 'passed'],
    ['to any day where the letter has ended', '2026-01-01', '2026-03-06', 'passed'],
    ['two years ahead at most, however long the letter is', '2030-01-01', '2029-01-01', 'date_too_far'],
  ])('goes %s', (_, letter, to, expected) => {
    expect(outcome(decideMove(MAYA, { shown: SHOWN, to: day(to), scope: 'this_order' }, NOW, day(letter)))).toBe(
      expected,
    );
    const latest = latestMoveDay(SHOWN, day(letter), day('2026-02-10'));
    expect(day(to) <= latest).toBe(expected === 'passed');
    expect(SHOWN <= latest).toBe(true);
  });
});

test.each([
  ['month', 3, '2026-01-31', ['2026-02-28', '2026-05-31']],
  ['month', 2, '2026-01-31', ['2026-02-28', '2026-04-30']],
  ['year', 1, '2026-01-31', ['2026-02-28', '2027-02-28']],
  ['week', 2, '2026-02-28', ['2026-02-28', '2026-03-14']],
] as const)('every %s, %i: the next charge stays, and the ones after it follow', (unit, count, _, expected) => {
  const change = changeOf(decideInterval(MAYA, { shown: SHOWN, interval: { unit, count } }, NOW));
  expect(change.nextCharges).toEqual(expected);
});

test.each([0, 37, 1.5])('every %d months is no interval', (count) => {
  expect(outcome(decideInterval(MAYA, { shown: SHOWN, interval: { unit: 'month', count } }, NOW))).toBe(
    'not_an_interval',
  );
});
