import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subscriptions } from '@/db/schema/subscriptions';
import { localDate } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { confirmHandOver } from '@/lib/services/confirm-hand-over';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { closeChecked } from './close-checked';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(() => closeChecked(world));
const { invoicesOf, subscriptionOf, chargesOf } = recordsOf(() => world);

/** Maya's order of the 12th, paid for to 12 February. */
async function aPaidMonth(): Promise<Subscriber> {
  const maya = await world.aCharged({ anchorDate: '2026-12-12' });
  await world.settle();
  return maya;
}

const periodsOf = async (who: Subscriber) =>
  (await invoicesOf(who)).map(({ periodStart, periodEnd, status }) => `${periodStart} ${periodEnd} ${status}`);
const daysOn = async (days: number) => {
  await world.advance({ days });
  await world.settle();
};
const her = (who: Subscriber) => world.as(who.principal);

describe('a hand-over that is confirmed', () => {
  it('of what was canceled before moves none of its dates, and leaves no gap where it is taken up again', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    const isIt = eq(subscriptions.id, subscriptionId);
    await world.runtime.db
      .update(subscriptions)
      .set({ movedAt: new Date('2027-01-02T14:00:00Z') })
      .where(isIt);
    await cancelSubscription(await her(maya), { subscriptionId, when: 'now' });
    await daysOn(45);
    expect(await confirmHandOver(await world.as(world.aStaffMember()), { subscriptionId })).toEqual({ ok: true });
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-02-12', nextChargeAt: null });
    expect(await reactivateSubscription(await her(maya), { subscriptionId })).toMatchObject({ ok: true });
    expect(await periodsOf(maya)).toEqual(['2027-01-12 2027-02-12 paid', '2027-02-12 2027-03-12 skipped']);
  });
});

describe('a subscriber', () => {
  it('pauses for two months and resumes on the anchor: the months between are kept as skipped', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    const paused = await pauseSubscription(await her(maya), { subscriptionId, until: localDate('2027-03-20') });
    expect(paused).toMatchObject({ ok: true, change: { nextCharges: ['2027-04-12', '2027-05-12'] } });
    await daysOn(45);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'paused', pauseUntil: '2027-03-20' });
    expect(await chargesOf(maya)).toHaveLength(1);
    await daysOn(24);
    expect(await subscriptionOf(maya)).toMatchObject({
      status: 'active',
      pauseUntil: null,
      changeAt: null,
      nextChargeOn: '2027-04-12',
      anchorDate: '2026-12-12',
    });
    await daysOn(22);
    expect(await periodsOf(maya)).toEqual([
      '2027-01-12 2027-02-12 paid',
      '2027-02-12 2027-03-12 skipped',
      '2027-03-12 2027-04-12 skipped',
      '2027-04-12 2027-05-12 paid',
    ]);
    expect(await chargesOf(maya)).toHaveLength(2);
  });

  it('pauses without an end, and resumes within the paid month: nothing is skipped', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    expect((await pauseSubscription(await her(maya), { subscriptionId, until: null })).ok).toBe(true);
    expect(await pauseSubscription(await her(maya), { subscriptionId, until: null })).toEqual({
      ok: false,
      reason: 'already_paused',
    });
    await daysOn(10);
    expect(await resumeSubscription(await her(maya), { subscriptionId })).toMatchObject({ ok: true });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-02-12' });
    expect(await periodsOf(maya)).toEqual(['2027-01-12 2027-02-12 paid']);
  });

  it('skips February once, although the page was sent twice, and takes it back', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    const press = { subscriptionId, nextChargeOn: localDate('2027-02-12') };
    const both = await Promise.all([skipPeriod(await her(maya), press), skipPeriod(await her(maya), press)]);
    expect(both.map((result) => (result.ok ? 'skipped' : result.reason)).sort()).toEqual([
      'changed_meanwhile',
      'skipped',
    ]);
    expect((await subscriptionOf(maya)).nextChargeOn).toBe('2027-03-12');
    const back = { subscriptionId, nextChargeOn: localDate('2027-03-12') };
    expect((await unskipPeriod(await her(maya), back)).ok).toBe(true);
    expect(await unskipPeriod(await her(maya), back)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    expect((await subscriptionOf(maya)).nextChargeOn).toBe('2027-02-12');
    expect((await skipPeriod(await her(maya), press)).ok).toBe(true);
    await daysOn(60);
    expect(await periodsOf(maya)).toEqual([
      '2027-01-12 2027-02-12 paid',
      '2027-02-12 2027-03-12 skipped',
      '2027-03-12 2027-04-12 paid',
    ]);
  });

  it('moves one order by a week: it returns to the 12th, and no day is lost', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    const input = { subscriptionId, nextChargeOn: localDate('2027-02-12'), to: localDate('2027-02-19') };
    const moved = await moveNextCharge(await her(maya), { ...input, scope: 'this_order' });
    expect(moved).toMatchObject({ ok: true, change: { nextCharges: ['2027-02-19', '2027-03-12'] } });
    await daysOn(38);
    await daysOn(21);
    expect(await periodsOf(maya)).toEqual([
      '2027-01-12 2027-02-19 paid',
      '2027-02-19 2027-03-12 paid',
      '2027-03-12 2027-04-12 paid',
    ]);
  });

  it('orders every two months from the next charge on', async () => {
    const maya = await aPaidMonth();
    const changed = await changeInterval(await her(maya), {
      subscriptionId: maya.subscriptionId,
      nextChargeOn: localDate('2027-02-12'),
      interval: { unit: 'month', count: 2 },
    });
    expect(changed).toMatchObject({ ok: true, change: { nextCharges: ['2027-02-12', '2027-04-12'] } });
    await daysOn(31);
    expect(await periodsOf(maya)).toEqual(['2027-01-12 2027-02-12 paid', '2027-02-12 2027-04-12 paid']);
  });
});

