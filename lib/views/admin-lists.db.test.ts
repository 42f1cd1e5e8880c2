import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkKnownToken } from '@/lib/services/link-known-token';
import { aRole, aStaffShop, type StaffShop } from '@/tests/staff-shop';
import * as charges from './admin-charges';
import * as provisioning from './admin-provisioning';
import type * as rows from './admin-subscription-rows';
import * as subscriptionPages from './admin-subscriptions';

let shop: StaffShop;
beforeAll(async () => {
  shop = await aStaffShop();
});
afterAll(() => shop.world.close());

describe('lists', () => {
  it('of subscriptions show each once, our soonest charge first, over all their pages', async () => {
    for (let index = 0; index < 60; index += 1) {
      const paymentToken = index % 2 === 0 ? `pt_list_${index}` : undefined;
      const nextChargeOn = `2027-03-${String((index % 20) + 1).padStart(2, '0')}`;
      await shop.world.aSubscriber({ nextChargeOn, ...(paymentToken ? { paymentToken } : {}) });
    }
    const ctx = await shop.staff();
    const seen: rows.StaffSubscription[] = [];
    let after: string | undefined;
    do {
      const page = await subscriptionPages.subscriptionList(ctx, { after });
      seen.push(...page.rows);
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen.length).toBeGreaterThan(60);
    expect(new Set(seen.map((row) => row.id)).size).toBe(seen.length);
    const order = seen.map((row) => row.nextChargeAt?.getTime() ?? Number.POSITIVE_INFINITY);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('of subscriptions are narrowed by part of a name or e-mail, by an id, and take a percent sign as it is', async () => {
    const ctx = await shop.staff();
    const found = async (text: string) =>
      (await subscriptionPages.subscriptionList(ctx, { text })).rows.map((row) => row.id);
    expect(await found(shop.held.email.toUpperCase().slice(0, 20))).toEqual([shop.held.subscriptionId]);
    expect(await found(shop.held.subscriptionId)).toEqual([shop.held.subscriptionId]);
    expect((await found('OKAF')).length).toBeGreaterThan(1);
    expect(await found('%')).toEqual([]);
    const external = (await subscriptionPages.subscriptionList(ctx, { billing: 'external' })).rows;
    expect(external.every((row) => row.billingMethod === 'external')).toBe(true);
  });

  it('take an address that somebody made up for the first page', async () => {
    const ctx = await shop.staff();
    for (const after of ['x', '1~2~3~4', "1~2027-01-01~sub_'; drop", '~~', '99999999999999999~2027-01-01~sub_1']) {
      expect((await subscriptionPages.subscriptionList(ctx, { after })).rows.length).toBe(50);
      expect((await charges.chargeList(ctx, { after })).rows.length).toBeGreaterThan(0);
    }
  });

  it('of charges are narrowed to what became of them', async () => {
    const ctx = await shop.staff();
    const captured = await charges.chargeList(ctx, { filter: 'captured' });
    expect(captured.rows.every((row) => row.status === 'captured')).toBe(true);
    expect(captured.rows.map((row) => row.subscriptionId)).toContain(shop.renewed.subscriptionId);
    const needed = await charges.chargeList(ctx, { filter: 'action_required' });
    expect(needed.rows.map((row) => row.subscriptionId)).toEqual([shop.held.subscriptionId]);
  });
});

describe('a token that Truemed has and we do not know', () => {
  it('is shown masked, named by its keyed hash, and linked by that', async () => {
    const who = await shop.world.aSubscriber();
    await shop.world.truemed.seedToken({ email: who.email, name: 'Maya Okafor', payment_token: 'pt_canary_known' });
    const id = await shop.move(who);
    expect(await shop.taskOf('token_known_to_truemed')).toMatchObject({ count: 1, first: { id } });
    const page = await provisioning.provisionPage(await shop.staff(), { requestId: id });
    if (page.known === null || page.known === 'no_answer') throw new Error('Truemed listed nothing.');
    expect(JSON.stringify(page)).not.toContain('pt_canary');
    expect(page.known).toMatchObject([{ email: who.email, belongsTo: 'nobody', cards: [{ isHsaFsa: true }] }]);
    const tokenLookup = page.known[0]?.lookup ?? '';
    expect(await linkKnownToken(await shop.staff(), { requestId: id, email: who.email, tokenLookup })).toEqual({
      ok: true,
    });
    const after = await provisioning.provisionPage(await shop.staff(), { requestId: id });
    expect(after).toMatchObject({ known: null, request: { state: 'Connected' } });
  });

  it('is not even listed for those who may not link it, and a provider that is out is said to be', async () => {
    const who = await shop.world.aSubscriber();
    await shop.world.truemed.seedToken({ email: who.email, name: 'Maya Okafor', payment_token: 'pt_canary_unlinked' });
    const id = await shop.move(who);
    const asViewer = await provisioning.provisionPage(await shop.world.as(aRole('viewer')), { requestId: id });
    expect(asViewer.known).toBeNull();
    await shop.world.truemed.addFault({ match: { operation: 'listPaymentTokens' }, times: 1, fault: '500' });
    expect((await provisioning.provisionPage(await shop.staff(), { requestId: id })).known).toBe('no_answer');
  });
});
