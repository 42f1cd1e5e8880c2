import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionRequests } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { newId } from '@/lib/core/id';
import { changeItems } from '@/lib/services/change-items';
import { updatePaymentDetails } from '@/lib/services/update-payment-details';
import { withdrawItemChange } from '@/lib/services/withdraw-item-change';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { waitingPage } from '@/lib/views/provisioning';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { subjectsOf } = recordsOf(() => world);

const LATER = '2029-01-12';
const by = (who: Subscriber) => world.as(who.principal);
const needsSurvey = (who: Subscriber) => world.truemed.setTokenHealth({ email: who.email, health: 'needs_survey' });

/** Somebody with two subscriptions on one card: one piece of DAILY, and one of NIGHT. */
async function withTwo(): Promise<{ daily: Subscriber; night: Subscriber }> {
  const daily = await world.aCharged({ nextChargeOn: LATER });
  const night = await world.aSubscriber({ customerId: daily.customerId, nextChargeOn: LATER });
  const isNight = eq(subscriptions.id, night.subscriptionId);
  await world.runtime.db.update(subscriptions).set({ billingMethod: 'hsa_fsa' }).where(isNight);
  await world.runtime.db
    .update(subscriptionItems)
    .set({ sku: 'NIGHT', name: 'Night Essentials' })
    .where(eq(subscriptionItems.subscriptionId, night.subscriptionId));
  return { daily, night: { ...night, email: daily.email } };
}

async function change(who: Subscriber, quantity: number) {
  const isIts = eq(subscriptionItems.subscriptionId, who.subscriptionId);
  const [item] = await world.runtime.db.select().from(subscriptionItems).where(isIts);
  const items = [{ itemId: item?.id ?? newId('item'), quantity }];
  return changeItems(await by(who), { subscriptionId: who.subscriptionId, items, embedded: false });
}

/** A change that Truemed wants a survey for, so that it waits. */
async function waits(who: Subscriber, quantity: number) {
  await needsSurvey(who);
  const result = await change(who, quantity);
  if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
  return { ...result, completes: () => atTruemed(result.redirectUrl).completes() };
}

/** What the orders of somebody have: how many of each item. */
async function ordersOf(who: Subscriber): Promise<Record<string, number>> {
  const rows = await world.runtime.db
    .select({ sku: subscriptionItems.sku, quantity: subscriptionItems.quantity })
    .from(subscriptionItems)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionItems.subscriptionId))
    .where(eq(subscriptions.customerId, who.customerId));
  return Object.fromEntries(rows.map(({ sku, quantity }) => [sku, quantity]));
}

/** What Truemed was told of the card in the update that it has agreed to; of several the one that was asked for last. */
async function toldOf(who: Subscriber): Promise<Record<string, number>> {
  const { requests } = await world.truemed.state(who.email);
  const agreed = requests.filter(({ kind, status }) => kind === 'update' && status === 'completed');
  const last = agreed.reduce((one, other) => (other.created_at >= one.created_at ? other : one));
  return Object.fromEntries(last.order_items.map(({ sku, quantity }) => [sku, quantity]));
}
const asked = async (who: Subscriber) =>
  (await world.truemed.state(who.email)).requests.filter(({ kind }) => kind === 'update').length;