describe('a trial', () => {
  it('ends with its first charge, and can be neither skipped nor paused until then', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-01-20' });
    const { subscriptionId } = maya;
    await world.runtime.db
      .update(subscriptions)
      .set({ status: 'trialing' })
      .where(eq(subscriptions.id, subscriptionId));
    const refused = { ok: false, reason: 'in_trial' };
    const press = { subscriptionId, nextChargeOn: localDate('2027-01-20') };
    expect(await skipPeriod(await her(maya), press)).toEqual(refused);
    expect(await pauseSubscription(await her(maya), { subscriptionId, until: null })).toEqual(refused);
    await daysOn(7);
    expect((await subscriptionOf(maya)).status).toBe('trialing');
    await daysOn(1);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-02-20' });
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});

describe('a cancellation', () => {
  it('at period end is carried out on its day, before the charge of that day; taken back, it never comes', async () => {
    const [maya, noor] = [await aPaidMonth(), await aPaidMonth()];
    for (const who of [maya, noor]) {
      const { subscriptionId } = who;
      expect((await cancelSubscription(await her(who), { subscriptionId, when: 'period_end' })).ok).toBe(true);
    }
    expect((await undoCancel(await her(noor), { subscriptionId: noor.subscriptionId })).ok).toBe(true);
    await daysOn(31);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled', cancelOn: null, nextChargeAt: null });
    expect((await subscriptionOf(maya)).canceledAt).not.toBeNull();
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await subscriptionOf(noor)).toMatchObject({ status: 'active', nextChargeOn: '2027-03-12' });
    expect(await chargesOf(noor)).toHaveLength(2);
  });

  it('is followed by a return with token, price and anchor kept', async () => {
    const maya = await aPaidMonth();
    const { subscriptionId } = maya;
    expect((await cancelSubscription(await her(maya), { subscriptionId, when: 'now' })).ok).toBe(true);
    expect(await cancelSubscription(await her(maya), { subscriptionId, when: 'now' })).toEqual({
      ok: false,
      reason: 'already_canceled',
    });
    await daysOn(50);
    const back = await reactivateSubscription(await her(maya), { subscriptionId });
    expect(back).toMatchObject({ ok: true, change: { nextCharges: ['2027-03-12', '2027-04-12'] } });
    await daysOn(12);
    const [first, skipped, third] = await invoicesOf(maya);
    expect([first?.status, skipped?.status, third?.status]).toEqual(['paid', 'skipped', 'paid']);
    expect(third).toMatchObject({ periodStart: '2027-03-12', totalCents: 4830 });
    expect(await chargesOf(maya)).toHaveLength(2);
  });
});

describe('who may', () => {
  it('is the customer for their own, and staff with the role: for others it does not exist', async () => {
    const [maya, noor] = [await aPaidMonth(), await aPaidMonth()];
    const { subscriptionId } = maya;
    const stranger = await her(noor);
    const shown = { subscriptionId, nextChargeOn: localDate('2027-02-12') };
    const attempts = [
      () => pauseSubscription(stranger, { subscriptionId, until: null }),
      () => resumeSubscription(stranger, { subscriptionId }),
      () => skipPeriod(stranger, shown),
      () => unskipPeriod(stranger, shown),
      () => moveNextCharge(stranger, { ...shown, to: localDate('2027-02-20'), scope: 'all_orders' }),
      () => changeInterval(stranger, { ...shown, interval: { unit: 'week', count: 2 } }),
      () => cancelSubscription(stranger, { subscriptionId, when: 'now' }),
      () => undoCancel(stranger, { subscriptionId }),
      () => reactivateSubscription(stranger, { subscriptionId }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    const seeing = { ...world.aStaffMember(), role: 'viewer' } as const;
    const viewer = await world.as(seeing);
    await expect(pauseSubscription(viewer, { subscriptionId, until: null })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-02-12' });
    const staff = await world.as(world.aStaffMember());
    expect((await pauseSubscription(staff, { subscriptionId, until: null })).ok).toBe(true);
  });

  it('is nobody for what is billed elsewhere', async () => {
    const { subscriptionId, principal } = await world.aSubscriber();
    const ctx = await world.as(principal);
    expect(await pauseSubscription(ctx, { subscriptionId, until: null })).toEqual({
      ok: false,
      reason: 'billed_elsewhere',
    });
  });
});
