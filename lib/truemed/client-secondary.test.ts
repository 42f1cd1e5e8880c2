import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTruemed, type TruemedClient } from './client';
import { answer, type Behaviour, error, startTestProvider, type TestProvider } from './test-provider';

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
});
afterAll(() => provider.close());

describe('a qualification session', () => {
  const get = () => truemed.retrieveQualificationSession('qs/1');
  test('is read with everything that there may be', async () => {
    provider.behave(
      answer(200, {
        qualification_session_id: 'qs_1',
        status: 'approved',
        email: 'maya@example.com',
        expires_at: '2027-01-20T15:00:00Z',
        source: 'newsletter',
        user_id: 'cus_1',
        eligible_amount: 48.3,
        fee: '1',
        stripe_invoice_id: 'in_1',
      }),
    );
    expect(await get()).toMatchObject({
      kind: 'found',
      value: {
        id: 'qs_1',
        status: 'approved',
        email: 'maya@example.com',
        eligibleAmount: 48.3,
        fee: null,
        invoice: { id: 'in_1', number: null, paidAt: null },
      },
    });
    expect(provider.seen[0]?.path).toBe('/api/v1/qualification_session/qs%2F1');
  });

  test.each<[string, Behaviour, object]>([
    [
      'a status that we do not know',
      answer(200, { qualification_session_id: 'qs_1', status: 'qualified' }),
      { kind: 'found', value: { status: 'unknown' } },
    ],
    ['no id', answer(200, { status: 'approved' }), { kind: 'unavailable', reason: 'malformed' }],
    ['404', error(404, 'NotFound'), { kind: 'not_found' }],
    ['500', answer(500), { kind: 'unavailable', reason: 'server_error' }],
  ])('with %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await get()).toMatchObject(expected);
  });
});

describe('a catalog item', () => {
  const whole = {
    sku: 'MAG',
    name: 'Magnesium',
    description: 'Tablets',
    eligibility_status: 'not_eligible',
    gtin: '00012345678905',
    image_urls: ['https://shop.example/mag.jpg'],
    url: 'https://shop.example/mag',
    metadata: 'shelf 3',
    product_id: 'prod_1',
    created_at: '2026-01-20T15:00:00Z',
    reviewed_at: null,
  };
  test.each([[whole], [{ object: whole }]])('is read bare and under `object`', async (body) => {
    provider.behave(answer(200, body));
    expect(await truemed.retrieveCatalogItem('MAG')).toEqual({
      kind: 'found',
      value: {
        sku: 'MAG',
        name: 'Magnesium',
        description: 'Tablets',
        eligibility: 'ineligible',
        gtin: '00012345678905',
        imageUrls: ['https://shop.example/mag.jpg'],
        url: 'https://shop.example/mag',
        metadata: 'shelf 3',
        productId: 'prod_1',
        createdAt: '2026-01-20T15:00:00Z',
        reviewedAt: null,
      },
    });
    const [seen] = provider.seen;
    expect([seen?.method, seen?.path, seen?.body.toString()]).toEqual([
      'POST',
      '/api/v1/product_catalog/items/detail',
      '{"sku":"MAG"}',
    ]);
  });

  test('that is not there is not found', async () => {
    provider.behave(error(404, 'NotFound'));
    expect(await truemed.retrieveCatalogItem('MAG')).toEqual({ kind: 'not_found' });
  });
});
