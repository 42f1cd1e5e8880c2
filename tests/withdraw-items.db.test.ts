import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onceItems } from '@/db/schema/once-items';
import { auditLog } from '@/db/schema/operations';
import { pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { SWITCHABLE_ACTIONS } from '@/lib/core/customer-switches';
import { type Id, newId } from '@/lib/core/id';
import { addOnceItem } from '@/lib/services/add-once-item';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeItems } from '@/lib/services/change-items';
import { changeSwitches } from '@/lib/services/change-switches';
import type { ItemsResult } from '@/lib/services/hold-item-change';
import { offerPlan } from '@/lib/services/offer-plan';
import { renewDue } from '@/lib/services/renew-due';
import { setPrice } from '@/lib/services/set-price';
import { updatePaymentDetails } from '@/lib/services/update-payment-details';
import { withdrawItemChange } from '@/lib/services/withdraw-item-change';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { waitingPage } from '@/lib/views/provisioning';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let zinc: Id<'price'>;
beforeAll(async () => {
  world = await aWorld();
  const staff = await world.as(world.aStaffMember());
  ({ priceId: zinc } = await setPrice(staff, { sku: 'ZINC', name: 'Zinc', unitPriceCents: 1500 }));
  const terms = { description: 'A mineral.', intervals: [{ unit: 'month' as const, count: 1 }], trialDays: 0 };
  await offerPlan(staff, { sku: 'ZINC', ...terms, shippingCents: 0 });
});
afterAll(() => world.close());
const { chargesOf, invoicesOf, subjectsOf } = recordsOf(() => world);

const by = (who: Subscriber) => world.as(who.principal);
const itemsOf = (who: Subscriber) =>
  world.runtime.db.select().from(subscriptionItems).where(eq(subscriptionItems.subscriptionId, who.subscriptionId));
const changesOf = async (who: Subscriber) => {
  const isIt = eq(pendingItemChanges.subscriptionId, who.subscriptionId);
  const rows = await world.runtime.db.select().from(pendingItemChanges).where(isIt).orderBy(pendingItemChanges.id);
  return rows.map(({ status }) => status).sort();
};
const requestsOf = (who: Subscriber) =>
  world.runtime.db.select().from(provisionRequests).where(eq(provisionRequests.customerId, who.customerId));
/** How often Truemed was asked to update somebody's token. */
const asked = async (who: Subscriber) =>
  (await world.truemed.state(who.email)).requests.filter(({ kind }) => kind === 'update').length;

async function change(who: Subscriber, quantity: number) {
  const [item] = await itemsOf(who);
  const items = [{ itemId: item?.id ?? newId('item'), quantity }];
  return changeItems(await by(who), { subscriptionId: who.subscriptionId, items, embedded: false });
}
const addOnce = async (who: Subscriber, quantity = 2) =>
  addOnceItem(await by(who), { subscriptionId: who.subscriptionId, priceId: zinc, quantity, embedded: false });
const withdraw = async (who: Subscriber, requestId: Id<'provisionRequest'>) =>
  withdrawItemChange(await by(who), { subscriptionId: who.subscriptionId, requestId });

/** Somebody whose change Truemed asks a survey for, so that it waits. Due today, or later. */
async function aWaiting(ask: (who: Subscriber) => Promise<ItemsResult<string>>, nextChargeOn = '2029-01-12') {
  const maya = await world.aCharged({ nextChargeOn });
  await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
  const result = await ask(maya);
  if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
  return { maya, ...result };
}
const wantsTwo = (who: Subscriber) => change(who, 2);
const today = async () => (await world.system()).now.toISOString().slice(0, 10);

