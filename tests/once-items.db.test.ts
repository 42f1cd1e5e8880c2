import { and, eq, ne } from 'drizzle-orm';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoiceLines, invoices } from '@/db/schema/billing';
import { onceItems } from '@/db/schema/once-items';
import { auditLog } from '@/db/schema/operations';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Id } from '@/lib/core/id';
import { newId } from '@/lib/core/id';
import { MOST_OF_ONE } from '@/lib/core/wanted-quantities';
import { addOnceItem } from '@/lib/services/add-once-item';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { chargeEarly } from '@/lib/services/charge-early';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { offerPlan } from '@/lib/services/offer-plan';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { removeOnceItem } from '@/lib/services/remove-once-item';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { setPrice } from '@/lib/services/set-price';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { accountOverview } from '@/lib/views/account';
import { itemsPage } from '@/lib/views/item-change';
import { oncePage } from '@/lib/views/once-items';
import { receiptPage } from '@/lib/views/receipt';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let zinc: Id<'price'>;
let unpriced: Id<'price'>;
beforeAll(async () => {
  world = await aWorld();
  const staff = await world.as(world.aStaffMember());
  ({ priceId: zinc } = await setPrice(staff, { sku: 'ZINC', name: 'Zinc', unitPriceCents: 1500 }));
  ({ priceId: unpriced } = await setPrice(staff, { sku: 'IRON', name: 'Iron', unitPriceCents: 100 }));
  const terms = { description: 'A mineral.', intervals: [{ unit: 'month' as const, count: 1 }], trialDays: 0 };
  await offerPlan(staff, { sku: 'ZINC', ...terms, shippingCents: 0 });
});
afterAll(() => world.close());
const { chargesOf, invoicesOf, subjectsOf, subscriptionOf, templatesOf } = recordsOf(() => world);

const by = (who: Subscriber) => world.as(who.principal);
const add = async (who: Subscriber, quantity = 2, priceId = zinc) =>
  addOnceItem(await by(who), { subscriptionId: who.subscriptionId, priceId, quantity, embedded: false });
const pageOf = async (who: Subscriber, wants: Partial<Parameters<typeof oncePage>[1]> = {}) =>
  oncePage(await by(who), { subscriptionId: who.subscriptionId, add: null, remove: null, ...wants });
const itemsOf = (who: Subscriber) =>
  world.runtime.db.select().from(onceItems).where(eq(onceItems.subscriptionId, who.subscriptionId));
const onceLinesOf = (who: Subscriber) =>
  world.runtime.db
    .select({ invoiceId: invoiceLines.invoiceId, sku: invoiceLines.sku, quantity: invoiceLines.quantity })
    .from(invoiceLines)
    .innerJoin(invoices, eq(invoices.id, invoiceLines.invoiceId))
    .where(and(eq(invoices.subscriptionId, who.subscriptionId), eq(invoiceLines.isOnce, true)));

/** A subscriber whose next order is that many days away. */
async function dueIn(days: number): Promise<Subscriber> {
  const { now } = await world.system();
  const on = new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  return world.aCharged({ nextChargeOn: on, anchorDate: on });
}

/** Moves time to the next order of a subscriber, and lets it be made. */
async function reachOrder(who: Subscriber): Promise<void> {
  const { nextChargeOn } = await subscriptionOf(who);
  await world.truemed.moveClock({ to: `${nextChargeOn}T16:00:00.000Z` });
  await world.settle();
}

