import { describe, expect, it } from 'vitest';
import { addressOf, choiceOf, textOf } from './query';

describe('the query of a staff page', () => {
  it('gives one text, trimmed and cut, and nothing for what is empty or given twice', () => {
    expect(textOf({ q: '  maya  ' }, 'q')).toBe('maya');
    expect(textOf({ q: 'x'.repeat(500) }, 'q')).toHaveLength(200);
    for (const q of [undefined, '', '   ', ['a', 'b']]) expect(textOf({ q }, 'q')).toBeUndefined();
  });

  it('takes only what is among the choices', () => {
    expect(choiceOf({ show: 'captured' }, 'show', ['captured', 'unknown'])).toBe('captured');
    expect(choiceOf({ show: 'all of them' }, 'show', ['captured', 'unknown'])).toBeUndefined();
  });

  it('makes an address of what is given, with its letters escaped', () => {
    expect(addressOf('/admin/subscriptions', { q: 'Ngọc & Co', status: undefined, after: null })).toBe(
      '/admin/subscriptions?q=Ng%E1%BB%8Dc+%26+Co',
    );
    expect(addressOf('/admin/charges', {})).toBe('/admin/charges');
  });
});
