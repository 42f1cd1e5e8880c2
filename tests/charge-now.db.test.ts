import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscriptions } from '@/db/schema/subscriptions';
import { localDate } from '@/lib/core/calendar';
import { chargeNow } from '@/lib/services/charge-now';
import { createDiscount } from '@/lib/services/create-discount';
import { giveDiscount } from '@/lib/services/give-discount';
import { isDecidedAlike, whyCharged } from '@/lib/views/decisions';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, subscriptionOf, chargesOf } = recordsOf(() => world);

describe('Charge now', () => {
  it('bills the next period early, once, and leaves the one after it where it was', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const staff = await world.as(world.aStaffMember());
    const press = { subscriptionId: maya.subscriptionId, periodStart: localDate('2027-06-03') };
    expect(await chargeNow(staff, press)).toMatchObject({ ok: true, status: 'accepted' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', periodStart: '2027-06-03' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-07-03' });
    // The page that was sent twice shows a period that is no longer the next.
    expect(await chargeNow(staff, press)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    expect(await chargesOf(maya)).toHaveLength(1);
    // Why it was charged stands on record, and is decided alike from that record.
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('There is no order.');
    const why = await whyCharged(await world.as(maya.principal), { invoiceId: invoice.id });
    if (why === null) throw new Error('There is no decision.');
    expect(why).toMatchObject({
      verdict: 'charge',
      inputs: { askedBy: 'staff' },
      words: 'Charged because the shop asked for the order of Thursday, 3 June.',
    });
    expect(isDecidedAlike(why)).toBe(true);
  });

  it('of an order that its discounts pay for says that it is made, and a second press makes no other', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const { db } = world.runtime;
    await db
      .update(subscriptions)
      .set({ shippingCents: 0, taxCents: 0, discountCents: 0 })
      .where(eq(subscriptions.id, maya.subscriptionId));
    const staff = await world.as(world.aStaffMember());
    const discountId = await createDiscount(staff, {
      name: 'On the house',
      terms: { kind: 'percent', basisPoints: 10_000 },
      time: { duration: 'forever' },
    });
    await giveDiscount(staff, { subscriptionId: maya.subscriptionId, discountId });
    const press = { subscriptionId: maya.subscriptionId, periodStart: localDate('2027-06-03') };
    const pressed = await chargeNow(staff, press);
    const [invoice] = await invoicesOf(maya);
    expect(invoice).toMatchObject({ status: 'paid', totalCents: 0, periodStart: '2027-06-03' });
    expect(pressed).toEqual({ ok: true, invoiceId: invoice?.id, status: 'captured' });
    expect(await chargeNow(staff, press)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    expect(await invoicesOf(maya)).toHaveLength(1);
  });

  it('is refused for a viewer, for a customer, and for what is billed elsewhere', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const press = { subscriptionId: maya.subscriptionId, periodStart: localDate('2027-06-03') };
    const viewer = { ...world.aStaffMember(), role: 'viewer' } as const;
    await expect(chargeNow(await world.as(viewer), press)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(chargeNow(await world.as(maya.principal), press)).rejects.toMatchObject({ code: 'not_found' });
    const elsewhere = await world.aSubscriber();
    const refused = await chargeNow(await world.as(world.aStaffMember()), {
      subscriptionId: elsewhere.subscriptionId,
      periodStart: localDate('2027-02-03'),
    });
    expect(refused).toEqual({ ok: false, reason: 'billed_elsewhere' });
  });
});