describe('a change of items that is taken back', () => {
  it('leaves the order as it is, says so once, and what Truemed agrees to later changes nothing', async () => {
    const { maya, requestId, redirectUrl } = await aWaiting(wantsTwo);
    expect(await withdraw(maya, requestId)).toEqual({ ok: true });
    const standing = async () => {
      const { heldItems, subscription } = await subscriptionPage(await by(maya), maya);
      expect(heldItems).toBeNull();
      expect(subscription.lines).toMatchObject([{ quantity: 1 }]);
      expect(await changesOf(maya)).toEqual(['withdrawn']);
      expect(await subjectsOf(maya)).toEqual(['Your order stays as it was']);
      return waitingPage(await by(maya), { requestId });
    };
    expect(await standing()).toMatchObject({ state: 'Not completed', items: { isWithdrawn: true, isHeld: false } });
    expect((await paymentMethodsPage(await by(maya))).pending).toEqual([]);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await standing()).toMatchObject({ state: 'Connected', items: { isWithdrawn: true } });
    const log = await world.runtime.db
      .select({ change: auditLog.change, actor: auditLog.actor })
      .from(auditLog)
      .where(and(eq(auditLog.subject, maya.subscriptionId), eq(auditLog.action, 'subscription.item_change_ended')));
    expect(log).toEqual([{ change: { from: 'held', to: 'withdrawn' }, actor: `customer:${maya.customerId}` }]);
  });

  it('is not asked about any more', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo);
    await withdraw(maya, requestId);
    await world.advance({ days: 11 });
    await world.settle();
    expect(await requestsOf(maya)).toMatchObject([{ status: 'abandoned', lastAskedAt: null, dueAt: null }]);
    expect(await subjectsOf(maya)).toHaveLength(1);
  });

  it('lets the order go that waited for it, with the items that it has', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo, await today());
    await renewDue(await world.system(), 10);
    expect(await invoicesOf(maya)).toEqual([]);
    await withdraw(maya, requestId);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', totalCents: 4830 }]);
  });

  it('lets it wait on where something else is asked of the same card', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo, await today());
    expect(await updatePaymentDetails(await by(maya), { what: 'card' })).toMatchObject({ next: 'truemed' });
    await withdraw(maya, requestId);
    await world.settle();
    expect(await invoicesOf(maya)).toEqual([]);
  });

  it('while it is on its way to Truemed stays taken back, whatever is answered', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2029-01-12' });
    const match = { operation: 'updatePaymentToken', email: maya.email };
    await world.truemed.addFault({ match, times: 1, fault: 'hang', ms: 3000, when: 'after' });
    const answer = change(maya, 3);
    await expect.poll(() => changesOf(maya), { timeout: 10_000 }).toEqual(['held']);
    const [request] = await requestsOf(maya);
    const taken = await withdraw(maya, request?.id ?? newId('provisionRequest'));
    expect(taken).toEqual({ ok: true });
    expect(await answer).toMatchObject({ ok: true });
    await world.settle();
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 1 }]);
    expect(await changesOf(maya)).toEqual(['withdrawn']);
    expect(await requestsOf(maya)).toMatchObject([{ truemedRequestId: expect.any(String) }]);
    expect(await subjectsOf(maya)).toEqual(['Your order stays as it was']);
  });

  it('by a cancellation is over with it: what Truemed agrees to later changes nothing and is not written of', async () => {
    const { maya, redirectUrl } = await aWaiting(wantsTwo);
    const { subscriptionId } = maya;
    expect(await cancelSubscription(await by(maya), { subscriptionId, when: 'now' })).toMatchObject({ ok: true });
    expect((await subscriptionPage(await by(maya), maya)).heldItems).toBeNull();
    await atTruemed(redirectUrl).completes();
    await world.settle();
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 1 }]);
    expect(await subjectsOf(maya)).toEqual(['Your subscription is canceled']);
  });

  it('whose answer was lost is not sent again', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2029-01-12' });
    const match = { operation: 'updatePaymentToken', email: maya.email };
    await world.truemed.addFault({ match, times: 1, fault: 'reset_before' });
    const result = await change(maya, 3);
    if (!result.ok || result.next !== 'waiting') throw new Error(JSON.stringify(result));
    await withdraw(maya, result.requestId);
    await world.advance({ minutes: 2 });
    await world.settle();
    expect(await requestsOf(maya)).toMatchObject([{ status: 'abandoned', tries: 1 }]);
    expect(await asked(maya)).toBe(0);
  });

  it('of one order only does not come with it', async () => {
    const { maya, requestId, redirectUrl } = await aWaiting(addOnce);
    expect(await withdraw(maya, requestId)).toEqual({ ok: true });
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const isIt = eq(onceItems.subscriptionId, maya.subscriptionId);
    expect(await world.runtime.db.select().from(onceItems).where(isIt)).toEqual([]);
  });

  it('is refused where nothing waits, where another waits by now, and to everybody else', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo);
    const noah = await world.aCharged({ nextChargeOn: '2029-01-12' });
    await expect(withdraw({ ...maya, principal: noah.principal }, requestId)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await withdraw(noah, requestId)).toEqual({ ok: false, reason: 'nothing_held' });
    const other = await change(maya, 3);
    expect(await withdraw(maya, requestId)).toEqual({ ok: false, reason: 'nothing_held' });
    expect(await changesOf(maya)).toEqual(['held', 'replaced']);
    if (!other.ok || other.next !== 'truemed') throw new Error(JSON.stringify(other));
    await atTruemed(other.redirectUrl).completes();
    await world.settle();
    expect(await withdraw(maya, other.requestId)).toEqual({ ok: false, reason: 'nothing_held' });
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 3 }]);
  });

  it('by two presses at once is taken back once', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo);
    const results = await Promise.all([withdraw(maya, requestId), withdraw(maya, requestId)]);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await subjectsOf(maya)).toHaveLength(1);
  });

  it('is so whatever the merchant leaves to customers, like all that takes back', async () => {
    const { maya, requestId } = await aWaiting(wantsTwo);
    const staff = await world.as(world.aStaffMember());
    expect(await changeSwitches(staff, { version: 0, switchedOff: [...SWITCHABLE_ACTIONS] })).toMatchObject({
      ok: true,
    });
    try {
      expect(await change(maya, 1)).toEqual({ ok: false, reason: 'switched_off' });
      expect(await withdraw(maya, requestId)).toEqual({ ok: true });
    } finally {
      await changeSwitches(staff, { version: 1, switchedOff: [] });
    }
  });
});

