import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { type Id, newId } from '@/lib/core/id';
import { formatWantedLines, parseWantedLines, type WantedLine } from '@/lib/core/wanted-quantities';
import { changeItems } from '@/lib/services/change-items';
import { createDiscount } from '@/lib/services/create-discount';
import { giveDiscount } from '@/lib/services/give-discount';
import { offerPlan } from '@/lib/services/offer-plan';
import { setPrice } from '@/lib/services/set-price';
import { itemsPage, swapPage } from '@/lib/views/item-change';
import { waitingPage, waitingPoll } from '@/lib/views/provisioning';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { chargesOf } = recordsOf(() => world);

const pageOf = async (who: Subscriber, wanted: ReadonlyMap<Id<'item'>, number> | null = null) =>
  itemsPage(await world.as(who.principal), { subscriptionId: who.subscriptionId, wanted });
async function theItemOf(who: Subscriber) {
  const [item] = (await pageOf(who)).items;
  if (item === undefined) throw new Error('No item.');
  return item;
}
const change = async (who: Subscriber, itemId: Id<'item'>, quantity: number) =>
  changeItems(await world.as(who.principal), {
    subscriptionId: who.subscriptionId,
    items: [{ itemId, quantity }],
    embedded: false,
  });

/** Where the waiting page of a change leads to go on with it. */
async function wayOn(who: Subscriber, requestId: Id<'provisionRequest'> = newId('provisionRequest')) {
  return (await waitingPage(await world.as(who.principal), { requestId })).items?.again;
}

describe('a change of how many come', () => {
  it('promises what the next order then costs, discounts and shipping included, and that is charged', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-01-14', anchorDate: '2027-01-14' });
    const staff = await world.as(world.aStaffMember());
    const discountId = await createDiscount(staff, {
      name: 'Thank you',
      terms: { kind: 'percent', basisPoints: 1000 },
      time: { duration: 'forever' },
    });
    await giveDiscount(staff, { subscriptionId: maya.subscriptionId, discountId });
    const { id } = await theItemOf(maya);
    const { preview } = await pageOf(maya, new Map([[id, 3]]));
    expect(preview?.lines).toMatchObject([{ quantity: 3 }]);
    expect(await change(maya, id, 3)).toEqual({ ok: true, next: 'applied' });
    await world.advance({ days: 2 });
    await world.settle();
    expect(await chargesOf(maya)).toMatchObject([{ amount: preview?.totalCents }]);
  });

  it('that waits for Truemed is shown with the order, which stays as it is', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-03-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const { id, name } = await theItemOf(maya);
    expect(await change(maya, id, 2)).toMatchObject({ ok: true, next: 'truemed' });
    const { heldItems, subscription } = await subscriptionPage(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
    });
    expect(heldItems).toMatchObject({ items: [{ name, quantity: 2 }] });
    expect(subscription.lines).toMatchObject([{ quantity: 1 }]);
    expect((await pageOf(maya)).held).toEqual(heldItems);
    expect(await wayOn(maya, heldItems?.requestId)).toEqual({
      page: 'items',
      quantities: [{ itemId: id, quantity: 2 }],
    });
  });

  it('whose place another has taken says so when Truemed agrees to it, and promises nothing', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-03-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const { id } = await theItemOf(maya);
    const first = await change(maya, id, 2);
    if (!first.ok || first.next !== 'truemed') throw new Error(JSON.stringify(first));
    const { requestId } = first;
    const revision = async () => (await waitingPoll(await world.as(maya.principal), { requestId })).revision;
    const open = await revision();
    const second = await change(maya, id, 3);
    if (!second.ok) throw new Error(JSON.stringify(second));
    expect(await revision()).not.toBe(open);
    await atTruemed(first.redirectUrl).completes();
    await world.settle();
    const page = await waitingPage(await world.as(maya.principal), { requestId: first.requestId });
    expect(page).toMatchObject({ state: 'Connected', items: { isReplaced: true } });
    expect((await theItemOf(maya)).quantity).toBe(1);
  });

  it('of one item keeps the others as the preview shows them', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2029-01-12' });
    const other = { id: newId('item'), sku: 'MAG', name: 'Magnesium', quantity: 3, unitPriceCents: 2000, position: 1 };
    await world.runtime.db.insert(subscriptionItems).values({ ...other, subscriptionId: maya.subscriptionId });
    const { id } = await theItemOf(maya);
    const { preview } = await pageOf(maya, new Map([[id, 2]]));
    const items = [...(preview?.wanted ?? [])].map(([itemId, quantity]) => ({ itemId, quantity }));
    await changeItems(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, items, embedded: false });
    const after = (await pageOf(maya)).items.map(({ name, quantity }) => ({ name, quantity }));
    expect(after).toEqual(preview?.lines.map(({ name, quantity }) => ({ name, quantity })));
  });

  it('to nothing at all has no preview, and another’s items count for nothing', async () => {
    const [maya, noah] = [await world.aCharged(), await world.aCharged()];
    const { id, quantity } = await theItemOf(maya);
    expect((await pageOf(maya, new Map([[id, 0]]))).preview).toBeNull();
    const { preview } = await pageOf(maya, new Map([[(await theItemOf(noah)).id, 9]]));
    expect(preview?.lines).toMatchObject([{ quantity }]);
  });
});

describe('another item in the place of one', () => {
  const terms = {
    description: 'A mineral.',
    intervals: [{ unit: 'month' as const, count: 1 }],
    trialDays: 0,
    shippingCents: 0,
  };
  const swap = async (who: Subscriber, itemId: Id<'item'> | null, priceId: Id<'price'> | null) =>
    swapPage(await world.as(who.principal), { subscriptionId: who.subscriptionId, itemId, priceId });

  it('is one that is offered, costs what is shown, and that is charged', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-03-20', anchorDate: '2027-03-20' });
    const staff = await world.as(world.aStaffMember());
    const { priceId } = await setPrice(staff, { sku: 'ZINC', name: 'Zinc', unitPriceCents: 2100 });
    const notOffered = await setPrice(staff, { sku: 'IRON', name: 'Iron', unitPriceCents: 100 });
    await offerPlan(staff, { sku: 'ZINC', ...terms });
    const { id } = await theItemOf(maya);
    expect((await swap(maya, id, notOffered.priceId)).preview).toBeNull();
    const { preview, offered } = await swap(maya, id, priceId);
    expect(offered).toMatchObject([{ name: 'Zinc', unitPriceCents: 2100 }]);
    expect(preview).toMatchObject({ totalCents: 2030, lines: [{ name: 'Zinc', quantity: 1 }] });
    const asked = async (items: readonly WantedLine[]) =>
      changeItems(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, items, embedded: false });
    expect(await asked([{ priceId: notOffered.priceId, quantity: 1 }])).toEqual({ ok: false, reason: 'no_such_item' });
    const sent = parseWantedLines(formatWantedLines(preview?.wanted ?? []));
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const held = await asked(sent ?? []);
    if (!held.ok || held.next !== 'truemed') throw new Error(JSON.stringify(held));
    expect(await wayOn(maya, held.requestId)).toEqual({ page: 'swap', out: id, into: priceId });
    expect(await asked(sent ?? [])).toEqual(held);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.advance({ hours: 1 });
    expect(await asked(sent ?? [])).toEqual({ ok: true, next: 'applied' });
    const { now } = await world.system();
    await world.advance({ days: Math.ceil((Date.parse('2027-03-21T14:00:00Z') - now.getTime()) / 86_400_000) });
    await world.settle();
    expect(await chargesOf(maya)).toMatchObject([{ amount: preview?.totalCents }]);
  });
});
