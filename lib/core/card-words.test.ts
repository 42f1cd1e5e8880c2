import { describe, expect, it } from 'vitest';
import { cardName, cardTitle } from './card-words';

describe('what a card is called', () => {
  it('is one of HSA/FSA only where Truemed names it so', () => {
    expect(cardName({ last4: '4417', isHsaFsa: true })).toBe('HSA/FSA card ending 4417');
    expect(cardName({ last4: '1881', isHsaFsa: false })).toBe('card ending 1881');
    expect(cardName({ last4: null, isHsaFsa: true })).toBe('HSA/FSA card');
    expect(cardName(null)).toBe('card');
    expect(cardTitle({ last4: '1881', isHsaFsa: false })).toBe('Card ending 1881');
  });
});
