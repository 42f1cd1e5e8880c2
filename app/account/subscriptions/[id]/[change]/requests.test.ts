import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { intervalsInPlaceOf, intervalValue, isLessIn, requestFrom } from './requests';

const BEFORE = { nextChargeOn: localDate('2027-02-03'), cancelsAtOnce: false } as const;

describe('what an address asks for', () => {
  it('is a pause with no end only where its day is left empty, and not where it cannot be read', () => {
    const pause = (until?: string | string[]) => requestFrom('pause', until === undefined ? {} : { until }, BEFORE);
    expect(pause('2027-03-01')).toEqual({ kind: 'pause', until: '2027-03-01' });
    expect(pause('')).toEqual({ kind: 'pause', until: null });
    for (const wrong of [undefined, '2027-02-30', '1 March', ['2027-03-01', '2027-04-01']]) {
      expect(pause(wrong)).toBeNull();
    }
  });
});

describe('the intervals in place of another', () => {
  const of = (count: number, unit: 'day' | 'week' | 'month' | 'year', isLess: boolean) =>
    intervalsInPlaceOf({ unit, count }, isLess).map(intervalValue);

  it('are all the others, and at which less comes those alone that are longer', () => {
    expect(of(1, 'month', false)).toEqual(['1-week', '2-week', '2-month', '3-month', '6-month']);
    expect(of(1, 'month', true)).toEqual(['2-month', '3-month', '6-month']);
    expect(of(4, 'week', true)).toEqual(['1-month', '2-month', '3-month', '6-month']);
    expect(of(6, 'month', true)).toEqual([]);
    expect(of(1, 'year', true)).toEqual([]);
  });

  it('are those at which less comes only where the address asks for it', () => {
    expect([isLessIn({ less: '1' }), isLessIn({}), isLessIn({ less: ['1', '1'] })]).toEqual([true, false, false]);
  });
});
