import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import type { ChangeKind } from '@/lib/core/requested-change';
import { type PaymentFacts, readinessInput, subscriptionFacts } from '@/lib/views/subscription-facts';
import { NextChargeAnswer } from './next-charge-answer';

const NOW = new Date('2027-01-12T17:00:00Z');
const AT = '/account/subscriptions/sub_0000000000000000000001';
const SUBSCRIPTION = subscriptionFacts(
  {
    id: 'sub_0000000000000000000001',
    status: 'active',
    billingMethod: 'hsa_fsa',
    intervalUnit: 'month',
    intervalCount: 1,
    anchorDate: localDate('2027-02-03'),
    timeZone: 'America/New_York',
    nextChargeOn: localDate('2027-02-03'),
    nextChargeAt: new Date('2027-02-03T13:00:00Z'),
    movedAt: null,
    pauseUntil: null,
    cancelOn: null,
    shippingCents: 0,
    taxCents: 0,
    discountCents: 0,
    discounts: null,
  },
  [{ position: 0, name: 'Daily Essentials', quantity: 1, unitPriceCents: 4830 }],
  null,
  NOW,
  3,
);
const PAYMENT: PaymentFacts = {
  cardLast4: '4417',
  cardExpires: '2028-11',
  otherCard: null,
  letterExpiresOn: localDate('2027-09-14'),
  refreshedAt: NOW,
};

/** Where its buttons lead, the filled one first and marked. */
function leadsTo(payment: PaymentFacts | null, offered: ChangeKind[], place: 'overview' | 'subscription'): string[] {
  const readiness = readinessInput(SUBSCRIPTION, payment);
  const html = renderToStaticMarkup(
    createElement(NextChargeAnswer, { place, subscription: SUBSCRIPTION, payment, readiness, offered }),
  );
  return [...html.matchAll(/<a class="([^"]*)" href="([^"]*)"/g)].map(
    ([, look, href]) => `${look?.includes('btn-primary') ? '* ' : ''}${href}`,
  );
}

describe('the answer with the next charge', () => {
  it('fills one button: what its customer likeliest does, or what stands in the way of the charge', () => {
    const offered: ChangeKind[] = ['skip', 'move', 'cancel'];
    const quick = [`${AT}/skip`, `${AT}/move`];
    expect(leadsTo(PAYMENT, offered, 'overview')).toEqual([`* ${AT}`, ...quick]);
    const ending = { ...PAYMENT, letterExpiresOn: localDate('2027-01-30') };
    expect(leadsTo(ending, offered, 'overview')).toEqual(['* /account/payment-methods/letter', AT]);
    const expiring = { ...PAYMENT, cardExpires: '2027-01' };
    expect(leadsTo(expiring, offered, 'subscription')).toEqual(['* /account/payment-methods/card', ...quick]);
    expect(leadsTo(null, offered, 'overview')).toEqual([`* ${AT}/hsa-fsa`, AT]);
  });

  it('offers nothing that the merchant has switched off', () => {
    expect(leadsTo(PAYMENT, ['cancel'], 'overview')).toEqual([AT]);
    expect(leadsTo(PAYMENT, ['cancel'], 'subscription')).toEqual([]);
  });
});
