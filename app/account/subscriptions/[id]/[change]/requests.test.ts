import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { requestFrom } from './requests';

const BEFORE = { nextChargeOn: localDate('2027-02-03'), status: 'active', isCollecting: false } as const;

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
