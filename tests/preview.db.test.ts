import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoiceDiscounts } from '@/db/schema/billing';
import { prices } from '@/db/schema/catalog';
import { subscriptionDiscounts, subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { DiscountTerms, DiscountTime } from '@/lib/core/discount';
import { newId } from '@/lib/core/id';
import { createDiscount } from '@/lib/services/create-discount';
import { endDiscount, giveDiscount } from '@/lib/services/give-discount';
import { setPrice } from '@/lib/services/set-price';
import { accountOverview } from '@/lib/views/account';
import { staffSubscriptionPage } from '@/lib/views/admin-subscription';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, chargesOf } = recordsOf(() => world);
const staff = () => world.as(world.aStaffMember());

async function give(maya: Subscriber, terms: DiscountTerms, time: DiscountTime) {
  const discountId = await createDiscount(await staff(), { name: 'Thank you', terms, time });
  return giveDiscount(await staff(), { subscriptionId: maya.subscriptionId, discountId });
}

const aDiscount = fc.tuple(
  fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), amountCents: fc.integer({ min: 1, max: 6000 }) }),
    fc.record({ kind: fc.constant('percent' as const), basisPoints: fc.integer({ min: 1, max: 10_000 }) }),
  ),
  fc.oneof(
    fc.record({ duration: fc.constantFrom('once' as const, 'forever' as const) }),
    fc.record({ duration: fc.constant('periods' as const), periods: fc.integer({ min: 1, max: 3 }) }),
  ),
);
const anOrder = fc.record({
  lines: fc.array(
    fc.record({ quantity: fc.integer({ min: 1, max: 5 }), unitPriceCents: fc.integer({ min: 50, max: 9000 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  extras: fc.record({ shippingCents: fc.nat(900), taxCents: fc.nat(900) }),
  // Up to what the dearest generated lines may cost less the least: a discount of the import is never more than the order.
  ownDiscountCents: fc.nat(49),
  discounts: fc.array(aDiscount, { maxLength: 3 }),
});

describe('a price', () => {
  it('is a version that is never changed, and an item cannot be at another amount than its version', async () => {
    const first = await setPrice(await staff(), { sku: 'MAG', name: 'Magnesium', unitPriceCents: 2100 });
    const same = await setPrice(await staff(), { sku: 'MAG', name: 'Magnesium', unitPriceCents: 2100 });
    const second = await setPrice(await staff(), { sku: 'MAG', name: 'Magnesium', unitPriceCents: 2500 });
    expect(same).toEqual(first);
    expect(second).toMatchObject({ planId: first.planId, version: 2 });
    const { db } = world.runtime;
    const change = db.update(prices).set({ unitPriceCents: 1 }).where(eq(prices.id, first.priceId));
    await expect(change).rejects.toMatchObject({ cause: { message: expect.stringContaining('append-only') } });

    const maya = await world.aCharged();
    const pinned = { priceId: first.priceId, unitPriceCents: 2100 };
    await db.update(subscriptionItems).set(pinned).where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
    await world.settle();
    // The plan costs more by now: whoever had the first version still pays it.
    expect(await invoicesOf(maya)).toMatchObject([{ totalCents: 2100 + 500 + 330 - 900 }]);
    const drifted = db
      .update(subscriptionItems)
      .set({ unitPriceCents: 2500 })
      .where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
    await expect(drifted).rejects.toMatchObject({
      cause: { message: expect.stringContaining('subscription_items_price_version') },
    });
  });
});

describe('a discount', () => {
  it('that is taken away counts no more, is given once at a time, and by staff with the role alone', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2028-01-01' });
    const { subscriptionId } = maya;
    const discountId = await createDiscount(await staff(), {
      name: 'Thank you',
      terms: { kind: 'percent', basisPoints: 1000 },
      time: { duration: 'forever' },
    });
    const total = async () => (await staffSubscriptionPage(await staff(), { subscriptionId })).subscription.totalCents;
    const given = await giveDiscount(await staff(), { subscriptionId, discountId });
    if (!given.ok) throw new Error(given.reason);
    expect(await total()).toBe(4340);
    expect(await giveDiscount(await staff(), { subscriptionId, discountId })).toEqual({
      ok: false,
      reason: 'already_given',
    });
    await endDiscount(await staff(), given);
    await endDiscount(await staff(), given);
    expect(await total()).toBe(4830);
    const finance = await world.as({ ...world.aStaffMember(), role: 'finance' } as ReturnType<
      TestWorld['aStaffMember']
    >);
    await expect(giveDiscount(finance, { subscriptionId, discountId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(setPrice(finance, { sku: 'X', name: 'X', unitPriceCents: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('of everything leaves an order that is paid without a charge', async () => {
    const maya = await world.aCharged();
    await world.runtime.db
      .update(subscriptions)
      .set({ shippingCents: 0, taxCents: 0 })
      .where(eq(subscriptions.id, maya.subscriptionId));
    await give(maya, { kind: 'percent', basisPoints: 10_000 }, { duration: 'once' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', totalCents: 0 }]);
    expect(await chargesOf(maya)).toEqual([]);
  });
});

describe('an order', () => {
  it('costs what was shown before it, on every page, for generated subscriptions over three periods', async () => {
    const orders = fc.sample(anOrder, { numRuns: 8, seed: 20270112 });
    const people = await Promise.all(
      orders.map(() => world.aCharged({ nextChargeOn: '2027-01-13', anchorDate: '2027-01-13' })),
    );
    const shown: number[][] = [];
    for (const [index, { lines, extras, ownDiscountCents, discounts }] of orders.entries()) {
      const maya = people[index];
      if (maya === undefined) throw new Error('Nobody.');
      const { db } = world.runtime;
      await db.delete(subscriptionItems).where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
      await db.insert(subscriptionItems).values(
        lines.map((line, position) => ({
          ...line,
          id: newId('item'),
          subscriptionId: maya.subscriptionId,
          position,
          sku: `S${position}`,
          name: `Item ${position}`,
        })),
      );
      await db
        .update(subscriptions)
        .set({ ...extras, discountCents: ownDiscountCents })
        .where(eq(subscriptions.id, maya.subscriptionId));
      for (const [terms, time] of discounts) await give(maya, terms, time);
      const page = await staffSubscriptionPage(await staff(), { subscriptionId: maya.subscriptionId });
      const own = await subscriptionPage(await world.as(maya.principal), { subscriptionId: maya.subscriptionId });
      const overview = await accountOverview(await world.as(maya.principal));
      const totals = page.subscription.upcomingTotals.slice(0, 3);
      expect(page.subscription.totalCents).toBe(totals[0]);
      expect(page.charge).toMatchObject({ amountCents: totals[0], following: { amountCents: totals[1] } });
      expect(own.subscription.upcomingTotals.slice(0, 3)).toEqual(totals);
      expect(overview.comingUp.map(({ totalCents }) => totalCents)).toEqual(totals);
      shown.push(totals);
    }
    for (let months = 0; months < 3; months += 1) {
      await world.advance({ days: months === 0 ? 1 : 31 });
      await world.settle();
    }
    for (const [index, maya] of people.entries()) {
      const invoices = await invoicesOf(maya);
      expect(invoices.map(({ totalCents, status }) => [totalCents, status])).toEqual(
        shown[index]?.map((total) => [total, 'paid']),
      );
      const charged = invoices.flatMap(({ totalCents }) => (totalCents === 0 ? [] : [totalCents]));
      expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual(charged);
    }
  }, 60_000);

  it('for two orders is counted where an order is planned, and not by one that is skipped', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-02-10', anchorDate: '2027-02-10' });
    const given = await give(maya, { kind: 'fixed', amountCents: 100 }, { duration: 'periods', periods: 2 });
    await world.settle();
    for (let months = 0; months < 2; months += 1) {
      await world.advance({ days: 31 });
      await world.settle();
    }
    const orders = await invoicesOf(maya);
    const billed = orders.filter(({ status }) => status === 'paid');
    expect(orders.some(({ status }) => status === 'skipped')).toBe(true);
    expect(billed.map(({ discountCents }) => discountCents)).toEqual([1000, 1000, 900]);
    const [row] = await world.runtime.db
      .select()
      .from(subscriptionDiscounts)
      .where(eq(subscriptionDiscounts.subscriptionId, maya.subscriptionId));
    expect(row).toMatchObject({ remainingPeriods: 0, endedAt: expect.any(Date) });
    if (!given.ok) throw new Error(given.reason);
    const used = await world.runtime.db
      .select()
      .from(invoiceDiscounts)
      .where(eq(invoiceDiscounts.subscriptionDiscountId, given.subscriptionDiscountId));
    expect(used.map(({ amountCents }) => amountCents)).toEqual([100, 100]);
  });
});
