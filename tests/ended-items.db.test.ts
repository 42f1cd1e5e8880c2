import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '@/db/schema/operations';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { type Id, newId } from '@/lib/core/id';
import { addOnceItem } from '@/lib/services/add-once-item';
import { changeItems } from '@/lib/services/change-items';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { dismissItemChange } from '@/lib/services/dismiss-item-change';
import { offerPlan } from '@/lib/services/offer-plan';
import { setPrice } from '@/lib/services/set-price';
import { subscriptionPage } from '@/lib/views/subscription';
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
const { subjectsOf } = recordsOf(() => world);

const LATER = { nextChargeOn: '2029-01-12' };
const said = async (who: Subscriber) => (await subscriptionPage(await world.as(who.principal), who)).endedItems;
const itemOf = async (who: Subscriber) => {
  const isIt = eq(subscriptionItems.subscriptionId, who.subscriptionId);
  const [item] = await world.runtime.db.select().from(subscriptionItems).where(isIt);
  return item?.id ?? newId('item');
};
async function change(who: Subscriber, quantity: number) {
  const items = [{ itemId: await itemOf(who), quantity }];
  return changeItems(await world.as(who.principal), { subscriptionId: who.subscriptionId, items, embedded: false });
}
const addOnce = async (who: Subscriber, quantity: number) =>
  addOnceItem(await world.as(who.principal), {
    subscriptionId: who.subscriptionId,
    priceId: zinc,
    quantity,
    embedded: false,
  });
const dismiss = async (by: Subscriber, { subscriptionId }: Subscriber, requestId: Id<'provisionRequest'>) =>
  dismissItemChange(await world.as(by.principal), { subscriptionId, requestId });
const dismissals = (who: Subscriber) =>
  world.runtime.db
    .select({ cause: auditLog.cause, actor: auditLog.actor })
    .from(auditLog)
    .where(and(eq(auditLog.subject, who.subscriptionId), eq(auditLog.action, 'subscription.item_change_dismissed')));

/** Truemed answers the next change of somebody's items so. */
const answers = (who: Subscriber, error: string) =>
  world.truemed.addFault({
    match: { operation: 'updatePaymentToken', email: who.email },
    times: 1,
    fault: { status: error === 'WaitingForVerification' ? 409 : 400, body: { error, message: 'no' } },
  });
async function aRefused(error = 'ValidationError'): Promise<Subscriber> {
  const maya = await world.aCharged(LATER);
  await answers(maya, error);
  expect(await change(maya, 2)).toEqual({ ok: false, reason: 'refused_by_truemed' });
  return maya;
}

describe('new items that Truemed refuses', () => {
  it('are said on the subscription and in one mail, until their customer has read so', async () => {
    const maya = await aRefused();
    const ended = await said(maya);
    expect(ended).toMatchObject({
      why: 'refused',
      items: [{ name: 'Daily Essentials', quantity: 2 }],
      isOnce: false,
      again: { page: 'items', quantities: [{ itemId: await itemOf(maya), quantity: 2 }] },
    });
    expect(await subjectsOf(maya)).toEqual(['Your order stays as it was']);
    if (ended === null) throw new Error('Nothing is said.');
    const { requestId } = ended;
    const noah = await world.aCharged(LATER);
    await expect(dismiss(noah, maya, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await dismiss(noah, noah, requestId)).toEqual({ ok: false, reason: 'nothing_said' });
    expect(await said(maya)).toEqual(ended);

    const presses = await Promise.all([dismiss(maya, maya, requestId), dismiss(maya, maya, requestId)]);
    expect(presses.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await said(maya)).toBeNull();
    expect(await dismissals(maya)).toEqual([{ cause: requestId, actor: `customer:${maya.customerId}` }]);
  });

  it('are said no more once others are asked for, and the later refusal is what is said', async () => {
    const maya = await aRefused();
    const before = await said(maya);
    await answers(maya, 'ValidationError');
    expect(await change(maya, 3)).toMatchObject({ ok: false });
    expect(await dismiss(maya, maya, before?.requestId ?? newId('provisionRequest'))).toMatchObject({ ok: false });
    expect(await said(maya)).toMatchObject({ items: [{ quantity: 3 }] });
    expect(await change(maya, 4)).toEqual({ ok: true, next: 'applied' });
    expect(await said(maya)).toBeNull();
    expect(await dismissals(maya)).toEqual([]);
  });

  it('because something else is under review say so', async () => {
    expect(await said(await aRefused('WaitingForVerification'))).toMatchObject({ why: 'in_review' });
  });

  it('of one order name that order', async () => {
    const maya = await world.aCharged(LATER);
    await answers(maya, 'ValidationError');
    await addOnce(maya, 2);
    const again = { page: 'one-time', item: zinc, quantity: 2 };
    expect(await said(maya)).toMatchObject({ isOnce: true, items: [{ name: 'Zinc', quantity: 2 }], again });
  });
});

describe('new items that came to nothing otherwise', () => {
  it('are said where Truemed was not given in ten days what it asked for', async () => {
    const maya = await world.aCharged(LATER);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    expect(await change(maya, 2)).toMatchObject({ next: 'truemed' });
    expect(await said(maya)).toBeNull();
    await world.advance({ days: 11 });
    await world.settle();
    expect(await said(maya)).toMatchObject({ why: 'not_completed', items: [{ quantity: 2 }] });
    expect(await subjectsOf(maya)).toContain('Your order stays as it was');
  });

  it('are not said to be refused where the card was deleted', async () => {
    const maya = await world.aCharged(LATER);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    expect(await change(maya, 2)).toMatchObject({ next: 'truemed' });
    await deletePaymentToken(await world.as(maya.principal), maya);
    expect(await said(maya)).toBeNull();
  });
});
