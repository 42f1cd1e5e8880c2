import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '@/lib/core/id';
import { changeItems } from '@/lib/services/change-items';
import { createDiscount } from '@/lib/services/create-discount';
import { giveDiscount } from '@/lib/services/give-discount';
import { itemsPage } from '@/lib/views/item-change';
import { subscriptionPage } from '@/lib/views/subscription';
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
  });

  it('to nothing at all has no preview, and another’s items count for nothing', async () => {
    const [maya, noah] = [await world.aCharged(), await world.aCharged()];
    const { id, quantity } = await theItemOf(maya);
    expect((await pageOf(maya, new Map([[id, 0]]))).preview).toBeNull();
    const { preview } = await pageOf(maya, new Map([[(await theItemOf(noah)).id, 9]]));
    expect(preview?.lines).toMatchObject([{ quantity }]);
  });
});
