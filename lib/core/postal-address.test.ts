import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressInWords, readAddress, typedLine } from './postal-address';

const TYPED = { line1: ' 12  Alder Street', line2: '', city: 'Portland', state: 'or', postalCode: '97204' };

describe('an address as it is typed', () => {
  it('is taken without what is not printed', () => {
    const read = readAddress(TYPED);
    expect(read).toEqual({ ok: true, address: { ...TYPED, line1: '12 Alder Street', state: 'OR' } });
    expect(read.ok && addressInWords(read.address)).toBe('12 Alder Street, Portland, OR 97204');
  });

  it.each([
    [{ line1: '  ' }, { line1: 'missing' }],
    [{ city: '' }, { city: 'missing' }],
    [{ state: 'XX' }, { state: 'not_a_state' }],
    [{ state: 'constructor' }, { state: 'not_a_state' }],
    [{ postalCode: '9720' }, { postalCode: 'not_a_zip' }],
    [{ postalCode: '97204-12345' }, { postalCode: 'not_a_zip' }],
    [{ line2: 'x'.repeat(121) }, { line2: 'too_long' }],
  ] as const)('%j is refused as %j', (fields, problems) => {
    expect(readAddress({ ...TYPED, ...fields })).toEqual({ ok: false, problems });
  });

  it('never keeps a line break, a control character or a turned direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typedLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]| {2}|^ | $/u);
      }),
    );
    expect(typedLine('a\u202eb\nc')).toBe('a b c');
  });
});