describe('an item for one order', () => {
  it('is on the next order and on no other, as it was shown, and the receipt says so', async () => {
    const maya = await dueIn(2);
    const { adding } = await pageOf(maya, { add: { priceId: zinc, quantity: 2 } });
    expect(adding).toMatchObject({ totalCents: 7830, name: 'Zinc', quantity: 2 });
    expect(await add(maya)).toEqual({ ok: true, next: 'applied' });
    const { subscription, mayAddOnce } = await subscriptionPage(await by(maya), maya);
    expect(mayAddOnce).toBe(true);
    expect(subscription).toMatchObject({ totalCents: 7830, usualTotalCents: 4830, followingTotalCents: 4830 });
    expect(subscription.upcomingTotals.slice(0, 3)).toEqual([7830, 4830, 4830]);
    expect(subscription.name).toBe('Daily Essentials');
    const { comingUp } = await accountOverview(await by(maya));
    expect(comingUp.map(({ totalCents, pieces }) => [totalCents, pieces])).toEqual([
      [7830, 3],
      [4830, 1],
      [4830, 1],
    ]);
    await reachOrder(maya);
    await reachOrder(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([adding?.totalCents, 4830]);
    const [first, second] = await invoicesOf(maya);
    if (first === undefined || second === undefined) throw new Error('Two orders were to be made.');
    const { receipt } = await receiptPage(await by(maya), { invoiceId: first.id });
    expect(receipt.lines).toMatchObject([{ isOnce: false }, { name: 'Zinc', quantity: 2, isOnce: true }]);
    expect((await receiptPage(await by(maya), { invoiceId: second.id })).receipt.lines).toHaveLength(1);
    expect(await itemsOf(maya)).toMatchObject([{ status: 'invoiced', invoiceId: first.id }]);
    expect(await templatesOf(maya)).toContain('change_confirmed');
  });

  it('is in what a change of the other items shows, too', async () => {
    const maya = await dueIn(40);
    await add(maya);
    const page = { subscriptionId: maya.subscriptionId };
    const [item] = (await itemsPage(await by(maya), { ...page, wanted: null })).items;
    const { preview } = await itemsPage(await by(maya), { ...page, wanted: new Map([[item?.id ?? 'itm_', 2]]) });
    expect(preview).toMatchObject({ totalCents: 12_730, lines: [{ quantity: 2 }, { name: 'Zinc', isOnce: true }] });
  });

  it('waits for Truemed where that asks for a survey; an order that falls due meanwhile goes without it', async () => {
    const maya = await dueIn(1);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const result = await add(maya);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    expect((await pageOf(maya)).held).toMatchObject({ isOnce: true, items: [{ name: 'Zinc', quantity: 2 }] });
    expect(await itemsOf(maya)).toEqual([]);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.advance({ days: 3 });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ totalCents: 4830 }]);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect(await itemsOf(maya)).toMatchObject([{ status: 'waiting' }]);
    await reachOrder(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4830, 7830]);
  });

  it('that Truemed agrees to once its subscription is about to end is promised with no order, and kept for who keeps it', async () => {
    const maya = await dueIn(10);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const result = await add(maya);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    const { subscriptionId } = maya;
    await cancelSubscription(await by(maya), { subscriptionId, when: 'period_end' });
    await world.advance({ minutes: 1 });
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    const subjects = await subjectsOf(maya);
    expect(subjects.at(-1)).toBe('Truemed has agreed to the item that you added');
    expect(subjects.join()).not.toContain('Your next order has one item more');
    expect(await undoCancel(await by(maya), { subscriptionId })).toMatchObject({ ok: true });
    expect((await subscriptionPage(await by(maya), maya)).subscription.totalCents).toBe(7830);
  });

  it('that the letter does not name takes one survey, and the order after it none', async () => {
    const { now } = await world.system();
    const on = new Date(now.getTime() + 6 * 86_400_000).toISOString().slice(0, 10);
    const maya = await world.aSubscriber({ nextChargeOn: on, anchorDate: on });
    const move = await moveToHsaFsa(await by(maya), { subscriptionId: maya.subscriptionId, embedded: false });
    if (!move.ok || move.next !== 'truemed') throw new Error(JSON.stringify(move));
    await atTruemed(move.redirectUrl).completes();
    await world.settle();
    const result = await add(maya);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    await reachOrder(maya);
    await reachOrder(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([7830, 4830]);
    expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['paid', 'paid']);
    const { requests } = await world.truemed.state(maya.email);
    expect(requests.filter(({ kind }) => kind === 'update')).toHaveLength(1);
  });

  it('is on the order that is made before its day', async () => {
    const maya = await dueIn(60);
    await add(maya);
    const { nextChargeOn: periodStart } = await subscriptionOf(maya);
    const order = async (totalCents: number) =>
      chargeEarly(await by(maya), { subscriptionId: maya.subscriptionId, periodStart, totalCents });
    expect(await order(4830)).toMatchObject({ ok: false, reason: 'changed_meanwhile' });
    expect(await order(7830)).toMatchObject({ ok: true });
    expect(await onceLinesOf(maya)).toMatchObject([{ sku: 'ZINC', quantity: 2 }]);
  });

  it('is added once by two presses and two tabs', async () => {
    const maya = await dueIn(60);
    const results = await Promise.all([add(maya), add(maya), add(maya)]);
    expect(results.some(({ ok }) => ok)).toBe(true);
    expect(await add(maya, 5)).toEqual({ ok: false, reason: 'already_added' });
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 2, status: 'waiting' }]);
    expect((await subscriptionPage(await by(maya), maya)).subscription.totalCents).toBe(7830);
  });

  it('is refused where it cannot be, and nothing is added', async () => {
    const maya = await dueIn(60);
    expect(await add(maya, 1, unpriced)).toEqual({ ok: false, reason: 'no_such_item' });
    expect(await add(maya, 1, newId('price'))).toEqual({ ok: false, reason: 'no_such_item' });
    for (const quantity of [0, -1, 1.5, MOST_OF_ONE + 1, Number.NaN])
      expect(await add(maya, quantity)).toEqual({ ok: false, reason: 'not_a_quantity' });
    expect(await add(await world.aSubscriber())).toEqual({ ok: false, reason: 'billed_elsewhere' });
    await cancelSubscription(await by(maya), { subscriptionId: maya.subscriptionId, when: 'period_end' });
    expect(await add(maya)).toEqual({ ok: false, reason: 'about_to_end' });
    expect((await pageOf(maya)).mayAdd).toBe(false);
    await cancelSubscription(await by(maya), { subscriptionId: maya.subscriptionId, when: 'now' });
    expect(await add(maya)).toEqual({ ok: false, reason: 'subscription_canceled' });
    expect(await itemsOf(maya)).toEqual([]);
  });

  it('ends with the subscription', async () => {
    const maya = await dueIn(60);
    await add(maya);
    await cancelSubscription(await by(maya), { subscriptionId: maya.subscriptionId, when: 'now' });
    expect(await itemsOf(maya)).toMatchObject([{ status: 'removed' }]);
  });
});

