import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customers } from '@/db/schema/people';
import { requireBuyer } from '@/lib/core/principal';
import { deleteAccount } from '@/lib/services/delete-account';
import { addressPage } from '@/lib/views/addresses';
import { checkoutOffer } from '@/lib/views/checkout-offer';
import { atTruemed } from './at-truemed';
import { type Buyer, checkoutShop } from './checkout-shop';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const shop = checkoutShop(() => world);

const HOME = { line1: '12 Elm Street', line2: '', city: 'Fresno', state: 'CA', postalCode: '93701' };
const WORK = { line1: '4 Alder Way', line2: 'Suite 9', city: 'Salem', state: 'OR', postalCode: '97301-0042' };

/** What the checkout fills in for somebody. */
async function filledIn(buyer: Buyer, planId: Awaited<ReturnType<typeof shop.aPlan>>['id']) {
  const ctx = await world.as(buyer.principal);
  const wanted = { quantity: 1, interval: { unit: 'month', count: 1 } } as const;
  const offer = await checkoutOffer(ctx, { planId, wanted, buyer: requireBuyer(buyer.principal) });
  return offer?.buyer?.sendTo ?? null;
}
const sentTo = async (buyer: Buyer) =>
  (await shop.recordsOf(buyer)).subscriptions.map(({ address }) => address?.line1 ?? null);

describe('where a new subscription is sent', () => {
  it('is said with the order: a newcomer’s is their account’s, and Truemed begins with its state', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    expect(await filledIn(ada, plan.id)).toBeNull();
    const { redirectUrl } = await shop.order(ada, plan, { sentTo: { ...WORK, city: '  Salem ', state: 'or' } });
    expect((await world.truemed.state(ada.email)).sessions[0]).toMatchObject({ customer_state: 'OR' });
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const customer = await shop.asCustomer(ada);
    expect(await filledIn(customer, plan.id)).toEqual(WORK);
    const [subscription] = (await shop.recordsOf(ada)).subscriptions;
    if (subscription === undefined) throw new Error('No subscription.');
    const page = await addressPage(await world.as(customer.principal), { subscriptionId: subscription.id });
    expect(page).toMatchObject({ ofAccount: WORK, own: null });
  });

  it('is the subscription’s own where it is another than the account’s, which stays, and is filled in next time', async () => {
    const maya = await world.aSubscriber();
    const buyer = { email: maya.email, principal: maya.principal };
    const plan = await shop.aPlan();
    expect(await filledIn(buyer, plan.id)).toEqual({ line1: '', line2: '', city: '', state: 'CA', postalCode: '' });
    const { redirectUrl, checkoutId } = await shop.order(buyer, plan, { sentTo: WORK });
    expect(await shop.checkoutOf(checkoutId)).toMatchObject({ address: WORK });
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect((await sentTo(buyer)).sort()).toEqual(['4 Alder Way', null]);
    expect(await shop.customerOf(buyer)).toMatchObject({ address: null, state: 'CA' });
    expect((await world.truemed.state(maya.email)).sessions[0]).toMatchObject({ customer_state: 'CA' });
    expect(await filledIn(buyer, plan.id)).toEqual(WORK);

    await world.runtime.db.update(customers).set({ address: HOME }).where(eq(customers.id, maya.customerId));
    expect(await filledIn(buyer, plan.id)).toEqual(HOME);
    const subscriptionIds = (await shop.recordsOf(buyer)).subscriptions.map(({ id }) => id);
    const wanted = { email: maya.email, subscriptionIds, deletesToken: false };
    expect(await deleteAccount(await world.as(maya.principal), wanted)).toEqual({ ok: true });
    expect(await shop.checkoutOf(checkoutId)).toMatchObject({ address: null });
  });

  it('says where somebody lives who has not said it, and nothing else does', async () => {
    const maya = await world.aSubscriber();
    const [buyer, isThey] = [{ email: maya.email, principal: maya.principal }, eq(customers.id, maya.customerId)];
    await world.runtime.db.update(customers).set({ state: null }).where(isThey);
    await shop.order(buyer, await shop.aPlan(), { sentTo: WORK });
    expect(await shop.customerOf(buyer)).toMatchObject({ address: null, state: 'OR' });
    await shop.order(buyer, await shop.aPlan(), { sentTo: HOME });
    expect(await shop.customerOf(buyer)).toMatchObject({ address: null, state: 'OR' });
  });

  it('must be an address: nothing is ordered without, and nobody becomes a customer', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    for (const [wrong, problems] of [
      [{ line1: ' ' }, { line1: 'missing' }],
      [{ city: '' }, { city: 'missing' }],
      [{ state: 'ZZ' }, { state: 'not_a_state' }],
      [{ postalCode: '9370' }, { postalCode: 'not_a_zip' }],
      [{ line2: 'x'.repeat(121) }, { line2: 'too_long' }],
    ] as const) {
      const form = await shop.form(ada, plan, { sentTo: { ...HOME, ...wrong } });
      expect(await shop.press(ada, form)).toEqual({ ok: false, reason: 'form_incomplete', problems });
    }
    const isThey = eq(customers.email, ada.email);
    expect(await world.runtime.db.select().from(customers).where(isThey)).toEqual([]);
  });

  it('that is corrected while the order is open makes another order in its place, and the same one does not', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const first = await shop.order(ada, plan, { sentTo: HOME });
    expect((await shop.order(ada, plan, { sentTo: { ...HOME, line1: ' 12  Elm Street' } })).checkoutId).toBe(
      first.checkoutId,
    );
    const second = await shop.order(ada, plan, { sentTo: WORK });
    expect(await shop.checkoutOf(first.checkoutId)).toMatchObject({ status: 'canceled' });
    await atTruemed(second.redirectUrl).completes();
    await world.settle();
    expect(await sentTo(ada)).toEqual(['4 Alder Way']);
  });
});
