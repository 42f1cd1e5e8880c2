import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { localDateAt } from '@/lib/core/calendar';
import { giveUpCheckout } from '@/lib/services/cancel-checkout';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeItems } from '@/lib/services/change-items';
import { chargeNow } from '@/lib/services/charge-now';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { checkoutPage } from '@/lib/views/checkout-page';
import { itemsPage } from '@/lib/views/item-change';
import { waitingPage } from '@/lib/views/provisioning';
import { atTruemed } from './at-truemed';
import { checkoutShop } from './checkout-shop';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const shop = checkoutShop(() => world);

const today = async () => localDateAt((await world.system()).now, 'America/New_York');
const pass = async (days: number) => {
  await world.advance({ days });
  await world.settle();
};

describe('a trial', () => {
  it('begins when Truemed has confirmed it, is announced before it ends, and then charged like any order', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 14 })];
    const form = await shop.form(ada, plan);
    const result = await shop.press(ada, form);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    expect((await world.truemed.state(ada.email)).sessions[0]).toMatchObject({
      total_amount: 0,
      tokenize: true,
      display_next_bill_info: { total_amount: 2545, date: form.shown.firstChargeOn },
    });
    await atTruemed(result.redirectUrl).completes();
    expect((await shop.recordsOf(ada)).subscriptions).toEqual([]);
    await world.settle();
    const begun = await shop.recordsOf(ada);
    expect(begun.subscriptions).toMatchObject([{ status: 'trialing', nextChargeOn: form.shown.firstChargeOn }]);
    expect(begun).toMatchObject({ invoices: [], tokens: [{ status: 'live' }] });
    expect(await shop.chargesOf(ada)).toEqual([]);

    await pass(8);
    const { id } = await shop.customerOf(ada);
    const mails = await world.runtime.db
      .select({ template: outbox.template })
      .from(outbox)
      .where(eq(outbox.customerId, id))
      .orderBy(desc(outbox.createdAt));
    expect(mails.map(({ template }) => template)).toEqual(['upcoming_charge', 'trial_begun']);
    expect(await shop.chargesOf(ada)).toEqual([]);
    await pass(6);
    const after = await shop.recordsOf(ada);
    expect(after.subscriptions).toMatchObject([{ status: 'active' }]);
    expect(after.invoices).toMatchObject([{ status: 'paid', periodStart: form.shown.firstChargeOn }]);
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });

  it('charges nothing where it is canceled before it ends, and ends on its day', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 7 })];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    const { subscriptions } = await shop.recordsOf(ada);
    const buyer = await shop.asCustomer(ada);
    const canceled = await cancelSubscription(await world.as(buyer.principal), {
      subscriptionId: subscriptions[0]?.id ?? 'sub_none',
      when: 'period_end',
    });
    expect(canceled).toMatchObject({ ok: true, change: { cancelOn: subscriptions[0]?.nextChargeOn, nextCharges: [] } });
    // The page of the order stays where it was, and promises no charge any more.
    const { checkouts } = await shop.recordsOf(ada);
    const page = await checkoutPage(await world.as(buyer.principal), { checkoutId: checkouts[0]?.id ?? 'chk_none' });
    expect(page).toMatchObject({ state: 'Trial', subscription: { nextChargeOn: null } });
    await pass(9);
    expect((await shop.recordsOf(ada)).subscriptions).toMatchObject([{ status: 'canceled' }]);
    expect(await shop.chargesOf(ada)).toEqual([]);
  });

  it('names what is charged when it ends, also where its items have been changed since', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 14 })];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const [trial] = (await shop.recordsOf(ada)).subscriptions;
    if (trial === undefined) throw new Error('There is no trial.');
    const ctx = await world.as((await shop.asCustomer(ada)).principal);
    const { items } = await itemsPage(ctx, { subscriptionId: trial.id, wanted: null });
    await world.truemed.setSwitches({ lettersCoverItems: false });
    const twice = items.map(({ id }) => ({ itemId: id, quantity: 2 }));
    const changed = await changeItems(ctx, { subscriptionId: trial.id, items: twice, embedded: false });
    await world.truemed.setSwitches({ lettersCoverItems: true });
    expect(changed).toEqual({ ok: true, next: 'applied' });
    expect((await checkoutPage(ctx, { checkoutId })).subscription).toMatchObject({ orderCents: 4495 });
  });

  it('ends with an order that staff charge before its last day, and is one no more', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 14 })];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    const [trial] = (await shop.recordsOf(ada)).subscriptions;
    if (trial === undefined) throw new Error('There is no trial.');
    const staff = await world.as(world.aStaffMember());
    const charged = await chargeNow(staff, { subscriptionId: trial.id, periodStart: trial.nextChargeOn });
    expect(charged).toMatchObject({ ok: true });
    await world.settle();
    const after = await shop.recordsOf(ada);
    expect(after.invoices).toMatchObject([{ status: 'paid', periodStart: trial.nextChargeOn }]);
    expect(after.subscriptions).toMatchObject([{ status: 'active' }]);
    const buyer = await world.as((await shop.asCustomer(ada)).principal);
    expect(await pauseSubscription(buyer, { subscriptionId: trial.id, until: null })).toMatchObject({ ok: true });
  });

  it('stays one where its card is deleted, and its first order then waits for another', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 14 })];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    const { customerId } = await shop.asCustomer(ada);
    await deletePaymentToken(await world.as(world.aStaffMember()), { customerId });
    expect((await shop.recordsOf(ada)).subscriptions).toMatchObject([{ status: 'trialing' }]);
    await pass(15);
    const after = await shop.recordsOf(ada);
    expect(after.subscriptions).toMatchObject([{ status: 'past_due' }]);
    expect(after.invoices).toMatchObject([{ status: 'open' }]);
    expect(await shop.chargesOf(ada)).toEqual([]);
  });

  it('is for those who have never had the plan', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 7 })];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    await world.advance({ hours: 1 });
    const buyer = await shop.asCustomer(ada);
    const form = await shop.form(buyer, plan);
    expect(form.shown.dueNowCents).toBe(2545);
    const stale = { ...form, shown: { ...form.shown, dueNowCents: 0 } };
    expect(await shop.press(buyer, stale)).toEqual({ ok: false, reason: 'terms_changed' });
  });

  it('that was left open at Truemed is not the order of the day after, which was promised a later first charge', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan({ trialDays: 14 })];
    const first = await shop.order(ada, plan);
    const buyer = await shop.asCustomer(ada);
    await world.advance({ hours: 20 });
    const form = await shop.form(buyer, plan);
    const second = await shop.order(buyer, plan);
    expect(second.checkoutId).not.toBe(first.checkoutId);
    await atTruemed(second.redirectUrl).completes();
    await world.settle();
    const { subscriptions } = await shop.recordsOf(ada);
    expect(subscriptions).toMatchObject([{ status: 'trialing', nextChargeOn: form.shown.firstChargeOn }]);
  });

  it('ends a day after it was confirmed where a review has outlasted it', async () => {
    const [ada, plan] = [shop.aNewcomer('+slow_review_150h'), await shop.aPlan({ trialDays: 7 })];
    const { redirectUrl } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await world.advance({ hours: 151 });
    await world.settle();
    const { subscriptions, checkouts } = await shop.recordsOf(ada);
    const [told] = checkouts.map(({ trialEndsOn }) => trialEndsOn);
    expect(subscriptions).toMatchObject([{ status: 'trialing', nextChargeOn: told }]);
    expect((told ?? '') > (await today())).toBe(true);
  });
});

