import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCatalogItemBytes } from '@/lib/truemed/catalog-bodies';
import type { TruemedClient } from '@/lib/truemed/client';
import { readSignedHead, readUnsignedType } from '@/lib/truemed/events';
import { readNotice, type TruemedNotice } from '@/lib/truemed/notices';
import { SIGNATURE_HEADER, verifySignature } from '@/lib/truemed/signature';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import { openShop, type Shop } from './shop-at-truemed';

let shop: Shop;
let truemed: TruemedClient;

beforeAll(async () => {
  shop = await openShop();
  truemed = shop.truemed;
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** What the endpoint was told, read as the receiver of a shop reads it. */
async function notices(isSigned: boolean): Promise<TruemedNotice[]> {
  await shop.sandbox.control.settle();
  const now = new Date((await shop.sandbox.control.clock()).now);
  return shop.receiver.received.map(({ headers, body }) => {
    const bytes = Buffer.from(body);
    if (!isSigned) return readNotice(readUnsignedType(bytes) ?? '', false, bytes);
    const header = String(headers[SIGNATURE_HEADER]);
    expect(verifySignature(header, bytes, [DEFAULT_OPTIONS.signingSecret], now).ok).toBe(true);
    return readNotice(readSignedHead(bytes)?.eventType ?? '', true, bytes);
  });
}

describe('events of all four kinds', () => {
  test.each([
    {},
    { signedWebhooks: false },
    {
      tokenEventName: 'payment_token_callback',
      qualificationEventName: 'qualification_session_complete',
      catalogEventNested: true,
      ineligibleWord: 'not_eligible',
      sessionIdFieldInWebhook: 'payment_session_id',
    },
    { signedWebhooks: false, ineligibleWord: 'not_eligible', sessionIdFieldInWebhook: 'id' },
  ] as const)('are read with %j', async (switches) => {
    await shop.sandbox.control.setSwitches(switches);
    const sessionId = await shop.paid('first', { kind: 'subscription' });
    const qualification = await shop.qualifying();
    await shop.qualify(qualification);
    await truemed.createCatalogItem(createCatalogItemBytes({ sku: 'MAG', name: 'Magnesium' }));
    await shop.sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'ineligible' });
    const told = await notices(!('signedWebhooks' in switches));
    const session = (status: string) => ({ kind: 'session', sessionId, metadata: 'meta-first', status });
    expect(told).toHaveLength(5);
    expect(told).toEqual(
      expect.arrayContaining([
        session('processing'),
        session('captured'),
        expect.objectContaining({ kind: 'token', paymentSessionId: sessionId, metadata: 'meta-first' }),
        expect.objectContaining({
          kind: 'qualification',
          qualificationSessionId: qualification,
          status: 'approved',
          email: 'ada@example.com',
          userId: 'cus_1',
          source: 'newsletter',
        }),
        {
          kind: 'catalog_item',
          item: {
            sku: 'MAG',
            name: 'Magnesium',
            eligibility: 'ineligible',
            createdAt: expect.any(String),
            reviewedAt: expect.any(String),
          },
        },
      ]),
    );
  });
});