describe('two changes of items at once, of two subscriptions on one card', () => {
  it('are both known to Truemed where the first is agreed to first', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    const second = await waits(night, 3);
    await first.completes();
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 2, NIGHT: 1 });
    expect((await subscriptionPage(await by(night), night)).heldItems).not.toBeNull();
    await world.advance({ minutes: 1 });
    await second.completes();
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    expect(await asked(daily)).toBe(3);
    expect((await paymentMethodsPage(await by(daily))).pending).toEqual([]);
    // Nobody asked for that, and nothing was to be done: it is not written of.
    expect(await subjectsOf(daily)).toEqual(['Your order is changed', 'Your order is changed']);
  });

  it('are both known to Truemed where the second is agreed to first', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    const second = await waits(night, 3);
    await second.completes();
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
    expect(await asked(daily)).toBe(2);
    await world.advance({ minutes: 1 });
    await first.completes();
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
  });

  it('are both known to Truemed where it agrees to the second at once', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    await world.truemed.setTokenHealth({ email: daily.email, health: 'ok' });
    expect(await change(night, 3)).toEqual({ ok: true, next: 'applied' });
    expect(await toldOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
    await world.advance({ minutes: 1 });
    await first.completes();
    await world.settle();
    expect(await toldOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual(await ordersOf(daily));
  });

  it('are both known to Truemed where it has agreed to both before it says so of either', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    const second = await waits(night, 3);
    await second.completes();
    await first.completes();
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
  });

  it('leave the first as it was where that is refused or expires, and Truemed knows it so', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    const second = await waits(night, 3);
    await atTruemed(first.redirectUrl).doesNotQualify();
    await second.completes();
    await world.settle();
    await world.advance({ days: 11 });
    await world.settle();
    expect(await ordersOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
    expect(await toldOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
    expect((await subscriptionPage(await by(daily), daily)).endedItems).toMatchObject({ why: 'not_completed' });
    expect(await asked(daily)).toBe(2);
  });
});

describe('an update of a card that is completed after the orders have become others', () => {
  it('is followed by one that names what they have', async () => {
    const { daily, night } = await withTwo();
    await needsSurvey(daily);
    const survey = await updatePaymentDetails(await by(daily), { what: 'survey' });
    if (!survey.ok || survey.next !== 'truemed') throw new Error(JSON.stringify(survey));
    await world.truemed.setTokenHealth({ email: daily.email, health: 'ok' });
    expect(await change(night, 3)).toEqual({ ok: true, next: 'applied' });
    await world.advance({ minutes: 1 });
    await atTruemed(survey.redirectUrl).completes();
    await world.settle();
    expect(await asked(daily)).toBe(3);
    expect(await toldOf(daily)).toEqual({ DAILY: 1, NIGHT: 3 });
  });

  it('is so too where that was a change that had been taken back', async () => {
    const { daily } = await withTwo();
    const first = await waits(daily, 2);
    const { subscriptionId } = daily;
    await withdrawItemChange(await by(daily), { subscriptionId, requestId: first.requestId });
    await world.advance({ minutes: 1 });
    await first.completes();
    await world.settle();
    expect(await toldOf(daily)).toEqual({ DAILY: 1, NIGHT: 1 });
    expect(await ordersOf(daily)).toEqual({ DAILY: 1, NIGHT: 1 });
  });

  it('waits where its customer sees it if Truemed wants a survey for that, and is asked for once', async () => {
    const { daily, night } = await withTwo();
    const first = await waits(daily, 2);
    const second = await waits(night, 3);
    await first.completes();
    await second.completes();
    // What it was told by the second lacks what the first has brought.
    await needsSurvey(daily);
    await world.settle();
    const { pending } = await paymentMethodsPage(await by(daily));
    expect(pending).toMatchObject([{ purpose: 'survey', state: 'Not completed' }]);
    const [open] = pending;
    if (open === undefined) throw new Error('Nothing is open.');
    expect(await waitingPage(await by(daily), open)).toMatchObject({ purpose: 'survey', status: 'open' });
    const going = await updatePaymentDetails(await by(daily), { what: 'survey' });
    if (!going.ok || going.next !== 'truemed') throw new Error(JSON.stringify(going));
    expect(going.requestId).toBe(open.requestId);
    await atTruemed(going.redirectUrl).completes();
    await world.settle();
    expect(await toldOf(daily)).toEqual({ DAILY: 2, NIGHT: 3 });
    const { customerId } = daily;
    const rows = await world.runtime.db
      .select({ status: provisionRequests.status })
      .from(provisionRequests)
      .where(eq(provisionRequests.customerId, customerId));
    expect(rows.map(({ status }) => status)).toEqual(['connected', 'connected', 'connected']);
  });
});
