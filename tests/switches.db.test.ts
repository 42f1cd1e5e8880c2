import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '@/db/schema/settings';
import { subscriptionItems } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { localDate } from '@/lib/core/calendar';
import { EVERYTHING_ON, SWITCHABLE_ACTIONS, type SwitchableAction } from '@/lib/core/customer-switches';
import { newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { addOnceItem } from '@/lib/services/add-once-item';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeAddress } from '@/lib/services/change-address';
import { changeInterval } from '@/lib/services/change-interval';
import { changeItems } from '@/lib/services/change-items';
import { changeSwitches } from '@/lib/services/change-switches';
import { chargeEarly } from '@/lib/services/charge-early';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { accountOverview } from '@/lib/views/account';
import { shopSettings } from '@/lib/views/admin-settings';
import { chargeNowPreview } from '@/lib/views/charge-now';
import { itemsPage } from '@/lib/views/item-change';
import { promisedDeeds } from '@/lib/views/plans';
import { schedulePreview } from '@/lib/views/schedule-preview';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let maya: Subscriber;
beforeAll(async () => {
  world = await aWorld();
});
beforeEach(async () => {
  await world.runtime.db.delete(settings);
  maya = await world.aSubscriber({ nextChargeOn: '2027-02-03', paymentToken: `pt_${newId('paymentToken')}` });
});
afterAll(() => world.close());

const { subscriptionOf } = recordsOf(() => world);
const byMaya = () => world.as(maya.principal);
const byStaff = () => world.as(world.aStaffMember());
const NEXT = localDate('2027-02-03');

async function switchOff(...switchedOff: SwitchableAction[]): Promise<void> {
  const { version } = await shopSettings(await byStaff());
  expect(await changeSwitches(await byStaff(), { version, switchedOff })).toMatchObject({ ok: true });
}

/** Each action, as its customer would ask for it. */
const VERBS: Record<SwitchableAction, (ctx: Context, who: Subscriber) => Promise<{ ok: boolean }>> = {
  skip: (ctx, { subscriptionId }) => skipPeriod(ctx, { subscriptionId, nextChargeOn: NEXT }),
  move: (ctx, { subscriptionId }) =>
    moveNextCharge(ctx, { subscriptionId, nextChargeOn: NEXT, to: localDate('2027-02-10'), scope: 'this_order' }),
  interval: (ctx, { subscriptionId }) =>
    changeInterval(ctx, { subscriptionId, nextChargeOn: NEXT, interval: { unit: 'month', count: 2 } }),
  pause: (ctx, { subscriptionId }) => pauseSubscription(ctx, { subscriptionId, until: null }),
  resume: (ctx, { subscriptionId }) => resumeSubscription(ctx, { subscriptionId }),
  reactivate: (ctx, { subscriptionId }) => reactivateSubscription(ctx, { subscriptionId }),
  charge_now: (ctx, { subscriptionId }) => chargeEarly(ctx, { subscriptionId, periodStart: NEXT, totalCents: 4830 }),
  quantity: async (ctx, { subscriptionId }) => {
    const [item] = await ctx.db
      .select({ itemId: subscriptionItems.id })
      .from(subscriptionItems)
      .where(eq(subscriptionItems.subscriptionId, subscriptionId));
    return changeItems(ctx, {
      subscriptionId,
      items: [{ itemId: item?.itemId ?? newId('item'), quantity: 2 }],
      embedded: false,
    });
  },
  address: (ctx, { subscriptionId }) =>
    changeAddress(ctx, {
      subscriptionId,
      typed: { line1: '1 Elm', line2: '', city: 'Salem', state: 'OR', postalCode: '97301' },
    }),
  add_once: (ctx, { subscriptionId }) =>
    addOnceItem(ctx, { subscriptionId, priceId: newId('price'), quantity: 1, embedded: false }),
  swap_item: (ctx, { subscriptionId }) =>
    changeItems(ctx, { subscriptionId, items: [{ priceId: newId('price'), quantity: 1 }], embedded: false }),
};

