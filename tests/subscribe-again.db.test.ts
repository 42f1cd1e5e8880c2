import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Id } from '@/lib/core/id';
import { requireBuyer } from '@/lib/core/principal';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeSwitches } from '@/lib/services/change-switches';
import { withdrawPlan } from '@/lib/services/offer-plan';
import { checkoutOffer } from '@/lib/views/checkout-offer';
import { checkoutPage, subscribeAgain } from '@/lib/views/checkout-page';
import { atTruemed } from './at-truemed';
import { checkoutShop } from './checkout-shop';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const shop = checkoutShop(() => world);

async function aCanceled() {
  const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
  const { checkoutId, redirectUrl } = await shop.order(ada, plan, { quantity: 2 });
  await atTruemed(redirectUrl).completes();
  await world.settle();
  const buyer = await shop.asCustomer(ada);
  const ctx = await world.as(buyer.principal);
  const { subscriptions } = await shop.recordsOf(ada);
  const subscriptionId: Id<'subscription'> = subscriptions[0]?.id ?? 'sub_none';
  expect(await subscribeAgain(ctx, { subscriptionId })).toEqual({ kind: 'running' });
  await cancelSubscription(ctx, { subscriptionId, when: 'now' });
  return { ada: buyer, plan, ctx, subscriptionId, checkoutId };
}

describe('a canceled subscription', () => {
  it('is taken up as it was while its card is kept, and ordered anew once it is gone', async () => {
    const { ada, plan, ctx, subscriptionId } = await aCanceled();
    expect(await subscribeAgain(ctx, { subscriptionId })).toEqual({ kind: 'start_again' });
    await world.runtime.db
      .update(paymentTokens)
      .set({ status: 'revoked' })
      .where(eq(paymentTokens.customerId, ada.customerId));
    expect(await subscribeAgain(ctx, { subscriptionId })).toEqual({
      kind: 'order',
      planId: plan.id,
      quantity: 2,
      interval: { unit: 'month', count: 1 },
    });
    await withdrawPlan(await world.as(world.aStaffMember()), { sku: plan.sku });
    expect(await subscribeAgain(ctx, { subscriptionId })).toEqual({ kind: 'not_offered' });
  });
});

describe('a canceled subscription that customers may not start again by themselves', () => {
  it('is ordered anew, so that no page leads to what is switched off', async () => {
    const { plan, ctx, subscriptionId } = await aCanceled();
    const staff = await world.as(world.aStaffMember());
    expect(await changeSwitches(staff, { version: 0, switchedOff: ['reactivate'] })).toMatchObject({ ok: true });
    expect(await subscribeAgain(ctx, { subscriptionId })).toMatchObject({ kind: 'order', planId: plan.id });
    expect(await changeSwitches(staff, { version: 1, switchedOff: [] })).toMatchObject({ ok: true });
    expect(await subscribeAgain(ctx, { subscriptionId })).toEqual({ kind: 'start_again' });
  });
});

describe('a canceled subscription that had an address of its own', () => {
  it('keeps it where it is ordered anew, and is nobody else’s to see', async () => {
    const { ada, plan, ctx, subscriptionId } = await aCanceled();
    const own = { line1: '4 Alder Way', line2: '', city: 'Salem', state: 'OR', postalCode: '97301' };
    const { db } = world.runtime;
    await db.update(subscriptions).set({ address: own }).where(eq(subscriptions.id, subscriptionId));
    const sentTo = async (as: typeof ctx, again: Id<'subscription'> | null) =>
      (await checkoutOffer(as, { planId: plan.id, wanted: null, buyer: requireBuyer(as.principal), again }))?.buyer
        ?.sendTo?.line1;
    expect(await sentTo(ctx, null)).toBe('12 Elm Street');
    expect(await sentTo(ctx, subscriptionId)).toBe('4 Alder Way');
    const maya = await world.aSubscriber();
    expect(await sentTo(await world.as(maya.principal), subscriptionId)).toBe('');
    await db.update(subscriptions).set({ address: null }).where(eq(subscriptions.id, subscriptionId));
    expect(await sentTo(await world.as(ada.principal), subscriptionId)).toBe('12 Elm Street');
  });
});

describe('what the checkout shows', () => {
  it('is what then happens: lines, total, dates, and who orders with which card', async () => {
    const { ada, plan, checkoutId, ctx } = await aCanceled();
    const principal = ada.principal.kind === 'customer' ? ada.principal : null;
    const wanted = { quantity: 2, interval: { unit: 'month', count: 1 } } as const;
    const offer = await checkoutOffer(ctx, { planId: plan.id, wanted, buyer: principal });
    expect(offer?.buyer).toMatchObject({
      email: ada.email,
      name: 'Ada Park',
      sendTo: { line1: '12 Elm Street', state: 'CA' },
      card: { last4: '4417' },
    });
    expect(offer?.preview?.terms).toMatchObject({ dueNowCents: 4495 });
    expect(offer?.preview?.consent.text).toContain('charges my card at Truemed $44.95 now');
    const { invoices, subscriptions } = await shop.recordsOf(ada);
    expect(invoices[0]?.totalCents).toBe(offer?.preview?.terms.dueNowCents);
    expect(subscriptions[0]?.nextChargeOn).toBe(offer?.preview?.terms.nextCharges[0]);
    expect(await checkoutPage(ctx, { checkoutId })).toMatchObject({ state: 'Paid', totalCents: 4495, quantity: 2 });
  });

  it('knows nobody who is signed out, and nothing that is not offered so', async () => {
    const [plan, ctx] = [await shop.aPlan(), await world.system()];
    const ask = (quantity: number, count: number) =>
      checkoutOffer(ctx, { planId: plan.id, wanted: { quantity, interval: { unit: 'month', count } }, buyer: null });
    expect(await ask(1, 2)).toMatchObject({ buyer: null, preview: { wanted: { quantity: 1 } } });
    for (const [quantity, count] of [
      [0, 1],
      [100, 1],
      [1, 3],
    ] as const)
      expect((await ask(quantity, count))?.preview).toBeNull();
  });
});
