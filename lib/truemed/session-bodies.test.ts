import { describe, expect, test } from 'vitest';
import type { Extras, Line } from '@/lib/core/amounts';
import { localDate } from '@/lib/core/calendar';
import { createCatalogItemBytes, updateCatalogItemBytes, updateQualificationBytes } from './catalog-bodies';
import { type CheckoutKind, captureBytes, checkoutBytes, refundBytes, voidBytes } from './session-bodies';

const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
const maya = { email: 'maya@example.com', name: 'Maya Lindqvist', state: null };
const line: Line = { sku: 'MAG', name: 'Magnesium', quantity: 1, unitPriceCents: 4900 };
const frame = {
  successUrl: 'https://shop.example/done?session={{payment_session_id}}',
  failureUrl: 'https://shop.example/stopped',
  idempotencyKey: 'ord_1',
  metadata: 'ord_1',
};
const extras: Extras = { shippingCents: 500, taxCents: 330, discountCents: 900 };
const checkout = (kind: CheckoutKind, change: Extras = extras, discountSign = -1) =>
  json(checkoutBytes(maya, { lines: [line], extras: change }, kind, frame, { discountSign, embedded: true }));

describe('a checkout', () => {
  test('is the worked example 2 of section 6', () => {
    expect(checkout({ kind: 'payment' })).toEqual({
      total_amount: 4830,
      amount_details: { total_additional_charges: 830, total_discounts: -900 },
      order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
      customer_email: 'maya@example.com',
      customer_name: 'Maya Lindqvist',
      success_url: frame.successUrl,
      failure_url: frame.failureUrl,
      idempotency_key: 'ord_1',
      metadata: 'ord_1',
      kind: 'one_time_payment',
      tokenize: false,
      use_iframe: true,
    });
  });

  test('asks for a token, or for a hold, and never for both', () => {
    expect(checkout({ kind: 'subscription' })).toMatchObject({ kind: 'one_time_payment', tokenize: true });
    expect(checkout({ kind: 'authorization' })).toMatchObject({ kind: 'authorization', tokenize: false });
  });

  const free: Extras = { shippingCents: 0, taxCents: 0, discountCents: 4900 };
  const trial: CheckoutKind = { kind: 'trial', nextBill: { totalCents: 4900, date: localDate('2026-01-15') } };

  test('of a trial costs nothing and tells of its next bill (worked example 3)', () => {
    expect(checkout(trial, free)).toMatchObject({
      total_amount: 0,
      tokenize: true,
      amount_details: { total_discounts: -4900 },
      display_next_bill_info: { total_amount: 4900, date: '2026-01-15' },
    });
    expect(checkout(trial, free, 1)).toMatchObject({ amount_details: { total_discounts: 4900 } });
  });

  test('of a trial that costs something, and of anything else that costs nothing, is never made', () => {
    expect(() => checkout(trial)).toThrow(/sum rule/);
    expect(() => checkout({ kind: 'subscription' }, free)).toThrow(/sum rule/);
    expect(() => checkout({ kind: 'payment' }, free)).toThrow(/sum rule/);
  });
});

describe('what follows a checkout', () => {
  test('is asked for in whole cents', () => {
    expect(json(captureBytes(4830, 'k1'))).toEqual({ total_amount: 4830, idempotency_key: 'k1' });
    expect(json(voidBytes('k2'))).toEqual({ idempotency_key: 'k2' });
    expect(json(refundBytes({ sessionId: 'ps_1', amountCents: 100, reason: 'customer_request' }, 'k3'))).toEqual({
      payment_id: 'ps_1',
      amount: 100,
      idempotency_key: 'k3',
      reason: 'customer_request',
    });
  });

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is never asked for %d cents', (cents) => {
    expect(() => captureBytes(cents, 'k1')).toThrow(/whole number of cents/);
    expect(() => refundBytes({ sessionId: 'ps_1', amountCents: cents, reason: 'fraudulent' }, 'k1')).toThrow();
  });
});

test('an update of a qualification session sends what is given and no more', () => {
  expect(json(updateQualificationBytes({}, 'k1'))).toEqual({ idempotency_key: 'k1' });
  const whole = {
    userId: 'cus_1',
    metadata: { order: 7 },
    successUrl: 'https://a.example',
    failureUrl: 'https://b.example',
  };
  expect(json(updateQualificationBytes(whole, 'k1'))).toEqual({
    idempotency_key: 'k1',
    user_id: 'cus_1',
    metadata: '{"order":7}',
    success_url: 'https://a.example',
    failure_url: 'https://b.example',
  });
});

test('catalog items are sent in the words of the wire', () => {
  expect(json(createCatalogItemBytes({ sku: 'MAG', name: 'Magnesium' }))).toEqual({ sku: 'MAG', name: 'Magnesium' });
  const item = { sku: 'MAG', name: 'Magnesium', description: '', image_urls: [], url: 'https://shop.example/mag' };
  expect(json(updateCatalogItemBytes(item))).toEqual(item);
});
