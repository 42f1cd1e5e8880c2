import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '@/db/schema/decisions';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDate } from '@/lib/core/calendar';
import { tick } from '@/lib/jobs/tick';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { readTimeline } from '@/lib/views/admin-timeline';
import { isDecidedAlike, whyCharged, whyNotCharged } from '@/lib/views/decisions';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let renewed: Subscriber;
let paused: Subscriber;
let held: Subscriber;
let ending: Subscriber;
let updating: Subscriber;
let tokenless: Subscriber;
let elsewhere: Subscriber;
const { invoicesOf } = recordsOf(() => world);

beforeAll(async () => {
  world = await aWorld();
  renewed = await world.aCharged();
  paused = await world.aCharged();
  held = await world.aCharged({ paymentToken: 'pt_held', unit: 'week' });
  ending = await world.aCharged();
  elsewhere = await world.aSubscriber();
  await world.truemed.setTokenHealth({ payment_token: 'pt_held', health: 'needs_card' });
  await world.settle();
  await pauseSubscription(await world.as(paused.principal), { subscriptionId: paused.subscriptionId, until: null });
  await cancelSubscription(await world.as(ending.principal), {
    subscriptionId: ending.subscriptionId,
    when: 'period_end',
  });
  await world.advance({ days: 8 });
  await world.settle();
  await world.advance({ days: 22 });
  updating = await world.aSubscriber({ nextChargeOn: '2027-02-11', paymentToken: 'pt_updating' });
  tokenless = await world.aSubscriber({ nextChargeOn: '2027-02-11', paymentToken: 'pt_gone' });
  const set = (who: Subscriber, change: Partial<typeof paymentTokens.$inferInsert>) =>
    world.runtime.db.update(paymentTokens).set(change).where(eq(paymentTokens.customerId, who.customerId));
  const { now } = await world.system();
  await set(updating, { updatingUntil: new Date(now.getTime() + 3 * 60 * 60 * 1000) });
  await set(tokenless, { status: 'revoked' });
  await world.settle();
  await world.advance({ days: 1 });
  await world.settle();
});
afterAll(() => world.close());

const decisionsOf = async (who: Subscriber) =>
  (
    await world.runtime.db
      .select()
      .from(decisions)
      .where(eq(decisions.subscriptionId, who.subscriptionId))
      .orderBy(asc(decisions.periodStart), asc(decisions.at))
  ).map(({ verdict, periodStart }) => [periodStart, verdict]);

