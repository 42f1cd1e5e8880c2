import { describe, expect, test } from 'vitest';
import { PaymentTokenReply } from './schemas';
import { readToken, type TokenDetails } from './token-details';

/** A token as it comes over the wire: parsed leniently, then read. */
const read = (reply: object): TokenDetails =>
  readToken(PaymentTokenReply.parse({ payment_token: 'tok_live_1', ...reply }));
const card = (method: object) => read({ payment_methods: [method] }).cards[0];

test('a whole token is read', () => {
  expect(
    read({
      created_at: '2026-01-20T15:00:00Z',
      customer_email: 'maya@example.com',
      customer_name: 'Maya Lindqvist',
      lmn_expires_at: '2026-09-14T23:59:59.000Z',
      payment_methods: [
        { last4: '4242', exp_month: 11, exp_year: 2028, brand: 'visa', type: 'hsa_fsa' },
        { last4: '0005', exp_month: 1, exp_year: 2030, brand: 'amex', type: 'card' },
      ],
      something_new: { deep: true },
    }),
  ).toEqual({
    paymentToken: 'tok_live_1',
    email: 'maya@example.com',
    name: 'Maya Lindqvist',
    createdAt: '2026-01-20T15:00:00Z',
    letterExpiresOn: '2026-09-14',
    cards: [
      { last4: '4242', expires: '2028-11', brand: 'visa', isHsaFsa: true },
      { last4: '0005', expires: '2030-01', brand: 'amex', isHsaFsa: false },
    ],
  });
});

test.each([{}, { customer_email: null, customer_name: null, lmn_expires_at: null, payment_methods: null }])(
  'a bare token is a token: %j',
  (reply) => {
    expect(read(reply)).toEqual({
      paymentToken: 'tok_live_1',
      email: null,
      name: null,
      createdAt: null,
      letterExpiresOn: null,
      cards: [],
    });
  },
);

test.each([
  ['2026-09-14', '2026-09-14'],
  ['2026-09-14T00:00:00Z', '2026-09-14'],
  ['2026-02-30T00:00:00Z', null],
  ['14 September 2026', null],
  ['', null],
])('a letter that ends on %j ends on %s', (text, day) => {
  expect(read({ lmn_expires_at: text }).letterExpiresOn).toBe(day);
});

describe('a card', () => {
  test.each<[string, object, string | null]>([
    ['numbers', { exp_month: 1, exp_year: 2027 }, '2027-01'],
    ['text', { exp_month: '01', exp_year: '2027' }, '2027-01'],
    ['no month', { exp_year: 2027 }, null],
    ['no year', { exp_month: 1, exp_year: null }, null],
    ['a month 13', { exp_month: 13, exp_year: 2027 }, null],
    ['a month 0', { exp_month: 0, exp_year: 2027 }, null],
    ['a year of two digits', { exp_month: 1, exp_year: 27 }, null],
    ['half a month', { exp_month: 1.5, exp_year: 2027 }, null],
    ['words', { exp_month: 'January', exp_year: 'next' }, null],
    ['an empty text', { exp_month: '', exp_year: '' }, null],
    ['an object', { exp_month: { value: 1 }, exp_year: [2027] }, null],
  ])('whose expiry is %s', (_, method, expires) => {
    expect(card(method)?.expires ?? null).toBe(expires);
  });

  test.each<[string, unknown, string | null]>([
    ['four digits', '0042', '0042'],
    ['three digits', '042', null],
    ['a whole number', '4242424242424242', null],
    ['letters', 'x242', null],
    ['null', null, null],
    ['a number, not text', 4242, null],
    ['an object', { digits: '4242' }, null],
  ])('of which %s is known', (_, last4, shown) => {
    expect(card({ last4, exp_month: 1, exp_year: 2027 })).toEqual({
      last4: shown,
      expires: '2027-01',
      brand: null,
      isHsaFsa: false,
    });
  });

  test.each<[string, object]>([
    ['brand', { brand: { name: 'visa' } }],
    ['type', { type: 7 }],
  ])('whose %s has another shape is still a card', (_, method) => {
    expect(card({ last4: '4242', ...method })).toEqual({ last4: '4242', expires: null, brand: null, isHsaFsa: false });
  });

  test('of an overlong brand is cut', () => {
    expect(card({ brand: 'v'.repeat(1000) })?.brand).toHaveLength(40);
  });
});
