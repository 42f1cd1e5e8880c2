import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkouts } from '@/db/schema/checkouts';
import { recordCheckoutReturn } from '@/lib/services/record-checkout-return';
import { accountOverview } from '@/lib/views/account';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { atTruemed } from './at-truemed';
import { type Buyer, checkoutShop } from './checkout-shop';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const shop = checkoutShop(() => world);
const orderedBy = async ({ principal }: Buyer) => (await accountOverview(await world.as(principal))).ordered;

describe('what was ordered and has not begun', () => {
  it('is on the overview of its customer alone, in every state, until it begins', async () => {
    const [newcomer, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(newcomer, plan, { quantity: 2 });
    const ada = await shop.asCustomer(newcomer);
    const ctx = await world.as(ada.principal);
    expect((await accountOverview(ctx)).answer).toMatchObject({ kind: 'inactive', subscription: null });
    const facts = { checkoutId, name: 'Magnesium', quantity: 2, totalCents: 4495 };
    expect(await orderedBy(ada)).toMatchObject([{ ...facts, state: 'Not completed' }]);
    expect(await orderedBy(await world.aSubscriber())).toEqual([]);

    await recordCheckoutReturn(ctx, { checkoutId, outcome: 'success' });
    expect(await orderedBy(ada)).toMatchObject([{ ...facts, state: 'Confirming' }]);
    const set = (status: 'processing' | 'open' | 'refused') =>
      world.runtime.db.update(checkouts).set({ status }).where(eq(checkouts.id, checkoutId));
    await set('processing');
    expect(await orderedBy(ada)).toMatchObject([{ ...facts, state: 'Being reviewed' }]);
    await set('refused');
    expect(await orderedBy(ada)).toMatchObject([{ ...facts, state: 'Needs attention' }]);
    await set('open');
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await orderedBy(ada)).toEqual([]);
  });

  it('with the card that is connected is no change of items that the payment page tells of', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-03-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const { checkoutId } = await shop.order(maya, await shop.aPlan());
    expect(await orderedBy(maya)).toMatchObject([{ checkoutId, state: 'Not completed' }]);
    expect((await paymentMethodsPage(await world.as(maya.principal))).pending).toEqual([]);
  });
});
