import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from './id';
import { formatQuantities, MOST_OF_ONE, parseQuantities } from './wanted-quantities';

describe('wanted quantities', () => {
  it('come back from the field of a form as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: MOST_OF_ONE }), { minLength: 1, maxLength: 6 }), (quantities) => {
        const wanted = new Map(quantities.map((quantity) => [newId('item'), quantity]));
        expect(parseQuantities(formatQuantities(wanted))).toEqual(wanted);
      }),
    );
  });

  it.each([
    '',
    'itm_x:1',
    'sub_0000000000000000000001:1',
    'itm_0000000000000000000001:-1',
    'itm_0000000000000000000001:1.5',
    'itm_0000000000000000000001:1000',
    'itm_0000000000000000000001',
    'itm_0000000000000000000001:1:2',
    'itm_0000000000000000000001:1,itm_0000000000000000000001:2',
  ])('are not read from %j', (text) => {
    expect(parseQuantities(text)).toBeNull();
  });
});