describe('taking it out', () => {
  const takeOut = async (who: Subscriber, onceItemId: Id<'onceItem'>) =>
    removeOnceItem(await by(who), { subscriptionId: who.subscriptionId, onceItemId });

  it('leaves the order as it would have been, whatever is pressed twice', async () => {
    const maya = await dueIn(2);
    await add(maya);
    const [waiting] = (await pageOf(maya)).waiting;
    const id = waiting?.id ?? newId('onceItem');
    expect((await pageOf(maya, { remove: id })).removing).toMatchObject({ totalCents: 4830, name: 'Zinc' });
    expect(await Promise.all([takeOut(maya, id), takeOut(maya, id)])).toEqual([{ ok: true }, { ok: true }]);
    const log = world.runtime.db.select({ action: auditLog.action }).from(auditLog);
    const actions = await log.where(eq(auditLog.subject, maya.subscriptionId));
    expect(actions.filter(({ action }) => action === 'subscription.once_item_removed')).toHaveLength(1);
    await reachOrder(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4830]);
  });

  it('is too late once the order is made, and nobody takes out what is another’s', async () => {
    const [maya, noah] = [await dueIn(1), await dueIn(60)];
    await add(maya);
    const [waiting] = (await pageOf(maya)).waiting;
    const id = waiting?.id ?? newId('onceItem');
    await expect(takeOut(noah, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(takeOut({ ...maya, principal: noah.principal }, id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await pageOf(noah, { remove: id })).removing).toBeNull();
    await reachOrder(maya);
    expect(await takeOut(maya, id)).toEqual({ ok: false, reason: 'already_ordered' });
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([7830]);
  });
});

describe('whatever happens before its order', () => {
  const STEPS = {
    skip: async (who: Subscriber) =>
      skipPeriod(await by(who), {
        subscriptionId: who.subscriptionId,
        nextChargeOn: (await subscriptionOf(who)).nextChargeOn,
      }),
    unskip: async (who: Subscriber) =>
      unskipPeriod(await by(who), {
        subscriptionId: who.subscriptionId,
        nextChargeOn: (await subscriptionOf(who)).nextChargeOn,
      }),
    // Of one that is being collected the order is void.
    pause: async (who: Subscriber) =>
      pauseSubscription(await by(who), { subscriptionId: who.subscriptionId, until: null }),
    resume: async (who: Subscriber) => resumeSubscription(await by(who), { subscriptionId: who.subscriptionId }),
    order: async (who: Subscriber) => {
      const { nextChargeOn } = await subscriptionOf(who);
      const { subscription } = await subscriptionPage(await by(who), who);
      const input = { subscriptionId: who.subscriptionId, periodStart: nextChargeOn };
      return chargeEarly(await by(who), { ...input, totalCents: subscription.totalCents });
    },
    due: reachOrder,
    failing: async (who: Subscriber) => {
      await world.truemed.setTokenHealth({ email: who.email, health: 'needs_card' });
      await reachOrder(who);
      await world.truemed.setTokenHealth({ email: who.email, health: 'ok' });
    },
  };
  const NAMES = Object.keys(STEPS) as (keyof typeof STEPS)[];

  it('it is on one order, once', async () => {
    // Nobody else's orders, so that time moves fast.
    const { db } = world.runtime;
    await db.update(subscriptions).set({ status: 'canceled' }).where(ne(subscriptions.status, 'canceled'));
    await assert(
      asyncProperty(array(constantFrom(...NAMES), { minLength: 2, maxLength: 3 }), async (names) => {
        const who = await dueIn(10);
        expect(await add(who)).toEqual({ ok: true, next: 'applied' });
        for (const name of names) {
          await STEPS[name](who);
          const waiting = (await itemsOf(who)).filter(({ status }) => status === 'waiting');
          expect((await onceLinesOf(who)).length + waiting.length).toBe(1);
        }
        // What is still open is given up, so that another order can follow.
        await STEPS.pause(who);
        await STEPS.resume(who);
        await STEPS.due(who);
        const [line, ...more] = await onceLinesOf(who);
        expect([line?.sku, line?.quantity, more]).toEqual(['ZINC', 2, []]);
        expect(await itemsOf(who)).toMatchObject([{ status: 'invoiced', invoiceId: line?.invoiceId }]);
        const withIt = (await invoicesOf(who)).filter(
          ({ totalCents, status }) => totalCents === 7830 && status !== 'skipped',
        );
        expect(withIt).toHaveLength(1);
        await cancelSubscription(await by(who), { subscriptionId: who.subscriptionId, when: 'now' });
      }),
      { numRuns: 3 },
    );
  });
});