describe('why a subscription was charged or not', () => {
  it('is on record for each period, once for each verdict', async () => {
    expect(await decisionsOf(renewed)).toEqual([
      ['2027-01-12', 'charge'],
      ['2027-02-12', 'charge'],
    ]);
    expect(await decisionsOf(paused)).toEqual([
      ['2027-01-12', 'charge'],
      ['2027-02-12', 'paused'],
    ]);
    expect(await decisionsOf(held)).toEqual([
      ['2027-01-12', 'charge'],
      ['2027-01-19', 'previous_open'],
      ['2027-01-19', 'paused'],
    ]);
    expect(await decisionsOf(updating)).toEqual([
      ['2027-02-11', 'token_updating'],
      ['2027-02-11', 'charge'],
    ]);
    expect(await decisionsOf(tokenless)).toEqual([['2027-02-11', 'no_token']]);
    expect(await decisionsOf(elsewhere)).toEqual([]);
  });

  it('is not written again by ticks that find nothing new', async () => {
    const before = await world.runtime.db.$count(decisions);
    await world.advance({ hours: 2 });
    expect((await tick(await world.system())).holds).toBe(0);
    await world.settle();
    expect(await world.runtime.db.$count(decisions)).toBe(before);
  });

  it('is written once although the order is looked at again, and does not hold it up', async () => {
    const { now } = await world.system();
    const waiting = await world.aSubscriber({ nextChargeOn: '2027-02-12', paymentToken: 'pt_hourly' });
    await world.runtime.db
      .update(paymentTokens)
      .set({ updatingUntil: new Date(now.getTime() + 80 * 60_000) })
      .where(eq(paymentTokens.customerId, waiting.customerId));
    for (const minutes of [60, 20]) {
      expect((await tick(await world.system())).renewals).toBe(1);
      await world.advance({ minutes });
    }
    expect(await decisionsOf(waiting)).toEqual([['2027-02-12', 'token_updating']]);
    await world.settle();
    expect(await decisionsOf(waiting)).toEqual([
      ['2027-02-12', 'token_updating'],
      ['2027-02-12', 'charge'],
    ]);
  });

  it('holds nothing personal, and its order where one was planned', async () => {
    const rows = await world.runtime.db.select().from(decisions);
    expect(JSON.stringify(rows)).not.toMatch(/Maya|@|pt_/);
    for (const { verdict, invoiceId } of rows)
      expect(invoiceId !== null).toBe(verdict === 'charge' || verdict === 'no_token');
  });

  it('is decided alike by the code of today', async () => {
    const rows = await world.runtime.db.select().from(decisions);
    expect(rows.length).toBeGreaterThan(9);
    expect(rows.filter((row) => !isDecidedAlike(row))).toEqual([]);
  });

  it('is said in plain words to staff and to the customer', async () => {
    const staff = await world.as(world.aStaffMember());
    const [first] = await invoicesOf(renewed);
    if (first === undefined) throw new Error('There is no order.');
    const why = await whyCharged(await world.as(renewed.principal), { invoiceId: first.id });
    expect(why?.words).toBe('Charged because the order of Tuesday, 12 January was due and nothing stood in its way.');
    const not = async (who: Subscriber, on: string) =>
      (await whyNotCharged(staff, { subscriptionId: who.subscriptionId, on: localDate(on) }))?.words ?? null;
    expect(await not(renewed, '2027-02-12')).toBeNull();
    expect(await not(renewed, '2027-03-20')).toBe('Not charged yet: the order of Friday, 12 March is not due.');
    expect(await not(paused, '2027-02-20')).toBe(
      'Not charged on Friday, 12 February because the subscription was paused.',
    );
    expect(await not(paused, '2027-01-20')).toBeNull();
    expect(await not(held, '2027-01-20')).toBe(
      'Not charged on Tuesday, 19 January because an earlier order had not been paid.',
    );
    expect(await not(ending, '2027-02-12')).toBe(
      'Not charged on Friday, 12 February because the subscription had been canceled.',
    );
    expect(await not(elsewhere, '2027-02-12')).toBe(
      'Not charged on Wednesday, 3 February because the order is still billed to the former card.',
    );
    expect(await not(tokenless, '2027-02-12')).toBe(
      'Not charged because there was no card to charge when the order of Thursday, 11 February was due.',
    );
  });

  it('stands in the history that staff read', async () => {
    const staff = await world.as(world.aStaffMember());
    const { entries } = await readTimeline(staff, { subscriptionId: paused.subscriptionId });
    expect(entries.find(({ action }) => action === 'renewal.held')?.change).toEqual({
      verdict: 'paused',
      periodStart: '2027-02-12',
      cancelOn: null,
    });
  });

  it('is told to nobody else', async () => {
    const [order] = await invoicesOf(renewed);
    if (order === undefined) throw new Error('There is no order.');
    for (const principal of [paused.principal, { kind: 'system', name: 'receiver' } as const]) {
      const ctx = await world.as(principal);
      const none = { code: 'not_found' };
      await expect(whyCharged(ctx, { invoiceId: order.id })).rejects.toMatchObject(none);
      const input = { subscriptionId: renewed.subscriptionId, on: localDate('2027-02-12') };
      await expect(whyNotCharged(ctx, input)).rejects.toMatchObject(none);
    }
  });
});
