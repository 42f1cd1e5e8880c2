import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { changeItems } from '@/lib/services/change-items';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { stopHsaFsa } from '@/lib/services/stop-hsa-fsa';
import { storePaymentMethod } from '@/lib/services/store-payment-method';
import { updatePaymentDetails } from '@/lib/services/update-payment-details';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { waitingPage, waitingPoll } from '@/lib/views/provisioning';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { attemptsOf, caseOf, subscriptionOf, chargesOf, subjectsOf } = recordsOf(() => world);

const pageOf = async (who: Subscriber) => paymentMethodsPage(await world.as(who.principal));

/** The customer goes to Truemed for it. */
async function ask(who: Subscriber, what: 'card' | 'survey' | 'store') {
  const ctx = await world.as(who.principal);
  const asked = await (what === 'store'
    ? storePaymentMethod(ctx, { embedded: false })
    : updatePaymentDetails(ctx, { what }));
  if (!asked.ok || asked.next !== 'truemed') throw new Error(`It ended as ${JSON.stringify(asked)}.`);
  return asked;
}

describe('an update of card or letter from the payment page', () => {
  it.each([
    ['needs_card', 'card'],
    ['needs_survey', 'survey'],
  ] as const)('ends in the charge that waited for it (%s), once, and is followed to its end', async (health, what) => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health });
    await world.settle();
    expect(await pageOf(maya)).toMatchObject({ need: what, pending: [], held: [{ totalCents: 4830 }] });

    const { requestId, redirectUrl } = await ask(maya, what);
    expect(await pageOf(maya)).toMatchObject({ pending: [{ requestId, purpose: what, state: 'Not completed' }] });
    const before = await waitingPoll(await world.as(maya.principal), { requestId });
    await atTruemed(redirectUrl).completes();
    await world.settle();

    expect((await attemptsOf(maya)).map(({ status, cause }) => [status, cause])).toEqual([
      ['action_required', 'schedule'],
      ['captured', 'token_updated'],
    ]);
    expect(await chargesOf(maya)).toHaveLength(1);
    // The receipt says it: the update has no mail of its own where an order waited for it.
    expect((await subjectsOf(maya)).map((subject) => subject.split(':')[0]).sort()).toEqual([
      'Action needed',
      'Payment received',
    ]);
    const after = await waitingPage(await world.as(maya.principal), { requestId });
    expect(after).toMatchObject({
      state: 'Connected',
      purpose: what,
      subscription: null,
      waitingOrders: [{ state: 'paid', totalCents: 4830 }],
    });
    expect(after.revision).not.toBe(before.revision);
    expect(await waitingPoll(await world.as(maya.principal), { requestId })).toMatchObject({
      revision: after.revision,
    });
    expect(await pageOf(maya)).toMatchObject({ need: null, pending: [], held: [] });
  });

  it('of a card that Truemed no longer knows leaves the order that waited for it waiting for another card', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'update_payment_method' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
    await updatePaymentDetails(await world.as(maya.principal), { what: 'card' });
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone', redirectUrl: null });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due', billingMethod: 'hsa_fsa' });
    const { redirectUrl } = await ask(maya, 'store');
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('is one request for a double press and two tabs, and another once that one has ended', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const ctx = await world.as(maya.principal);
    const presses = await Promise.all([1, 2, 3].map(() => updatePaymentDetails(ctx, { what: 'card' })));
    const { requestId, redirectUrl } = await ask(maya, 'card');
    expect(presses.map((press) => press.ok && press.requestId)).toEqual([requestId, requestId, requestId]);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await subjectsOf(maya)).toEqual(['Your HSA/FSA card is updated']);
    expect((await ask(maya, 'card')).requestId).not.toBe(requestId);
  });

  it('tells one whose subscription is paused that nothing is charged now, and of no move that is made already', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const { subscriptionId } = maya;
    await pauseSubscription(await world.as(maya.principal), { subscriptionId, until: null });
    await atTruemed((await ask(maya, 'card')).redirectUrl).completes();
    await world.settle();
    const mail = (await world.truemed.mail(maya.email)).find(({ subject }) => subject.includes('is updated'));
    expect(mail?.text).toContain('Nothing is charged to your card now.');
    expect(mail?.text).not.toContain('once a subscription is moved to it');
  });

  it('has nothing to complete where Truemed asks for nothing', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const asked = await updatePaymentDetails(await world.as(maya.principal), { what: 'survey' });
    expect(asked).toMatchObject({ ok: true, next: 'waiting' });
    if (!asked.ok) return;
    const page = await waitingPage(await world.as(maya.principal), { requestId: asked.requestId });
    expect(page).toMatchObject({ state: 'Connected', purpose: 'survey', hadPage: false });
    expect((await pageOf(maya)).pending).toEqual([]);
  });

  it('is told apart from a change of items, which says its items and leads back to its subscription', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const [item] = await world.runtime.db
      .select()
      .from(subscriptionItems)
      .where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
    if (item === undefined) throw new Error('There is no item.');
    const changed = await changeItems(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
      items: [{ itemId: item.id, quantity: 3 }],
      embedded: false,
    });
    if (!changed.ok || changed.next !== 'truemed') throw new Error(JSON.stringify(changed));
    const survey = await ask(maya, 'survey');
    const pending = (await pageOf(maya)).pending.map(({ purpose, name }) => [purpose, name]);
    expect(pending.sort()).toEqual([
      ['items', 'Daily Essentials'],
      ['survey', null],
    ]);
    expect(await waitingPage(await world.as(maya.principal), { requestId: changed.requestId })).toMatchObject({
      purpose: 'items',
      items: { subscriptionId: maya.subscriptionId, items: [{ name: 'Daily Essentials', quantity: 3 }] },
    });
    expect(await waitingPage(await world.as(maya.principal), survey)).toMatchObject({ purpose: 'survey', items: null });
  });

  it('is refused without a card', async () => {
    const maya = await world.aSubscriber();
    const asked = await updatePaymentDetails(await world.as(maya.principal), { what: 'card' });
    expect(asked).toEqual({ ok: false, reason: 'no_token' });
    await expect(updatePaymentDetails(await world.as(world.aStaffMember()), { what: 'card' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('a card that is stored without moving a subscription', () => {
  it('moves and charges nothing; what it was stored for moves later without a survey, other items with one', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-20' });
    const second = await world.aSubscriber({ customerId: maya.customerId, nextChargeOn: '2027-03-09' });
    const { requestId, redirectUrl } = await ask(maya, 'store');
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await waitingPage(await world.as(maya.principal), { requestId })).toMatchObject({
      state: 'Connected',
      purpose: 'store',
      subscription: null,
    });
    expect(await pageOf(maya)).toMatchObject({ need: null, next: null, onCard: [] });
    expect(await subjectsOf(maya)).toEqual(['Your HSA/FSA card is stored']);
    expect((await pageOf(maya)).payment?.card.last4).toEqual(expect.any(String));
    await world.advance({ days: 9 });
    await world.settle();
    for (const who of [maya, second]) {
      expect(await subscriptionOf(who)).toMatchObject({ billingMethod: 'external', nextChargeAt: null });
      expect(await chargesOf(who)).toHaveLength(0);
    }

    for (const who of [maya, second]) {
      const moved = await moveToHsaFsa(await world.as(who.principal), {
        subscriptionId: who.subscriptionId,
        embedded: false,
      });
      expect(moved).toMatchObject({ ok: true, next: 'waiting' });
      expect(await subscriptionOf(who)).toMatchObject({ billingMethod: 'hsa_fsa' });
    }
    const tokens = await world.runtime.db
      .select({ id: paymentTokens.id })
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(tokens).toHaveLength(1);
    expect((await pageOf(maya)).onCard).toHaveLength(2);

    const third = await world.aSubscriber({ customerId: maya.customerId, nextChargeOn: '2027-04-09' });
    await world.runtime.db
      .update(subscriptionItems)
      .set({ sku: 'OMEGA', name: 'Omega-3' })
      .where(eq(subscriptionItems.subscriptionId, third.subscriptionId));
    const asked = await moveToHsaFsa(await world.as(third.principal), {
      subscriptionId: third.subscriptionId,
      embedded: false,
    });
    expect(asked).toMatchObject({ ok: true, next: 'truemed' });
    expect((await pageOf(maya)).pending).toMatchObject([{ purpose: 'move', name: 'Omega-3' }]);
  });

  it('is no longer called stored once it was deleted, nor free of charges once something has moved to it', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-08-20' });
    const { requestId, redirectUrl } = await ask(maya, 'store');
    const ctx = await world.as(maya.principal);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const stored = await waitingPage(ctx, { requestId });
    expect(stored).toMatchObject({ state: 'Connected', isCardGone: false, isCharged: false });
    await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false });
    expect(await waitingPage(ctx, { requestId })).toMatchObject({ isCardGone: false, isCharged: true });

    const choices = new Map([[maya.subscriptionId, 'pause' as const]]);
    expect(await stopHsaFsa(ctx, { choices, deleteCard: true })).toEqual({ ok: true, isDeleted: true });
    const gone = await waitingPage(ctx, { requestId });
    expect(gone).toMatchObject({
      state: 'Needs attention',
      isCardGone: true,
      isCharged: false,
      withoutCard: maya.subscriptionId,
    });
    expect(gone.revision).not.toBe(stored.revision);
    expect(await waitingPoll(ctx, { requestId })).toEqual({ state: gone.state, revision: gone.revision });
  });

  it('is one request for two presses, and refused where a card is connected or nothing could be paid with it', async () => {
    const maya = await world.aSubscriber();
    const ctx = await world.as(maya.principal);
    const presses = await Promise.all([1, 2].map(() => storePaymentMethod(ctx, { embedded: false })));
    const { requestId } = await ask(maya, 'store');
    expect(presses.map((press) => press.ok && press.requestId)).toEqual([requestId, requestId]);
    const payer = await world.aCharged({ nextChargeOn: '2027-06-03' });
    expect(await storePaymentMethod(await world.as(payer.principal), { embedded: false })).toEqual({
      ok: false,
      reason: 'has_token',
    });
    const former = await world.aSubscriber();
    await world.runtime.db
      .update(subscriptions)
      .set({ status: 'canceled' })
      .where(eq(subscriptions.id, former.subscriptionId));
    expect(await storePaymentMethod(await world.as(former.principal), { embedded: false })).toEqual({
      ok: false,
      reason: 'nothing_to_cover',
    });
  });
});
