import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateTokenBytes } from '@/lib/truemed/bodies';
import { createCatalogItemBytes, updateCatalogItemBytes, updateQualificationBytes } from '@/lib/truemed/catalog-bodies';
import { openTruemed, type TruemedClient } from '@/lib/truemed/client';
import { captureBytes, refundBytes, voidBytes } from '@/lib/truemed/session-bodies';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import { checkout, frame, line, newToken, openShop, renewal, type Shop } from './shop-at-truemed';

let shop: Shop;
let truemed: TruemedClient;

beforeAll(async () => {
  shop = await openShop();
  truemed = shop.truemed;
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const RANGE = { startDate: '2026-01-01', endDate: '2026-12-31' };
/** Every call that there is. */
const CALLS: Record<keyof TruemedClient, (client: TruemedClient) => Promise<{ kind: string; reason?: string }>> = {
  createPaymentSession: (client) => client.createPaymentSession(renewal('k1')),
  createCheckout: (client) => client.createCheckout(checkout('k2')),
  retrievePaymentSession: (client) => client.retrievePaymentSession('none'),
  listPaymentSessionPage: (client) => client.listPaymentSessionPage(),
  capturePaymentSession: (client) => client.capturePaymentSession('none', captureBytes(100, 'k3')),
  voidPaymentSession: (client) => client.voidPaymentSession('none', voidBytes('k4')),
  cancelPaymentSession: (client) => client.cancelPaymentSession('none'),
  createRefund: (client) =>
    client.createRefund(refundBytes({ sessionId: 'none', amountCents: 1, reason: 'customer_request' }, 'k5')),
  createPaymentToken: (client) => client.createPaymentToken(newToken('k6')),
  updatePaymentToken: (client) =>
    client.updatePaymentToken('pt_ada', updateTokenBytes([line], true, frame('k7'), false)),
  retrieveProvisionRequest: (client) => client.retrieveProvisionRequest('none'),
  retrievePaymentToken: (client) => client.retrievePaymentToken('pt_ada'),
  listPaymentTokens: (client) => client.listPaymentTokens('ada'),
  listPaymentTokenPage: (client) => client.listPaymentTokenPage(),
  deletePaymentToken: (client) => client.deletePaymentToken('none'),
  retrieveQualificationSession: (client) => client.retrieveQualificationSession('none'),
  listQualificationSessionPage: (client) => client.listQualificationSessionPage(),
  updateQualificationSession: (client) => client.updateQualificationSession('none', updateQualificationBytes({}, 'k8')),
  listCatalogItemPage: (client) => client.listCatalogItemPage(),
  createCatalogItem: (client) => client.createCatalogItem(createCatalogItemBytes({ sku: 'A', name: 'A' })),
  updateCatalogItem: (client) =>
    client.updateCatalogItem(
      updateCatalogItemBytes({ sku: 'A', name: 'A', description: '', image_urls: [], url: 'https://shop.example/a' }),
    ),
  retrieveCatalogItem: (client) => client.retrieveCatalogItem('A'),
  checkCheckoutMethod: (client) => client.checkCheckoutMethod([{ sku: 'A' }]),
  listTransactionPage: (client) => client.listTransactionPage(RANGE),
  listPayoutPage: (client) => client.listPayoutPage(RANGE),
};
const EVERY = Object.entries(CALLS);
const VERY_BAD = ['unknown', 'unavailable'];

describe('every call', () => {
  test.each(EVERY)('%s is answered in a form that the client knows', async (_, call) => {
    const outcome = await call(truemed);
    expect(VERY_BAD).not.toContain(outcome.kind);
  });

  test.each(EVERY)('%s with a wrong key is unauthorized, and nothing else', async (_, call) => {
    const stranger = openTruemed({ apiUrl: shop.sandbox.url, apiKey: 'not-the-key' });
    expect(await call(stranger)).toMatchObject({ reason: 'unauthorized' });
  });

  test.each([
    ['500', 'server_error'],
    ['ServerError', 'server_error'],
    ['429', 'rate_limited'],
    ['reset_before', 'network'],
    ['reset_after', 'network'],
    ['not_json', 'server_error'],
  ] as const)('that meets %s ends with %s', async (fault, reason) => {
    await shop.sandbox.control.addFault({ fault, times: EVERY.length });
    const outcomes = await Promise.all(EVERY.map(async ([name, call]) => [name, await call(truemed)] as const));
    const others = outcomes.filter(([, outcome]) => !VERY_BAD.includes(outcome.kind) || outcome.reason !== reason);
    expect(others).toEqual([]);
  });

  test('that meets a slow server ends with a time-out', async () => {
    const impatient = openTruemed({ apiUrl: shop.sandbox.url, apiKey: DEFAULT_OPTIONS.apiKey, timeoutMs: 150 });
    await shop.sandbox.control.addFault({ fault: 'hang', when: 'before', ms: 1000, times: EVERY.length });
    const outcomes = await Promise.all(EVERY.map(([, call]) => call(impatient)));
    expect(outcomes.filter(({ reason }) => reason !== 'timeout')).toEqual([]);
  });

  test('takes fields that it does not know', async () => {
    await shop.sandbox.control.addFault({ fault: 'extra_fields', times: EVERY.length });
    const outcomes = await Promise.all(EVERY.map(async ([name, call]) => [name, await call(truemed)] as const));
    expect(outcomes.filter(([, { kind }]) => VERY_BAD.includes(kind))).toEqual([]);
  });

  test('with a limit says when to come back', async () => {
    await shop.sandbox.control.addFault({ fault: '429', retry_after_seconds: 120 });
    expect(await truemed.createCheckout(checkout('k1'))).toEqual({
      kind: 'unknown',
      reason: 'rate_limited',
      retryAfterSeconds: 120,
    });
  });
});
