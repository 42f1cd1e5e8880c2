import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '@/db/schema/operations';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { addDays, localDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import type { RequestedChange } from '@/lib/core/requested-change';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { createDiscount } from '@/lib/services/create-discount';
import { giveDiscount } from '@/lib/services/give-discount';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { type DatedAmount, schedulePreview } from '@/lib/views/schedule-preview';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { chargesOf, invoicesOf } = recordsOf(() => world);

/** Presses the button under the preview: one verb for each change. */
async function confirm(who: Subscriber, change: RequestedChange): Promise<{ ok: boolean }> {
  const ctx = await world.as(who.principal);
  const { subscriptionId } = who;
  switch (change.kind) {
    case 'skip':
      return skipPeriod(ctx, { subscriptionId, nextChargeOn: change.shown });
    case 'unskip':
      return unskipPeriod(ctx, { subscriptionId, nextChargeOn: change.shown });
    case 'move':
      return moveNextCharge(ctx, {
        subscriptionId,
        nextChargeOn: change.shown,
        to: change.to,
        scope: change.scope,
      });
    case 'interval':
      return changeInterval(ctx, { subscriptionId, nextChargeOn: change.shown, interval: change.interval });
    case 'pause':
      return pauseSubscription(ctx, { subscriptionId, until: change.until });
    case 'resume':
      return resumeSubscription(ctx, { subscriptionId });
    case 'cancel':
      return cancelSubscription(ctx, { subscriptionId, when: change.when, reason: 'away' });
    case 'undo_cancel':
      return undoCancel(ctx, { subscriptionId });
    case 'reactivate':
      return reactivateSubscription(ctx, { subscriptionId });
  }
}

const preview = async (who: Subscriber, change: RequestedChange) =>
  schedulePreview(await world.as(who.principal), { subscriptionId: who.subscriptionId, request: () => change });
const page = async (who: Subscriber) =>
  subscriptionPage(await world.as(who.principal), { subscriptionId: who.subscriptionId });

/** Previews a change, makes it, and returns the charges that were promised and those that the page shows afterwards. */
async function promised(who: Subscriber, change: RequestedChange) {
  const { outcome } = await preview(who, change);
  if (!outcome?.ok) throw new Error(`refused: ${outcome?.reason}`);
  expect(await confirm(who, change)).toMatchObject({ ok: true });
  return { after: outcome.after.map(({ date }) => date), page: await page(who) };
}

describe('the preview of a change', () => {
  it('promises the charges that the page shows once it is made, for every change that leaves charges to come', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-02-12', anchorDate: '2027-01-31' });
    const shown = async () => (await page(maya)).subscription.nextPeriodOn;
    const changes: (() => Promise<RequestedChange>)[] = [
      async () => ({ kind: 'skip', shown: await shown() }),
      async () => ({ kind: 'unskip', shown: await shown() }),
      async () => ({ kind: 'move', shown: await shown(), to: addDays(await shown(), 9), scope: 'this_order' }),
      async () => ({ kind: 'move', shown: await shown(), to: addDays(await shown(), -3), scope: 'all_orders' }),
      async () => ({ kind: 'interval', shown: await shown(), interval: { unit: 'month', count: 2 } }),
      async () => ({ kind: 'interval', shown: await shown(), interval: { unit: 'week', count: 2 } }),
    ];
    for (const change of changes) {
      const { after, page } = await promised(maya, await change());
      expect(after).toHaveLength(2);
      expect(page.subscription.upcoming.slice(0, 2)).toEqual(after);
    }
  });

  it('says of a day after the letter what the verb says, and of its last day too', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-02-12', anchorDate: '2027-01-12' });
    const letterExpiresOn = localDate('2027-02-20');
    const isTheirs = eq(paymentTokens.customerId, maya.customerId);
    await world.runtime.db.update(paymentTokens).set({ letterExpiresOn }).where(isTheirs);
    const shown = (await page(maya)).subscription.nextPeriodOn;
    const move = (to: string) => ({ kind: 'move', shown, to: localDate(to), scope: 'this_order' }) as const;
    const refused = { ok: false, reason: 'after_letter' };
    expect((await preview(maya, move('2027-02-21'))).outcome).toEqual(refused);
    expect(await confirm(maya, move('2027-02-21'))).toEqual(refused);
    expect((await promised(maya, move('2027-02-20'))).after[0]).toBe('2027-02-20');
  });

  it('promises the days of a pause, of a cancellation that is taken back, and of a new start', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-02-12', anchorDate: '2027-01-12' });
    const pause = await promised(maya, { kind: 'pause', until: localDate('2027-03-20') });
    expect(pause.after).toEqual(['2027-04-12', '2027-05-12']);
    expect(pause.page).toMatchObject({ subscription: { upcoming: [], pauseUntil: '2027-03-20' } });
    const resumed = await promised(maya, { kind: 'resume' });
    expect(resumed.page.subscription.upcoming.slice(0, 2)).toEqual(resumed.after);
    const ending = await promised(maya, { kind: 'cancel', when: 'period_end' });
    expect(ending).toMatchObject({
      after: [],
      page: { offered: ['undo_cancel'], subscription: { cancelOn: '2027-02-12' } },
    });
    const kept = await promised(maya, { kind: 'undo_cancel' });
    expect(kept.page.subscription.upcoming.slice(0, 2)).toEqual(kept.after);
    expect((await promised(maya, { kind: 'cancel', when: 'now' })).page.offered).toEqual(['reactivate']);
    const again = await promised(maya, { kind: 'reactivate' });
    expect(again.page.subscription.upcoming.slice(0, 2)).toEqual(again.after);
  });

  it('promises for every change the next two charges as they are then made: their days and their amounts', async () => {
    const discountId = await createDiscount(await world.as(world.aStaffMember()), {
      name: 'Thank you',
      terms: { kind: 'percent', basisPoints: 1000 },
      time: { duration: 'periods', periods: 1 },
    });
    const shown = localDate('2027-01-28');
    const changes: Record<string, { change: RequestedChange; before?: RequestedChange }> = {
      skip: { change: { kind: 'skip', shown } },
      unskip: { change: { kind: 'unskip', shown: localDate('2027-02-28') }, before: { kind: 'skip', shown } },
      'move one order': { change: { kind: 'move', shown, to: localDate('2027-01-20'), scope: 'this_order' } },
      'move all orders': { change: { kind: 'move', shown, to: localDate('2027-02-03'), scope: 'all_orders' } },
      interval: { change: { kind: 'interval', shown, interval: { unit: 'week', count: 3 } } },
      pause: { change: { kind: 'pause', until: localDate('2027-02-10') } },
      resume: { change: { kind: 'resume' }, before: { kind: 'pause', until: null } },
      'undo the cancel': { change: { kind: 'undo_cancel' }, before: { kind: 'cancel', when: 'period_end' } },
      reactivate: { change: { kind: 'reactivate' }, before: { kind: 'cancel', when: 'now' } },
    };
    const promises: { name: string; who: Subscriber; after: readonly DatedAmount[] }[] = [];
    for (const [name, { change, before }] of Object.entries(changes)) {
      const who = await world.aCharged({ nextChargeOn: shown, anchorDate: shown });
      const { subscriptionId } = who;
      await giveDiscount(await world.as(world.aStaffMember()), { subscriptionId, discountId });
      if (before !== undefined) expect(await confirm(who, before)).toMatchObject({ ok: true });
      const { outcome } = await preview(who, change);
      if (!outcome?.ok) throw new Error(`${name} is refused: ${outcome?.reason}`);
      expect(await confirm(who, change)).toMatchObject({ ok: true });
      expect(
        outcome.after.map(({ totalCents }) => totalCents),
        name,
      ).toEqual([4340, 4830]);
      promises.push({ name, who, after: outcome.after });
    }
    // Day by day would be the same; a fortnight is less than any interval here.
    for (let fortnight = 0; fortnight < 6; fortnight += 1) {
      await world.advance({ days: 14 });
      await world.settle();
    }
    for (const { name, who, after } of promises) {
      const made = (await invoicesOf(who)).filter(({ status }) => status !== 'skipped').slice(0, 2);
      expect(
        made.map(({ periodStart, totalCents, status }) => ({ date: periodStart, totalCents, status })),
        name,
      ).toEqual(after.map((promise) => ({ ...promise, status: 'paid' })));
      expect((await chargesOf(who)).slice(0, 2).map(({ amount }) => amount)).toEqual([4340, 4830]);
    }
  });

  it('says why a change is refused, with the reason that the verb would give', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-03-12' });
    const change: RequestedChange = { kind: 'skip', shown: localDate('2027-03-12') };
    expect((await preview(maya, change)).outcome).toEqual({ ok: false, reason: 'billed_elsewhere' });
    expect(await confirm(maya, change)).toEqual({ ok: false, reason: 'billed_elsewhere' });
    expect((await page(maya)).offered).toEqual([]);
  });

  it('is not there for the subscription of somebody else, nor for staff', async () => {
    const [maya, noah] = [await world.aCharged(), await world.aCharged()];
    const request = () => ({ kind: 'resume' as const });
    const { subscriptionId } = maya;
    await expect(schedulePreview(await world.as(noah.principal), { subscriptionId, request })).rejects.toMatchObject({
      code: 'not_found',
    });
    const unknown = { subscriptionId: newId('subscription'), request };
    await expect(schedulePreview(await world.as(noah.principal), unknown)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      schedulePreview(await world.as(world.aStaffMember()), { subscriptionId, request }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a cancellation', () => {
  it('has fewer items to offer only where an order has more than one', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-03-12' });
    const change: RequestedChange = { kind: 'cancel', when: 'period_end' };
    expect((await preview(maya, change)).mayOrderLess).toBe(false);
    const isIt = eq(subscriptionItems.subscriptionId, maya.subscriptionId);
    await world.runtime.db.update(subscriptionItems).set({ quantity: 2 }).where(isIt);
    expect((await preview(maya, change)).mayOrderLess).toBe(true);
  });

  it('keeps the reason that was given with the change', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2028-03-12' });
    await confirm(maya, { kind: 'cancel', when: 'period_end' });
    const [entry] = await world.runtime.db
      .select({ action: auditLog.action, change: auditLog.change })
      .from(auditLog)
      .where(eq(auditLog.subject, maya.subscriptionId))
      .orderBy(desc(auditLog.at), desc(auditLog.id))
      .limit(1);
    expect(entry).toMatchObject({ action: 'subscription.cancel_scheduled', change: { reason: 'away' } });
  });
});
