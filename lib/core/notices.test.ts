import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, localDate, localDateAt } from './calendar';
import { earliestNextCharge } from './charge-spacing';
import { isUpcomingNoticeDue, noticeStep } from './notices';
import { cardExpiresOn, payingCard, tokenFingerprint } from './payment-card';

const TODAY = localDate('2027-01-12');
const inDays = (days: number) => addDays(TODAY, days);
const card = { last4: '4417', expires: '2028-02', brand: 'Visa', isHsaFsa: true };

describe('the end of a letter or a card', () => {
  it.each([
    [31, null],
    [30, 30],
    [15, 30],
    [14, 14],
    [4, 14],
    [3, 3],
    [0, 3],
    [-1, null],
  ] as const)('in %i days calls for the notice of day %s', (days, step) => {
    expect(noticeStep(inDays(days), inDays(20), TODAY)).toBe(step);
  });

  it('is announced once for each step, whichever days are missed, and never twice the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), (days) => {
        const steps = days
          .toSorted((a, b) => a - b)
          .map((day) => noticeStep(inDays(40), inDays(45), inDays(day)))
          .filter((step) => step !== null);
        expect([...new Set(steps)]).toEqual([...new Set(steps)].toSorted((a, b) => b - a));
      }),
    );
  });

  it('is nobody’s business where the next charge comes long before', () => {
    expect(noticeStep(inDays(30), inDays(0), TODAY)).toBe(30);
    expect(noticeStep(inDays(30), inDays(-1), TODAY)).toBeNull();
  });

  it('is that of the HSA/FSA card, on the last day of its month', () => {
    const other = { ...card, expires: '2027-01', isHsaFsa: false };
    expect(payingCard([other, card])).toBe(card);
    expect(cardExpiresOn([other, card])).toBe('2028-02-29');
    expect(cardExpiresOn([{ ...card, expires: null }])).toBeNull();
    expect(cardExpiresOn([])).toBeNull();
  });
});

describe('a fingerprint', () => {
  const other = { ...card, last4: '0001' };
  const letterExpiresOn = localDate('2027-09-14');
  it('is the same for the same cards in any order, and another for each change', () => {
    const same = tokenFingerprint({ cards: [card, other], letterExpiresOn });
    expect(tokenFingerprint({ cards: [other, card], letterExpiresOn })).toBe(same);
    const changes = [
      { cards: [card], letterExpiresOn },
      { cards: [card, other], letterExpiresOn: null },
      ...[{ last4: '9' }, { expires: '2029-02' }, { brand: null }, { isHsaFsa: false }].map((change) => ({
        cards: [{ ...card, ...change }, other],
        letterExpiresOn,
      })),
    ];
    expect(new Set([same, ...changes.map(tokenFingerprint)]).size).toBe(changes.length + 1);
  });
});

describe('a charge that comes', () => {
  const monthly = { intervalUnit: 'month', intervalCount: 1 } as const;
  it.each([
    [8, false],
    [7, true],
    [1, true],
    [0, false],
  ])('in %i days is announced: %s', (days, isDue) => {
    expect(isUpcomingNoticeDue({ ...monthly, nextChargeOn: inDays(days) }, null, TODAY)).toBe(isDue);
  });

  it('is announced at the end of a trial, however often it is ordered: no receipt has named it', () => {
    const weekly = { intervalUnit: 'week', intervalCount: 1, nextChargeOn: inDays(5) } as const;
    expect(isUpcomingNoticeDue(weekly, null, TODAY)).toBe(false);
    expect(isUpcomingNoticeDue({ ...weekly, isTrial: true }, null, TODAY)).toBe(true);
    expect(isUpcomingNoticeDue({ ...weekly, nextChargeOn: inDays(8), isTrial: true }, null, TODAY)).toBe(false);
  });

  it('is not announced where a mail of the same week has named it', () => {
    const order = { ...monthly, nextChargeOn: inDays(5) };
    expect(isUpcomingNoticeDue(order, inDays(-6), TODAY)).toBe(false);
    expect(isUpcomingNoticeDue(order, inDays(-7), TODAY)).toBe(true);
    for (const [intervalUnit, intervalCount, isDue] of [
      ['day', 10, false],
      ['week', 2, false],
      ['week', 3, true],
    ] as const)
      expect(isUpcomingNoticeDue({ nextChargeOn: inDays(5), intervalUnit, intervalCount }, null, TODAY)).toBe(isDue);
  });
});

describe('a charge that its customer wants to hear of shortly before', () => {
  it.each([
    ['week', 1, 3, true],
    ['week', 2, 3, true],
    ['day', 6, 3, false],
    ['week', 2, 7, false],
    ['week', 2, 14, false],
    ['week', 3, 14, true],
  ] as const)(
    'every %s × %i, %i days before, is announced beside the receipt of the one before: %s',
    (unit, count, lead, isDue) => {
      const order = { intervalUnit: unit, intervalCount: count, nextChargeOn: inDays(Math.min(lead, 3)) };
      expect(isUpcomingNoticeDue(order, null, TODAY, lead)).toBe(isDue);
    },
  );
});

describe('after an order that was paid late', () => {
  it('the next charge comes five days later at the earliest, or an interval later, at the billing hour', () => {
    const paidAt = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(paidAt, fc.integer({ min: 1, max: 400 }), (at, days) => {
        const zone = 'America/New_York';
        const next = earliestNextCharge(at, { start: TODAY, end: inDays(days) }, zone, 8);
        const wait = (next.getTime() - at.getTime()) / 86_400_000;
        expect(wait).toBeGreaterThanOrEqual(Math.min(5, days));
        expect(wait).toBeLessThanOrEqual(Math.min(5, days) + 1.05);
        expect(daysBetween(localDateAt(at, zone), localDateAt(next, zone))).toBeLessThanOrEqual(6);
      }),
    );
  });
});
