import { describe, expect, it } from 'vitest';
import type { StoredCard } from '@/db/schema/provisioning';
import { paymentFacts } from './customer-file';

const HSA: StoredCard = { last4: '4417', expires: '2028-11', brand: 'visa', isHsaFsa: true };
const ORDINARY: StoredCard = { last4: '4242', expires: '2029-01', brand: 'visa', isHsaFsa: false };
const of = (cards: StoredCard[]) => paymentFacts({ cards, letterExpiresOn: null, refreshedAt: null });

describe('the cards behind a token', () => {
  it('are the HSA/FSA card and the ordinary one beside it, in whatever order Truemed names them', () => {
    for (const cards of [
      [HSA, ORDINARY],
      [ORDINARY, HSA],
    ])
      expect(of(cards)).toMatchObject({
        card: { last4: '4417', isHsaFsa: true },
        otherCard: { last4: '4242', expires: '2029-01' },
      });
  });

  it('are one where Truemed names one, whichever, and none where it names none', () => {
    expect(of([HSA])).toMatchObject({ card: { last4: '4417', isHsaFsa: true }, otherCard: null });
    expect(of([ORDINARY])).toMatchObject({ card: { last4: '4242', isHsaFsa: false }, otherCard: null });
    expect(of([])).toMatchObject({ card: { last4: null, isHsaFsa: false }, otherCard: null });
  });
});
