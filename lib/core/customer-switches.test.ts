import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CustomerAction,
  customerMay,
  ownDeeds,
  readSwitches,
  STANDING_ACTIONS,
  SWITCHABLE_ACTIONS,
} from './customer-switches';

const ALL: CustomerAction[] = [...SWITCHABLE_ACTIONS, ...STANDING_ACTIONS];

describe('the merchant’s switches', () => {
  it('keep customers from exactly what is switched off, and never from canceling or taking back', () => {
    fc.assert(
      fc.property(fc.subarray(ALL), (wanted) => {
        const switches = readSwitches({ switchedOff: wanted });
        for (const action of ALL) {
          const isOff = wanted.includes(action) && SWITCHABLE_ACTIONS.some((one) => one === action);
          expect(customerMay(switches, action)).toBe(!isOff);
        }
      }),
    );
  });

  it('leave in what is promised before an order what customers may do by themselves', () => {
    expect(ownDeeds({ switchedOff: [] })).toBe('skip, change or cancel');
    expect(ownDeeds({ switchedOff: ['skip', 'move'] })).toBe('change or cancel');
    expect(ownDeeds({ switchedOff: ['move', 'interval', 'quantity', 'swap_item'] })).toBe('skip or cancel');
    expect(ownDeeds({ switchedOff: SWITCHABLE_ACTIONS })).toBe('cancel');
  });

  it.each([[null], ['skip'], [{}], [{ switchedOff: 'skip' }], [{ switchedOff: ['cancel', 'fly', 3] }]])(
    'stored as %j switch nothing off',
    (stored) => {
      expect(readSwitches(stored)).toEqual({ switchedOff: [] });
    },
  );
});
