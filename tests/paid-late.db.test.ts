import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoveryCases } from '@/db/schema/billing';
import { type LocalDate, localDate } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { changeTimeZone } from '@/lib/services/change-time-zone';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { chargeNowPreview } from '@/lib/views/charge-now';
import { schedulePreview } from '@/lib/views/schedule-preview';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { closeChecked } from './close-checked';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(() => closeChecked(world));
const { invoicesOf, attemptsOf, caseOf, subscriptionOf } = recordsOf(() => world);

const NEXT = localDate('2027-02-12');
const AFTER = localDate('2027-03-12');

/** A monthly order of 12 January that is paid on 10 February, two days before the next: that one waits until the 16th. */
async function aPaidLate(): Promise<Subscriber> {
  const maya = await world.aCharged({ anchorDate: '2026-12-12' });
  await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
  await world.settle();
  // No step pauses it before.
  await world.runtime.db
    .update(recoveryCases)
    .set({ stepAt: null })
    .where(eq(recoveryCases.subscriptionId, maya.subscriptionId));
  await world.advance({ days: 29 });
  const followed = await followRepairLink(await world.as({ kind: 'system', name: 'receiver' }), {
    caseId: (await caseOf(maya)).id,
  });
  if (followed.kind !== 'truemed') throw new Error(`There is no link: ${followed.kind}.`);
  await atTruemed(followed.redirectUrl).completes();
  await world.settle();
  expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  return maya;
}

const asMaya = (maya: Subscriber) => world.as(maya.principal);
const shown = (maya: Subscriber, nextChargeOn: LocalDate) => ({ subscriptionId: maya.subscriptionId, nextChargeOn });

const CHANGES: Record<string, (maya: Subscriber) => Promise<unknown>> = {
  'another interval': async (maya) =>
    changeInterval(await asMaya(maya), { ...shown(maya, NEXT), interval: { unit: 'month', count: 2 } }),
  'another time zone': async (maya) => changeTimeZone(await asMaya(maya), { timeZone: 'America/Denver' }),
  'a skip that is taken back': async (maya) => {
    await skipPeriod(await asMaya(maya), shown(maya, NEXT));
    return unskipPeriod(await asMaya(maya), shown(maya, AFTER));
  },
  'a cancellation that is taken back': async (maya) => {
    await cancelSubscription(await asMaya(maya), { subscriptionId: maya.subscriptionId, when: 'period_end' });
    return undoCancel(await asMaya(maya), { subscriptionId: maya.subscriptionId });
  },
  'a pause that is ended': async (maya) => {
    await pauseSubscription(await asMaya(maya), { subscriptionId: maya.subscriptionId, until: null });
    return resumeSubscription(await asMaya(maya), { subscriptionId: maya.subscriptionId });
  },
};

describe('the charge after an order that was paid late', () => {
  it.each(Object.keys(CHANGES))(
    'waits its five days, also through %s',
    async (name) => {
      const maya = await aPaidLate();
      expect(await CHANGES[name]?.(maya)).toMatchObject({ ok: true });
      expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: NEXT });
      await world.advance({ days: 5 });
      await world.settle();
      expect(await attemptsOf(maya)).toHaveLength(2);
      await world.advance({ days: 1, hours: 2 });
      await world.settle();
      expect(await attemptsOf(maya)).toHaveLength(3);
      expect((await invoicesOf(maya)).at(-1)).toMatchObject({ periodStart: NEXT, status: 'paid' });
    },
    60_000,
  );

  it('comes on the day that its customer chooses for it', async () => {
    const maya = await aPaidLate();
    const to = localDate('2027-02-13');
    const moved = await moveNextCharge(await asMaya(maya), { ...shown(maya, NEXT), to, scope: 'this_order' });
    expect(moved).toMatchObject({ ok: true, change: { nextCharges: [to, AFTER] } });
    expect((await subscriptionOf(maya)).nextChargeAt).toEqual(new Date('2027-02-13T13:00:00Z'));
  }, 60_000);

  it('is promised for the day on which it is made', async () => {
    const maya = await aPaidLate();
    const preview = await schedulePreview(await asMaya(maya), {
      subscriptionId: maya.subscriptionId,
      request: () => ({ kind: 'interval', shown: NEXT, interval: { unit: 'month', count: 2 } }),
    });
    const day = localDate('2027-02-16');
    expect(preview.now.map(({ date }) => date)).toEqual([day, AFTER]);
    expect(preview.outcome).toMatchObject({ ok: true, after: [{ date: day }, { date: '2027-04-12' }] });
    const [receipt] = (await world.truemed.mail(maya.email)).filter(({ subject }) =>
      subject.startsWith('Payment received'),
    );
    expect(receipt?.text).toContain('Next charge: Tuesday, 16 February');
    const { subscription } = await subscriptionPage(await asMaya(maya), { subscriptionId: maya.subscriptionId });
    expect(subscription).toMatchObject({ nextChargeOn: day, nextPeriodOn: NEXT });
  }, 60_000);

  it('is announced for the day on which it is made', async () => {
    const maya = await aPaidLate();
    await world.advance({ days: 1 });
    await world.settle();
    const subjects = (await world.truemed.mail(maya.email)).map(({ subject }) => subject);
    expect(subjects).toContain('Your next charge: $48.30 on Tuesday, 16 February');
  }, 60_000);

  it('can be skipped and moved until it is made, and is not said to be made before', async () => {
    const maya = await aPaidLate();
    await world.advance({ days: 3 });
    const ctx = await asMaya(maya);
    const { subscriptionId } = maya;
    const page = await subscriptionPage(ctx, { subscriptionId });
    expect(page.offered).toEqual(expect.arrayContaining(['skip', 'move', 'interval']));
    const early = await chargeNowPreview(ctx, { subscriptionId });
    expect(early.outcome).toEqual({ ok: false, reason: 'too_soon', from: '2027-02-16' });
    expect(await skipPeriod(ctx, shown(maya, NEXT))).toMatchObject({
      ok: true,
      change: { nextCharges: [AFTER, '2027-04-12'] },
    });
    await world.advance({ days: 5 });
    await world.settle();
    expect(await attemptsOf(maya)).toHaveLength(2);
  }, 60_000);

  it('is not waited for by a cancellation once its period has begun', async () => {
    const maya = await aPaidLate();
    await world.advance({ days: 3 });
    const { subscriptionId } = maya;
    const preview = await schedulePreview(await asMaya(maya), {
      subscriptionId,
      request: ({ cancelsAtOnce }) => ({ kind: 'cancel', when: cancelsAtOnce ? 'now' : 'period_end' }),
    });
    expect(preview.outcome).toMatchObject({ ok: true, requested: { when: 'now' }, change: { event: 'canceled' } });
    expect(await cancelSubscription(await asMaya(maya), { subscriptionId, when: 'period_end' })).toEqual({
      ok: false,
      reason: 'cancels_at_once',
    });
  }, 60_000);
});
