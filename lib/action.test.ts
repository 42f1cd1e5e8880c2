import { describe, expect, it } from 'vitest';
import { withTyped } from './action';

describe('an outcome of a form', () => {
  const form = new FormData();
  for (const [name, text] of [
    ['city', ' Salem '],
    ['$ACTION_KEY', 'k1'],
    ['password', 'secret'],
    ['long', 'x'.repeat(2_001)],
  ] as const)
    form.append(name, text);
  form.append('file', new File(['x'], 'x.txt'));

  it('carries what was typed where it has to be mended or sent again, as it was typed', () => {
    const refused = { kind: 'refused', reason: 'no', message: 'No.', problems: { city: 'No.' } } as const;
    const failed = { kind: 'failed', message: 'No.', reference: '1' } as const;
    expect(withTyped(refused, form)).toEqual({ ...refused, typed: { city: ' Salem ' } });
    expect(withTyped(failed, form)).toEqual({ ...failed, typed: { city: ' Salem ' } });
  });

  it('carries nothing where it is done, and nothing of what is no form', () => {
    expect(withTyped({ kind: 'done' }, form)).toEqual({ kind: 'done' });
    expect(withTyped({ kind: 'refused', reason: 'no', message: 'No.' }, 'city=Salem')).not.toHaveProperty('typed');
  });
});
