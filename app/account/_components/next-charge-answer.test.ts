import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { HeldCharge } from '@/lib/views/account';
import type { ChargeFacts } from '@/lib/views/customer-charges';
import { type PaymentFacts, readinessInput, subscriptionFacts } from '@/lib/views/subscription-facts';
import { aSubscriptionRow } from '@/lib/views/test-subscription';
import { BilledElsewhereAnswer } from './billed-elsewhere';
import { HeldAnswer } from './held-answer';
import { HowYouPay } from './how-you-pay';
import { NextChargeAnswer } from './next-charge-answer';
import { NextCharges } from './next-charges';
import { OrderHistory } from './order-history';

const NOW = new Date('2027-01-12T17:00:00Z');
const AT = '/account/subscriptions/sub_0000000000000000000001';
const ROW = aSubscriptionRow({ billingMethod: 'hsa_fsa', nextChargeAt: new Date('2027-02-03T13:00:00Z') });
const LINES = [{ position: 0, name: 'Daily Essentials', quantity: 1, unitPriceCents: 4830 }];
const SUBSCRIPTION = subscriptionFacts(ROW, LINES, null, NOW);
/** An order of 3 January that waits for its customer's card. */
const HELD: HeldCharge = {
  invoiceId: 'inv_0000000000000000000001',
  subscriptionId: ROW.id,
  name: 'Daily Essentials',
  lines: LINES,
  extras: { shippingCents: 0, taxCents: 0, discountCents: 0 },
  totalCents: 4830,
  refundedCents: 0,
  orderOn: localDate('2027-01-03'),
  state: 'waits_for_card',
  paidAt: null,
  isJustPaid: false,
  paidBy: null,
  recovery: { caseId: 'rec_0000000000000000000001', mayTryAgain: true, isCardSpent: false },
};
const PAYMENT: PaymentFacts = {
  card: { last4: '4417', isHsaFsa: true },
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

describe('the answer of what the former processor bills', () => {
  it('says on its own page how it is changed and canceled, which is not done there', () => {
    const subscription = subscriptionFacts({ ...ROW, billingMethod: 'external', nextChargeAt: null }, LINES, null, NOW);
    const readiness = readinessInput(subscription, null);
    const html = (place: 'overview' | 'subscription') =>
      renderToStaticMarkup(createElement(BilledElsewhereAnswer, { place, subscription, readiness }));
    expect(html('subscription')).toContain('To skip, change or cancel it, write to us.');
    expect(html('overview')).not.toContain('write to us');
  });
});

describe('beside an order that is on hold', () => {
  const chargedOn = (nextChargeOn: string, now: Date) => {
    const at = localDate(nextChargeOn);
    return subscriptionFacts(
      { ...ROW, status: 'past_due', intervalUnit: 'week', anchorDate: at, nextChargeOn: at, nextChargeAt: null },
      LINES,
      null,
      now,
    );
  };
  const held = (subscription: ReturnType<typeof chargedOn>) =>
    renderToStaticMarkup(
      createElement(HeldAnswer, {
        place: 'subscription',
        subscription,
        payment: null,
        merchant: { name: 'Alder Health', email: 'care@alderhealth.example' },
        readiness: readinessInput(subscription, null, { heldOn: localDate('2027-01-03') }),
        charge: HELD,
      }),
    );

  it('a next charge stays on its day only where that is far enough from a payment of today', () => {
    expect(held(chargedOn('2027-01-17', NOW))).toContain('Your next charge stays on');
    expect(held(chargedOn('2027-01-16', NOW))).not.toContain('Your next charge stays on');
    expect(held(chargedOn('2027-01-10', NOW))).not.toContain('Your next charge stays on');
  });

  it('another card is given to Truemed in an update of its own, and this one is tried again only by us', () => {
    const subscription = chargedOn('2027-01-17', NOW);
    const recovery = { caseId: 'rec_0000000000000000000001', mayTryAgain: true, isCardSpent: true } as const;
    const html = renderToStaticMarkup(
      createElement(HeldAnswer, {
        place: 'subscription',
        subscription,
        payment: PAYMENT,
        merchant: { name: 'Alder Health', email: 'care@alderhealth.example' },
        readiness: readinessInput(subscription, PAYMENT, { heldOn: localDate('2027-01-03') }),
        charge: { ...HELD, state: 'card_spent', recovery },
      }),
    );
    expect(html).toContain('order waits for another card');
    expect(html).toContain('href="/account/payment-methods/card"');
    expect(html).toContain('href="mailto:care@alderhealth.example"');
    expect(html).not.toContain('/go/');
    expect(html).not.toContain('Try again');
  });

  it('no day that has gone by is among the next charges', () => {
    const html = renderToStaticMarkup(
      createElement(NextCharges, { subscription: chargedOn('2027-01-10', NOW), card: null }),
    );
    expect(html).not.toContain('ago');
    expect(html).toContain('In 5 days');
  });
});

describe('a card that is an ordinary one', () => {
  const payment = { ...PAYMENT, card: { last4: '1881', isHsaFsa: false } };
  const drawn = (element: ReactElement) => renderToStaticMarkup(element).replace(/<[^>]+>/g, '');
  const readiness = readinessInput(SUBSCRIPTION, payment);
  const merchant = { name: 'Alder Health', email: 'care@alderhealth.example' };
  const charge = { ...HELD, state: 'paid', recovery: null, paidAt: NOW } as const;
  const paidBy = { cards: ['1881'], isHsaFsa: false };
  const { today } = SUBSCRIPTION;

  it.each([
    [
      'the next charge',
      createElement(NextChargeAnswer, {
        place: 'overview',
        subscription: SUBSCRIPTION,
        payment,
        readiness,
        offered: [],
      }),
    ],
    ['the charges after it', createElement(NextCharges, { subscription: SUBSCRIPTION, card: payment.card })],
    ['how they pay', createElement(HowYouPay, { payment, paysFor: 1, today })],
    ...(['waits_for_card', 'waits_for_survey', 'card_spent'] as const).map(
      (state) =>
        [
          `an order that ${state}`,
          createElement(HeldAnswer, {
            place: 'subscription',
            subscription: SUBSCRIPTION,
            payment,
            readiness,
            merchant,
            charge: { ...HELD, state },
          }),
        ] as const,
    ),
    ['a paid order', createElement(OrderHistory, { charges: [{ ...charge, paidBy }], today })],
  ] as const)('is not called one of HSA/FSA beside %s', (_, element) => {
    expect(drawn(element)).not.toContain('HSA/FSA card');
  });

  it('is told apart among paid orders: by its end, as not known, and where nothing was charged', () => {
    const rowOf = (facts: Partial<ChargeFacts>) =>
      drawn(createElement(OrderHistory, { charges: [{ ...charge, paidBy, ...facts }], today }));
    expect(rowOf({})).toContain('Card ending 1881');
    expect(rowOf({ paidBy: { cards: ['4417'], isHsaFsa: true } })).toContain('HSA/FSA card ending 4417');
    expect(rowOf({ paidBy: { cards: [], isHsaFsa: false } })).toMatch(/Card(?! ending)/);
    expect(rowOf({ totalCents: 0 })).toContain('No card: nothing was charged');
  });
});
