import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { localDate, localDateAt } from '@/lib/core/calendar';
import { changeInterval } from '@/lib/services/change-interval';
import { changeItems } from '@/lib/services/change-items';
import { chargeEarly } from '@/lib/services/charge-early';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { chargeNowPreview } from '@/lib/views/charge-now';
import { orderPage } from '@/lib/views/order';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, subscriptionOf, chargesOf } = recordsOf(() => world);

const JUNE = localDate('2027-06-03');
const preview = async (who: Subscriber) =>
  chargeNowPreview(await world.as(who.principal), { subscriptionId: who.subscriptionId });
const order = async (who: Subscriber, shown: { periodStart?: string; totalCents?: number } = {}) =>
  chargeEarly(await world.as(who.principal), {
    subscriptionId: who.subscriptionId,
    periodStart: localDate(shown.periodStart ?? JUNE),
    totalCents: shown.totalCents ?? 4830,
  });

describe('an order before its day', () => {
  it('is no closer to the order that was left to the former processor, also where the interval was changed since', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-14' });
    const ctx = await world.as(maya.principal);
    const moved = await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false });
    if (!moved.ok || moved.next === 'waiting') throw new Error(JSON.stringify(moved));
    await atTruemed(moved.redirectUrl).completes();
    await world.settle();
    const left = async () => (await subscriptionPage(await world.as(maya.principal), maya)).subscription.lastExternalOn;
    expect(await left()).toBe('2027-01-14');
    const input = { subscriptionId: maya.subscriptionId, nextChargeOn: localDate('2027-02-14') };
    const interval = { unit: 'week', count: 6 } as const;
    expect(await changeInterval(await world.as(maya.principal), { ...input, interval })).toMatchObject({ ok: true });
    expect(await left()).toBe('2027-01-14');
    const { outcome } = await preview(maya);
    expect(outcome).toMatchObject({ ok: false, reason: 'too_soon', from: '2027-01-19' });
    expect(await order(maya, { periodStart: '2027-02-14' })).toMatchObject({ ok: false, reason: 'too_soon' });
  });

  it('is charged as its preview says, once, and the next stays on its day', async () => {
    const maya = await world.aCharged({ nextChargeOn: JUNE });
    const { outcome, now } = await preview(maya);
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(now.map(({ date }) => date)).toEqual(['2027-06-03', '2027-07-03']);
    expect(outcome.after).toEqual([
      { date: '2027-01-12', totalCents: 4830 },
      { date: '2027-07-03', totalCents: 4830 },
    ]);
    expect((await subscriptionPage(await world.as(maya.principal), maya)).mayChargeNow).toBe(true);

    const result = await order(maya);
    expect(result).toMatchObject({ ok: true, status: 'accepted' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([
      { status: 'paid', periodStart: outcome.periodStart, totalCents: outcome.totalCents },
    ]);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([outcome.totalCents]);
    expect(await subscriptionOf(maya)).toMatchObject({
      status: 'active',
      nextChargeOn: outcome.after[1]?.date,
      anchorDate: JUNE,
    });
    if (!result.ok) return;
    const shown = await orderPage(await world.as(maya.principal), { invoiceId: result.invoiceId });
    expect(shown.why?.words).toBe('Charged before its day, Thursday, 3 June, because it was ordered early.');
  });

  it('is not charged again when its day comes', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-01-25' });
    await order(maya, { periodStart: '2027-01-25' });
    await world.settle();
    await world.advance({ days: 14 });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    await world.truemed.moveClock({ to: '2027-02-26T14:00:00.000Z' });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(2);
    expect((await invoicesOf(maya)).map(({ periodStart }) => periodStart)).toEqual(['2027-01-25', '2027-02-25']);
  });

  it('is one order for two tabs and a double press, and none within five days of another', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const results = await Promise.all([order(maya), order(maya), order(maya)]);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.filter((result) => !result.ok).map((result) => !result.ok && result.reason)).toEqual([
      'already_ordered',
      'already_ordered',
    ]);
    // The page of the period after it, opened while the first is on its way and once it is paid.
    expect(await order(maya, { periodStart: '2027-07-03' })).toMatchObject({ reason: 'order_open' });
    await world.settle();
    expect(await order(maya, { periodStart: '2027-07-03' })).toMatchObject({ reason: 'too_soon' });
    expect((await preview(maya)).outcome).toMatchObject({ ok: false, reason: 'too_soon' });
    expect((await subscriptionPage(await world.as(maya.principal), maya)).mayChargeNow).toBe(false);
    await world.advance({ days: 6 });
    expect(await order(maya, { periodStart: '2027-07-03' })).toMatchObject({ ok: true });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(2);
  });

  it('that is refused says which day it is for the subscription, in its own time zone', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const { now } = await world.system();
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      await world.runtime.db.update(subscriptions).set({ timeZone }).where(eq(subscriptions.id, maya.subscriptionId));
      const refused = { ok: false, reason: 'changed_meanwhile', today: localDateAt(now, timeZone) };
      expect(await order(maya, { totalCents: 4829 })).toMatchObject(refused);
    }
  });

  it('is refused for another amount than the page showed, and where a change of items is open at Truemed', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    expect(await order(maya, { totalCents: 4829 })).toMatchObject({ ok: false, reason: 'changed_meanwhile' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const [item] = await world.runtime.db
      .select()
      .from(subscriptionItems)
      .where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
    if (item === undefined) throw new Error('There is no item.');
    const changed = await changeItems(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
      items: [{ itemId: item.id, quantity: 2 }],
      embedded: false,
    });
    const held = await world.runtime.db
      .select()
      .from(pendingItemChanges)
      .where(and(eq(pendingItemChanges.subscriptionId, maya.subscriptionId), eq(pendingItemChanges.status, 'held')));
    expect(changed).toMatchObject({ ok: true, next: 'truemed' });
    expect(held).toHaveLength(1);
    expect(await order(maya)).toMatchObject({ ok: false, reason: 'token_updating' });
    expect(await chargesOf(maya)).toHaveLength(0);
  });

  it('waits in recovery where Truemed wants something first, and is paid once', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    expect(await order(maya)).toMatchObject({ ok: true, status: 'action_required' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due', nextChargeOn: '2027-07-03' });
    expect(await chargesOf(maya)).toHaveLength(0);
    expect(await order(maya)).toMatchObject({ reason: 'already_ordered' });
  });

  it('is not made of another customer’s subscription, nor by staff', async () => {
    const [maya, priya] = [await world.aCharged({ nextChargeOn: JUNE }), await world.aCharged({ nextChargeOn: JUNE })];
    const press = { subscriptionId: maya.subscriptionId, periodStart: JUNE, totalCents: 4830 };
    await expect(chargeEarly(await world.as(priya.principal), press)).rejects.toMatchObject({ code: 'not_found' });
    await expect(chargeEarly(await world.as(world.aStaffMember()), press)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await chargesOf(maya)).toHaveLength(0);
  });
});