describe('what the merchant has switched off', () => {
  it.each(SWITCHABLE_ACTIONS)('%s is refused to customers, and nothing changes', async (action) => {
    await switchOff(action);
    const before = await subscriptionOf(maya);
    expect(await VERBS[action](await byMaya(), maya)).toMatchObject({ ok: false, reason: 'switched_off' });
    expect(await subscriptionOf(maya)).toEqual(before);
  });

  it.each(SWITCHABLE_ACTIONS)('%s is not refused for it where all the others are switched off', async (action) => {
    await switchOff(...SWITCHABLE_ACTIONS.filter((other) => other !== action));
    expect(await VERBS[action](await byMaya(), maya)).not.toMatchObject({ reason: 'switched_off' });
  });

  it('is not promised to somebody who has yet to order', async () => {
    await switchOff('skip');
    expect(await promisedDeeds(world.runtime)).toBe('change or cancel');
  });

  it('is not promised in the mail of a pause or a cancellation', async () => {
    await switchOff('resume', 'reactivate');
    const { subscriptionId } = maya;
    await pauseSubscription(await byMaya(), { subscriptionId, until: null });
    await cancelSubscription(await byMaya(), { subscriptionId, when: 'now' });
    await world.settle();
    const mails = await world.truemed.mail(maya.email);
    expect(mails).toHaveLength(2);
    for (const { text } of mails) expect(text).not.toMatch(/You can (resume|start) it/);
  });

  it('never is canceling, nor taking back, and staff still do the rest', async () => {
    const { subscriptionId } = maya;
    expect(await skipPeriod(await byMaya(), { subscriptionId, nextChargeOn: NEXT })).toMatchObject({ ok: true });
    await switchOff(...SWITCHABLE_ACTIONS);
    const skipped = localDate('2027-03-03');
    expect(await unskipPeriod(await byMaya(), { subscriptionId, nextChargeOn: skipped })).toMatchObject({ ok: true });
    expect(await cancelSubscription(await byMaya(), { subscriptionId, when: 'period_end' })).toMatchObject({
      ok: true,
    });
    expect(await undoCancel(await byMaya(), { subscriptionId })).toMatchObject({ ok: true });
    expect(await skipPeriod(await byStaff(), { subscriptionId, nextChargeOn: NEXT })).toMatchObject({ ok: true });
    expect(await cancelSubscription(await byMaya(), { subscriptionId, when: 'now' })).toMatchObject({ ok: true });
  });

  it('is hidden in every page of the customer', async () => {
    const { subscriptionId } = maya;
    const free = await subscriptionPage(await byMaya(), { subscriptionId });
    expect(free).toMatchObject({ mayChargeNow: true, mayChangeItems: true, mayChangeAddress: true });
    await switchOff(...SWITCHABLE_ACTIONS);
    expect((await accountOverview(await byMaya())).answer).toMatchObject({ offered: ['cancel'] });
    const page = await subscriptionPage(await byMaya(), { subscriptionId });
    expect(page).toMatchObject({
      offered: ['cancel'],
      mayChargeNow: false,
      mayChangeItems: false,
      mayChangeAddress: false,
    });
    expect(await itemsPage(await byMaya(), { subscriptionId, wanted: null })).toMatchObject({ mayChange: false });
    expect((await chargeNowPreview(await byMaya(), { subscriptionId })).outcome).toMatchObject({
      reason: 'switched_off',
    });
    const request = () => ({ kind: 'pause', until: null }) as const;
    const preview = await schedulePreview(await byMaya(), { subscriptionId, request });
    expect(preview).toMatchObject({ offered: ['cancel'], outcome: { ok: false, reason: 'switched_off' } });
  });
});

describe('the switches themselves', () => {
  it('are changed by owners and admins alone', async () => {
    const input = { version: 0, switchedOff: ['skip'] as const };
    const staff = world.aStaffMember();
    for (const role of ['support', 'finance', 'viewer'] as const) {
      const ctx = await world.as({ ...staff, role } as Principal);
      await expect(changeSwitches(ctx, input)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await shopSettings(ctx)).toMatchObject({ mayChange: false, switches: EVERYTHING_ON });
    }
    await expect(changeSwitches(await byMaya(), input)).rejects.toMatchObject({ code: 'not_found' });
    await expect(shopSettings(await byMaya())).rejects.toMatchObject({ code: 'not_found' });
    const admin = await world.as({ ...staff, role: 'admin' } as Principal);
    expect(await changeSwitches(admin, input)).toEqual({ ok: true, version: 1 });
  });

  it('are not saved over what somebody else has saved meanwhile, and not twice', async () => {
    const both = await Promise.all([
      changeSwitches(await byStaff(), { version: 0, switchedOff: ['skip'] }),
      changeSwitches(await byStaff(), { version: 0, switchedOff: ['pause'] }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    const { version, switches, lastChange } = await shopSettings(await byStaff());
    expect(version).toBe(1);
    expect(lastChange).not.toBeNull();
    expect(await changeSwitches(await byStaff(), { version, ...switches })).toEqual({ ok: true, version: 1 });
    const stale = { version: 0, switchedOff: ['move'] as const };
    expect(await changeSwitches(await byStaff(), stale)).toEqual({ ok: false, reason: 'changed_meanwhile' });
  });
});
