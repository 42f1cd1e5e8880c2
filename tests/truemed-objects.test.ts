import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { createCatalogItemBytes, updateCatalogItemBytes, updateQualificationBytes } from '@/lib/truemed/catalog-bodies';
import type { TruemedClient } from '@/lib/truemed/client';
import { readWholeList } from '@/lib/truemed/pages';
import { captureBytes, refundBytes, voidBytes } from '@/lib/truemed/session-bodies';
import { checkout, line, openShop, renewal, type Shop } from './shop-at-truemed';

let shop: Shop;
let truemed: TruemedClient;

beforeAll(async () => {
  shop = await openShop();
  truemed = shop.truemed;
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

describe('payment sessions', () => {
  test('a checkout is opened, paid, and read again', async () => {
    const id = await shop.paid('first', { kind: 'subscription' });
    const found = await truemed.retrievePaymentSession(id);
    expect(found).toMatchObject({
      kind: 'found',
      value: {
        id,
        status: 'captured',
        knownStatus: 'captured',
        statusSummary: 'Captured',
        kind: 'one_time_payment',
        totalCents: 4830,
        authorizedCents: 4830,
        capturedCents: 4830,
        metadata: 'meta-first',
        customerEmail: 'first@example.com',
        customerName: 'Ada Park',
        paymentToken: expect.stringMatching(/^pt_/),
        items: [{ sku: 'MAG', name: 'Magnesium', quantity: 1, priceCents: 4900 }],
        refunds: [],
      },
    });
  });

  test('a trial costs nothing, a hold is authorized, and both are told apart', async () => {
    const free = { lines: [line], extras: { shippingCents: 0, taxCents: 0, discountCents: 4900 } };
    const nextBill = { totalCents: 4900, date: localDate('2030-01-15') };
    const trial = await truemed.createCheckout(checkout('trial', { kind: 'trial', nextBill }, free));
    expect(trial).toMatchObject({ kind: 'done', value: { redirectUrl: expect.stringContaining('/checkout/') } });
    const held = await truemed.retrievePaymentSession(await shop.paid('hold', { kind: 'authorization' }));
    expect(held).toMatchObject({ value: { knownStatus: 'authorized', kind: 'authorization', capturedCents: null } });
  });

  test('a key has one checkout, and another body is refused for it', async () => {
    const first = await truemed.createCheckout(checkout('once'));
    expect(await truemed.createCheckout(checkout('once'))).toEqual(first);
    expect(await truemed.createCheckout(checkout('once', { kind: 'subscription' }))).toMatchObject({
      kind: 'refused',
      reason: 'idempotency_violation',
    });
  });

  test.each([
    [{ paymentsEnabled: false }, 'feature_not_enabled'],
    [{ discountSign: 1 }, 'amount_invalid'],
  ] as const)('a checkout where %j is refused as %s', async (switches, reason) => {
    await shop.sandbox.control.setSwitches(switches);
    expect(await truemed.createCheckout(checkout('k1'))).toMatchObject({ kind: 'refused', reason });
  });

  test('an unattended charge is accepted; a 422 says what to do; a deleted token is gone', async () => {
    expect(await truemed.createPaymentSession(renewal('k1'))).toMatchObject({ kind: 'accepted' });
    await shop.sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
    expect(await truemed.createPaymentSession(renewal('k2'))).toMatchObject({
      kind: 'action_required',
      action: 'update_payment_method',
      sessionId: expect.any(String),
    });
    await shop.sandbox.control.setSwitches({ includeIdIn422: false });
    expect(await truemed.createPaymentSession(renewal('k3'))).toMatchObject({ sessionId: null });
    expect(await truemed.deletePaymentToken('pt_ada')).toEqual({ kind: 'done', value: 'deleted' });
    expect(await truemed.deletePaymentToken('pt_ada')).toMatchObject({ kind: 'refused', reason: 'not_found' });
    expect(await truemed.createPaymentSession(renewal('k4'))).toMatchObject({ kind: 'token_not_found' });
  });

  test('a pending checkout is cancelled, a captured one is not', async () => {
    const opened = await truemed.createCheckout(checkout('k1'));
    if (opened.kind !== 'done') throw new Error('It was not opened.');
    expect(await truemed.cancelPaymentSession(opened.value.sessionId)).toEqual({ kind: 'canceled' });
    const id = await shop.paid('k2', { kind: 'payment' });
    expect(await truemed.cancelPaymentSession(id)).toEqual({ kind: 'refused', code: 'SessionCaptured' });
  });
});

describe('holds and refunds', () => {
  const held = () => shop.paid('hold', { kind: 'authorization' });
  const refund = (sessionId: string, amountCents: number, key: string) =>
    truemed.createRefund(refundBytes({ sessionId, amountCents, reason: 'customer_request' }, key));

  test('a hold is captured in part, once, and refunded in parts', async () => {
    const id = await held();
    expect(await truemed.retrievePaymentSession(id)).toMatchObject({
      value: { knownStatus: 'authorized', authorizedCents: 4830, capturedCents: null },
    });
    expect(await truemed.capturePaymentSession(id, captureBytes(4831, 'c0'))).toMatchObject({
      reason: 'amount_invalid',
    });
    const first = await truemed.capturePaymentSession(id, captureBytes(4000, 'c1'));
    expect(first).toMatchObject({ kind: 'done', value: { captureId: expect.any(String) } });
    expect(await truemed.capturePaymentSession(id, captureBytes(4000, 'c1'))).toEqual(first);
    expect(await truemed.capturePaymentSession(id, captureBytes(4000, 'c2'))).toMatchObject({
      reason: 'session_captured',
    });
    expect(await truemed.voidPaymentSession(id, voidBytes('v1'))).toMatchObject({ reason: 'session_captured' });
    expect(await refund(id, 1000, 'r1')).toMatchObject({ kind: 'done', value: { refundId: expect.any(String) } });
    expect(await refund(id, 3001, 'r2')).toMatchObject({ kind: 'refused', reason: 'amount_invalid' });
    expect(await truemed.retrievePaymentSession(id)).toMatchObject({
      value: {
        knownStatus: 'captured',
        statusSummary: 'Partially Refunded',
        capturedCents: 4000,
        refunds: { length: 1 },
      },
    });
  });

  test('a hold is released, and then neither captured nor released again', async () => {
    const id = await held();
    expect(await truemed.voidPaymentSession(id, voidBytes('v1'))).toMatchObject({ kind: 'done' });
    expect(await truemed.voidPaymentSession(id, voidBytes('v2'))).toMatchObject({ reason: 'session_voided' });
    expect(await truemed.capturePaymentSession(id, captureBytes(100, 'c1'))).toMatchObject({
      reason: 'session_voided',
    });
    expect(await refund(id, 100, 'r1')).toMatchObject({ reason: 'nothing_captured' });
  });

  test('what is no hold, has not been paid, or never was, is told apart', async () => {
    const paid = await shop.paid('paid', { kind: 'payment' });
    expect(await truemed.voidPaymentSession(paid, voidBytes('v1'))).toMatchObject({
      reason: expect.stringMatching(/^(immediate_capture|session_captured)$/),
    });
    const opened = await truemed.createCheckout(checkout('open', { kind: 'authorization' }));
    if (opened.kind !== 'done') throw new Error('It was not opened.');
    const { sessionId } = opened.value;
    expect(await truemed.capturePaymentSession(sessionId, captureBytes(1, 'c1'))).toMatchObject({
      reason: 'session_pending',
    });
    expect(await truemed.voidPaymentSession(sessionId, voidBytes('v2'))).toMatchObject({ reason: 'session_pending' });
    expect(await refund('none', 1, 'r1')).toMatchObject({ kind: 'refused', reason: 'not_found' });
    const disputed = await shop.paid('ada+disputed', { kind: 'payment' });
    expect(await refund(disputed, 1, 'r2')).toMatchObject({ reason: 'charge_disputed' });
  });
});

describe('payment tokens', () => {
  test('are listed whole, page by page', async () => {
    for (let index = 0; index < 7; index += 1) {
      await shop.sandbox.control.seedToken({ email: `m${index}@example.com`, name: 'M' });
    }
    const whole = await readWholeList((page) => truemed.listPaymentTokenPage({ page, pageSize: 3 }));
    expect(whole).toMatchObject({ kind: 'found', value: { length: 8 } });
    expect(await readWholeList((page) => truemed.listPaymentTokenPage({ page, pageSize: 3 }), 2)).toMatchObject({
      kind: 'cut_off',
      value: { length: 6 },
    });
    expect(await truemed.listPaymentTokenPage({ email: 'm3@' })).toMatchObject({ value: { count: 1, lastPage: 1 } });
    expect(await truemed.listPaymentTokenPage({ lmnExpiresBefore: 'soon' })).toMatchObject({
      kind: 'refused',
      code: 'ValidationError',
    });
  });
});

describe('qualification sessions', () => {
  test('are retrieved, listed and updated', async () => {
    const id = await shop.qualifying('source=newsletter');
    const change = updateQualificationBytes({ userId: 'cus_1', metadata: { order: 7 } }, 'k1');
    const updated = { kind: 'done', value: { id, status: 'pending' } };
    expect(await truemed.updateQualificationSession(id, change)).toEqual(updated);
    expect(await truemed.updateQualificationSession(id, change)).toEqual(updated);
    const other = updateQualificationBytes({ userId: 'cus_2' }, 'k2');
    expect(await truemed.updateQualificationSession(id, other)).toMatchObject({ reason: 'user_id_already_set' });
    const clash = updateQualificationBytes({ metadata: {} }, 'k1');
    expect(await truemed.updateQualificationSession(id, clash)).toMatchObject({ reason: 'invalid_value' });
    await shop.qualify(id);
    const value = { id, status: 'approved', userId: 'cus_1', source: 'newsletter', email: 'ada@example.com' };
    expect(await truemed.retrieveQualificationSession(id)).toMatchObject({ kind: 'found', value });
    expect(
      await truemed.listQualificationSessionPage({ status: ['approved', 'rejected'], userId: 'cus_1', search: 'ada' }),
    ).toMatchObject({ kind: 'found', value: { items: [value], count: 1 } });
    expect(await truemed.retrieveQualificationSession('qs_none')).toEqual({ kind: 'not_found' });
  });

  test('are read in the older form too', async () => {
    await shop.sandbox.control.setSwitches({ qualificationFields: 'first' });
    const id = await shop.qualifying();
    expect(await truemed.retrieveQualificationSession(id)).toMatchObject({
      value: { status: 'pending', createdAt: null },
    });
  });
});

describe('the catalog', () => {
  const item = createCatalogItemBytes({ sku: 'MAG', name: 'Magnesium', gtin: '00012345678905' });

  test.each([
    {},
    { ineligibleWord: 'not_eligible', eligibilityField: 'eligibility_status' },
    { catalogItemInObject: true },
  ] as const)('is created, classified, updated and listed, with %j', async (switches) => {
    await shop.sandbox.control.setSwitches(switches);
    expect(await truemed.createCatalogItem(item)).toEqual({ kind: 'done', value: 'created' });
    expect(await truemed.createCatalogItem(item)).toMatchObject({ kind: 'refused', reason: 'duplicate_sku' });
    expect(await truemed.retrieveCatalogItem('MAG')).toMatchObject({
      value: { eligibility: null, gtin: '00012345678905' },
    });
    await shop.sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'ineligible' });
    expect(await truemed.retrieveCatalogItem('MAG')).toMatchObject({ value: { eligibility: 'ineligible' } });
    expect(await truemed.checkCheckoutMethod([{ sku: 'MAG' }])).toMatchObject({ value: { showTruemed: false } });
    expect(await truemed.listCatalogItemPage({ eligibility: 'ineligible' })).toMatchObject({ value: { count: 1 } });
    await shop.sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'eligible_with_lmn' });
    expect(await truemed.checkCheckoutMethod([{ sku: 'MAG' }])).toMatchObject({ value: { showTruemed: true } });
    const change = { sku: 'MAG', name: 'Zinc', description: '', image_urls: [], url: 'https://shop.example/zinc' };
    expect(await truemed.updateCatalogItem(updateCatalogItemBytes(change))).toEqual({ kind: 'done', value: 'updated' });
    expect(await truemed.retrieveCatalogItem('MAG')).toMatchObject({ kind: 'found', value: { name: 'Zinc' } });
    expect(await truemed.retrieveCatalogItem('NONE')).toEqual({ kind: 'not_found' });
    const unknown = updateCatalogItemBytes({ ...change, sku: 'NONE' });
    expect(await truemed.updateCatalogItem(unknown)).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });
});