describe('the same change sent twice', () => {
  it('asks Truemed once, and leads to where it stands', async () => {
    const { maya, ...first } = await aWaiting(wantsTwo);
    const before = await asked(maya);
    expect(await change(maya, 2)).toMatchObject({ ok: true, next: 'truemed', requestId: first.requestId });
    expect(await Promise.all([change(maya, 2), change(maya, 2)])).toMatchObject([first, first]);
    expect(await asked(maya)).toBe(before);
    expect(await changesOf(maya)).toEqual(['held']);
    await world.advance({ minutes: 31 });
    expect(await change(maya, 2)).toMatchObject({
      next: 'truemed',
      requestId: expect.not.stringMatching(first.requestId),
    });
    expect(await asked(maya)).toBe(before + 1);
  });

  it('by two presses at once is one request', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2029-01-12' });
    // The later one may come when the items have new ids already.
    const results = await Promise.all([change(maya, 2), change(maya, 2)]);
    expect(results.some(({ ok }) => ok)).toBe(true);
    await world.settle();
    expect(await requestsOf(maya)).toHaveLength(1);
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 2 }]);
    expect(await subjectsOf(maya)).toEqual(['Your order is changed']);
  });

  it('asks nothing of what the orders have, and takes back what waits in their place', async () => {
    const { maya } = await aWaiting(addOnce);
    const before = await asked(maya);
    expect(await change(maya, 1)).toEqual({ ok: true, next: 'applied' });
    expect(await changesOf(maya)).toEqual(['held']);
    expect(await change(maya, 2)).toMatchObject({ next: 'truemed' });
    expect(await change(maya, 1)).toEqual({ ok: true, next: 'applied' });
    expect(await changesOf(maya)).toEqual(['replaced', 'withdrawn']);
    expect(await asked(maya)).toBe(before + 1);
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('of one order asks once, and another number asks again', async () => {
    const { maya, ...first } = await aWaiting(addOnce);
    const before = await asked(maya);
    expect(await addOnce(maya)).toEqual(first);
    expect(await asked(maya)).toBe(before);
    expect(await addOnce(maya, 3)).toMatchObject({ next: 'truemed' });
    expect(await asked(maya)).toBe(before + 1);
  });
});
