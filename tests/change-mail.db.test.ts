import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { addDays, localDate } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { changeItems } from '@/lib/services/change-items';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, chargesOf, subscriptionOf } = recordsOf(() => world);

/** The change mails to a customer in the order in which they were written. */
async function mailsTo(who: Subscriber): Promise<{ subject: string; text: string; status: string }[]> {
  const { db, vault } = world.runtime;
  const rows = await db
    .select()
    .from(outbox)
    .where(and(eq(outbox.customerId, who.customerId), eq(outbox.template, 'change_confirmed')))
    .orderBy(asc(outbox.createdAt), asc(outbox.id));
  return rows.map((row) => ({
    ...JSON.parse(vault.open(row.message, `outbox.message:${row.id}`).toString()),
    status: row.status,
  }));
}
const lastTo = async (who: Subscriber) => (await mailsTo(who)).at(-1);
const ctxOf = (who: Subscriber) => world.as(who.principal);

describe('a change of a subscription', () => {
  it('is confirmed by a mail that names the next charge as it is then made', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const maya = await world.aCharged({ nextChargeOn: addDays(today, 20) });
    const { subscriptionId } = maya;
    const steps: [string, () => Promise<{ ok: boolean }>][] = [
      ['is skipped', async () => skipPeriod(await ctxOf(maya), { subscriptionId, nextChargeOn: addDays(today, 20) })],
      [
        'is planned again',
        async () => unskipPeriod(await ctxOf(maya), { subscriptionId, nextChargeOn: await dueOn() }),
      ],
      [
        'has another day',
        async () =>
          moveNextCharge(await ctxOf(maya), {
            subscriptionId,
            nextChargeOn: await dueOn(),
            to: addDays(today, 3),
            scope: 'all_orders',
          }),
      ],
      [
        'come every 2 weeks',
        async () =>
          changeInterval(await ctxOf(maya), {
            subscriptionId,
            nextChargeOn: await dueOn(),
            interval: { unit: 'week', count: 2 },
          }),
      ],
      ['is paused', async () => pauseSubscription(await ctxOf(maya), { subscriptionId, until: null })],
      ['goes on', async () => resumeSubscription(await ctxOf(maya), { subscriptionId })],
      ['ends on', async () => cancelSubscription(await ctxOf(maya), { subscriptionId, when: 'period_end' })],
      ['goes on', async () => undoCancel(await ctxOf(maya), { subscriptionId })],
      ['is canceled', async () => cancelSubscription(await ctxOf(maya), { subscriptionId, when: 'now' })],
      ['has started again', async () => reactivateSubscription(await ctxOf(maya), { subscriptionId })],
    ];
    async function dueOn() {
      const [row] = await world.runtime.db
        .select({ on: subscriptions.nextChargeOn })
        .from(subscriptions)
        .where(eq(subscriptions.id, subscriptionId));
      return row?.on ?? today;
    }
    for (const [index, [words, step]] of steps.entries()) {
      await world.advance({ minutes: 1 });
      expect(await step(), words).toMatchObject({ ok: true });
      const mails = await mailsTo(maya);
      expect(mails.map(({ subject }) => subject)).toHaveLength(index + 1);
      expect(mails.at(-1)?.subject).toContain(words);
    }
    const promised = `Your next charge is ${formatCents(4830)} on ${longDate(await dueOn(), today)}.`;
    expect((await lastTo(maya))?.text).toContain(promised);
    await world.advance({ days: 4 });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([
      { periodStart: addDays(today, 3), totalCents: 4830, status: 'paid' },
    ]);
    expect(new Set((await mailsTo(maya)).map(({ status }) => status))).toEqual(new Set(['sent']));
  });

  it('is written once for two presses, and not at all where it is refused', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const maya = await world.aCharged({ nextChargeOn: addDays(today, 20) });
    const skip = { subscriptionId: maya.subscriptionId, nextChargeOn: addDays(today, 20) };
    const ctx = await ctxOf(maya);
    const outcomes = await Promise.all([skipPeriod(ctx, skip), skipPeriod(ctx, skip)]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await mailsTo(maya)).toHaveLength(1);
  });

  it('says that an order on hold is given up, and that nothing of it was charged', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await world.settle();
    await cancelSubscription(await ctxOf(maya), { subscriptionId: maya.subscriptionId, when: 'now' });
    expect((await lastTo(maya))?.text).toContain('The order that was on hold is given up, and will not be charged.');
    await world.advance({ days: 40 });
    await world.settle();
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('is told again when a pause ends by itself, and the end of a canceled one is not', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const [pausing, ending] = [
      await world.aCharged({ nextChargeOn: addDays(today, 2) }),
      await world.aCharged({ nextChargeOn: addDays(today, 2) }),
    ];
    await pauseSubscription(await ctxOf(pausing), {
      subscriptionId: pausing.subscriptionId,
      until: addDays(today, 5),
    });
    await cancelSubscription(await ctxOf(ending), { subscriptionId: ending.subscriptionId, when: 'period_end' });
    await world.advance({ days: 6 });
    await world.settle();
    const told = async (who: Subscriber) => (await mailsTo(who)).map(({ subject }) => subject.split(' on ')[0]);
    expect(await told(pausing)).toEqual([expect.stringContaining('is paused until'), 'Your subscription goes on']);
    expect(await told(ending)).toEqual(['Your subscription ends']);
  });

  it('promises no charge, and no card that stays at Truemed, where none is connected', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const maya = await world.aCharged({ nextChargeOn: addDays(today, 20) });
    const { subscriptionId } = maya;
    await pauseSubscription(await ctxOf(maya), { subscriptionId, until: null });
    await deletePaymentToken(await world.as(world.aStaffMember()), { customerId: maya.customerId });
    await world.advance({ minutes: 1 });
    await resumeSubscription(await ctxOf(maya), { subscriptionId });
    const resumed = (await lastTo(maya))?.text;
    expect(resumed).toContain(`Your next order is $48.30 on ${longDate(addDays(today, 20), today)}.`);
    expect(resumed).toContain('No HSA/FSA card is connected now, so nothing is charged until you connect one.');
    await world.advance({ minutes: 1 });
    await cancelSubscription(await ctxOf(maya), { subscriptionId, when: 'now' });
    expect((await lastTo(maya))?.text).not.toMatch(/connected at Truemed|same items and price/);
  });

  it('of items names the charge that follows where an order is on hold, and where a pause ends by itself', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const onHold = await world.aCharged({ nextChargeOn: today });
    await world.truemed.setTokenHealth({ email: onHold.email, health: 'needs_card' });
    await world.settle();
    await world.truemed.setTokenHealth({ email: onHold.email, health: 'ok' });
    expect(await orderTwo(onHold)).toMatchObject({ next: 'applied' });
    const next = await dueOnOf(onHold);
    expect(next > today).toBe(true);
    expect((await lastTo(onHold))?.text).toContain(
      `Your next charge is $97.30 on ${longDate(next, today)}. An order that is under way or on hold may still be charged.`,
    );
    const pausing = await world.aCharged({ nextChargeOn: addDays(today, 20) });
    await pauseSubscription(await ctxOf(pausing), {
      subscriptionId: pausing.subscriptionId,
      until: addDays(today, 40),
    });
    const promised = /Your next charge is \$48\.30 on (.+?)\./.exec((await lastTo(pausing))?.text ?? '')?.[1];
    await world.advance({ minutes: 1 });
    await orderTwo(pausing);
    expect((await lastTo(pausing))?.text).toContain(`Your next charge is $97.30 on ${promised}.`);
  });

  it('promises no day while staff have yet to confirm the hand-over', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const maya = await world.aCharged({ nextChargeOn: addDays(today, 20) });
    const { subscriptionId } = maya;
    const { db, env } = world.runtime;
    const moved = { movedAt: (await world.system()).now, nextChargeAt: null };
    await db.update(subscriptions).set(moved).where(eq(subscriptions.id, subscriptionId));
    const ctx = { ...(await ctxOf(maya)), env: { ...env, handOver: 'confirmed' as const } };
    const [item] = await db
      .select()
      .from(subscriptionItems)
      .where(eq(subscriptionItems.subscriptionId, subscriptionId));
    const items = [{ itemId: item?.id ?? 'itm_none', quantity: 2 }] as const;
    expect(await changeItems(ctx, { subscriptionId, items, embedded: false })).toMatchObject({ next: 'applied' });
    const awaited = 'Your next order is charged once our former payment company has stopped billing it.';
    expect((await lastTo(maya))?.text).toContain(awaited);
    expect(await cancelSubscription(ctx, { subscriptionId, when: 'period_end' })).toMatchObject({ ok: true });
    await world.advance({ minutes: 1 });
    expect(await undoCancel({ ...ctx, now: (await world.system()).now }, { subscriptionId })).toMatchObject({
      ok: true,
    });
    const mail = await lastTo(maya);
    expect(mail?.subject).toBe('Your subscription goes on');
    expect(mail?.text).toContain(awaited);
    expect(mail?.text).not.toContain('Next charge');
  });

  it('of items says of an order on hold that it comes first, once the day of the next has come', async () => {
    const today = localDate((await world.system()).now.toISOString().slice(0, 10));
    const maya = await world.aCharged({ nextChargeOn: today, unit: 'week' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await world.advance({ days: 9 });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await orderTwo(maya);
    expect((await lastTo(maya))?.text).toContain('Your next order comes after the one that is on hold.');
  });
});

const dueOnOf = async (who: Subscriber) => (await subscriptionOf(who)).nextChargeOn;

/** Asks Truemed for two of the one item of a subscription. */
async function orderTwo({ subscriptionId, principal }: Subscriber) {
  const items = await world.runtime.db
    .select({ itemId: subscriptionItems.id })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId));
  return changeItems(await world.as(principal), {
    subscriptionId,
    items: items.map(({ itemId }) => ({ itemId, quantity: 2 })),
    embedded: false,
  });
}