describe('a customer whose token is there', () => {
  async function aPayer(): Promise<ReturnType<typeof shop.asCustomer>> {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    await world.advance({ hours: 1 });
    return shop.asCustomer(ada);
  }

  it.each([
    ['asks for nothing', false],
    ['asks for the survey again', true],
  ])('orders with it where Truemed %s: about everything on it, without a second token', async (_name, asks) => {
    const [ada, plan] = [await aPayer(), await shop.aPlan({ unitPriceCents: 1000 })];
    await world.truemed.setSwitches({ lettersCoverItems: asks });
    const result = await shop.press(ada, await shop.form(ada, plan, { quantity: 2 }));
    if (!result.ok) throw new Error(JSON.stringify(result));
    expect(result.next).toBe(asks ? 'truemed' : 'waiting');
    if (result.next === 'truemed') {
      const { requests } = await world.truemed.state(ada.email);
      const update = requests.find(({ kind }) => kind === 'update');
      expect(update?.order_items).toMatchObject([{ quantity: 1 }, { sku: plan.sku, quantity: 2, price: 1000 }]);
      expect((await shop.recordsOf(ada)).subscriptions).toHaveLength(1);
      await atTruemed(result.redirectUrl).completes();
    }
    await world.settle();
    await world.truemed.setSwitches({ lettersCoverItems: true });
    const { subscriptions, tokens, invoices, attempts } = await shop.recordsOf(ada);
    expect(tokens.map(({ status }) => status)).toEqual(['live']);
    expect(subscriptions.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(invoices.map(({ status, totalCents }) => [status, totalCents])).toEqual([
      ['paid', 2545],
      ['paid', 2595],
    ]);
    expect(attempts.filter(({ paymentTokenId }) => paymentTokenId === tokens[0]?.id)).toHaveLength(1);
    expect((await shop.chargesOf(ada)).sort()).toEqual([2545, 2595]);
    expect((await world.truemed.state(ada.email)).tokens).toHaveLength(1);
  });

  it('who cancels before the first order is charged, or gives it up, is told of no charge that is on its way', async () => {
    const [ada, plan] = [await aPayer(), await shop.aPlan({ unitPriceCents: 1000 })];
    await world.truemed.setSwitches({ lettersCoverItems: false });
    // Before the hour at which orders are charged.
    await world.advance({ hours: 14 });
    const result = await shop.press(ada, await shop.form(ada, plan));
    if (!result.ok) throw new Error(JSON.stringify(result));
    const { checkoutId } = result;
    const ctx = await world.as(ada.principal);
    expect(await checkoutPage(ctx, { checkoutId })).toMatchObject({ state: 'Waiting for Truemed' });
    const { subscriptionId } = await shop.checkoutOf(checkoutId);
    if (subscriptionId === null) throw new Error('Nothing has begun.');
    expect(await cancelSubscription(ctx, { subscriptionId, when: 'now' })).toMatchObject({ ok: true });
    await world.settle();
    expect(await checkoutPage(ctx, { checkoutId })).toMatchObject({
      state: 'Canceled',
      subscription: { id: subscriptionId, nextChargeOn: null },
    });

    await world.truemed.setTokenHealth({ email: ada.email, health: 'needs_card' });
    await world.advance({ hours: 12 });
    const held = await shop.press(ada, await shop.form(ada, plan, { quantity: 3 }));
    if (!held.ok) throw new Error(JSON.stringify(held));
    await world.settle();
    const begun = (await shop.checkoutOf(held.checkoutId)).subscriptionId;
    expect(await checkoutPage(ctx, { checkoutId: held.checkoutId })).toMatchObject({ state: 'Action needed' });
    await pauseSubscription(await world.as(ada.principal), { subscriptionId: begun ?? 'sub_none', until: null });
    expect(await checkoutPage(ctx, { checkoutId: held.checkoutId })).toMatchObject({ state: 'Canceled' });
    await world.truemed.setSwitches({ lettersCoverItems: true });
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });

  it('who gives it up before Truemed agrees is charged nothing, also where Truemed agrees later', async () => {
    const [ada, plan] = [await aPayer(), await shop.aPlan()];
    const result = await shop.press(ada, await shop.form(ada, plan));
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    const ctx = await world.as(ada.principal);
    const { checkoutId } = result;
    // Its request has no page of its own beside the order's.
    const { provisionRequestId: requestId } = await shop.checkoutOf(checkoutId);
    expect(await waitingPage(ctx, { requestId: requestId ?? 'prq_none' })).toMatchObject({ checkoutId, items: null });
    expect((await shop.recordsOf(ada)).tokens).toMatchObject([{ updatingUntil: expect.any(Date) }]);
    expect(await giveUpCheckout(ctx, { checkoutId })).toBe('canceled');
    // What the token pays for waits for it no longer.
    expect((await shop.recordsOf(ada)).tokens).toMatchObject([{ updatingUntil: null }]);
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect((await shop.recordsOf(ada)).subscriptions).toHaveLength(1);
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });

  it('who presses ten times orders once', async () => {
    const [ada, plan] = [await aPayer(), await shop.aPlan()];
    const form = await shop.form(ada, plan);
    await Promise.all(Array.from({ length: 10 }, () => shop.press(ada, form)));
    const { checkouts } = await shop.recordsOf(ada);
    expect(checkouts).toHaveLength(2);
    const { requests } = await world.truemed.state(ada.email);
    expect(requests.filter(({ kind }) => kind !== 'checkout')).toHaveLength(1);
  });

  it('who leaves it open orders nothing after a day', async () => {
    const [ada, plan] = [await aPayer(), await shop.aPlan()];
    const result = await shop.press(ada, await shop.form(ada, plan));
    if (!result.ok) throw new Error(JSON.stringify(result));
    await world.advance({ hours: 25 });
    await world.settle();
    expect(await shop.checkoutOf(result.checkoutId)).toMatchObject({ status: 'canceled', subscriptionId: null });
  });
});

describe('afterwards', () => {
  it('every promise holds against Truemed’s own ledger', async () => {
    await world.settle();
    expect(await shop.broken()).toEqual([]);
  });
});
