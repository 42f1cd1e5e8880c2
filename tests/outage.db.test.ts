import { and, asc, eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdCalls } from '@/db/call-budget';
import { chargeAttempts } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { outageMode, outages } from '@/db/schema/outages';
import { localDateAt } from '@/lib/core/calendar';
import { tick } from '@/lib/jobs/tick';
import { readMachine } from '@/lib/views/admin-machine';
import { recordsOf } from './records';
import { aWorld, FIRST_DAY, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld({ TRUEMED_MAX_RPS: '40' });
});
afterEach(() => world.close());
const { attemptsOf, invoicesOf, chargesOf } = recordsOf(() => world);

const many = async (count: number) => {
  const people: Subscriber[] = [];
  for (let made = 0; made < count; made += 1) people.push(await world.aCharged({ unit: 'year' }));
  return people;
};
const charges = async () =>
  (await world.truemed.ledger()).requests.filter(({ operation }) => operation === 'createPaymentSession').length;
const tickOnce = async () => (await tick(await world.system())).attempts;
const modeNow = async () => (await world.runtime.db.select().from(outageMode))[0]?.state.mode;
const breakDown = () => world.truemed.addFault({ match: {}, times: 100_000, fault: '500' });

describe('while Truemed answers nothing', () => {
  it('charges are held and asked for by one call every 30 seconds; then they go out at a fixed rate, oldest first', async () => {
    const first = await many(22);
    await breakDown();
    expect(await tickOnce()).toBe(22);
    expect(await modeNow()).toBe('open');
    const since = (await world.system()).now;
    const staff = await world.as(world.aStaffMember());
    expect(await readMachine(staff)).toMatchObject({ outSince: since });

    const late = await many(30);
    expect([await tickOnce(), await tickOnce()]).toEqual([0, 0]);
    expect(await charges()).toBe(22);
    for (const maya of late) expect(await attemptsOf(maya)).toMatchObject([{ status: 'planned', tries: 0 }]);

    for (const [position, { subscriptionId }] of late.entries())
      await world.runtime.db
        .update(chargeAttempts)
        .set({ dueAt: new Date(Date.parse(`${FIRST_DAY}T10:00:00Z`) + position * 60_000) })
        .where(eq(chargeAttempts.subscriptionId, subscriptionId));
    await world.advance({ seconds: 30 });
    const asked = await Promise.all([tickOnce(), tickOnce()]);
    expect(asked.sort()).toEqual([0, 1]);
    expect(await charges()).toBe(23);
    expect(await modeNow()).toBe('open');

    await world.truemed.clearFaults();
    await world.advance({ seconds: 30 });
    expect(await tickOnce()).toBe(1);
    expect(await modeNow()).toBe('half_open');
    expect(await world.runtime.db.select().from(outages)).toMatchObject([
      { startedAt: since, endedAt: new Date(since.getTime() + 60_000) },
    ]);
    expect(await readMachine(await world.as(world.aStaffMember()))).toMatchObject({ outSince: null });

    const before = await charges();
    expect(await tickOnce()).toBe(0);
    await world.advance({ seconds: 1 });
    expect([await tickOnce(), await tickOnce()]).toEqual([20, 0]);
    expect(await charges()).toBe(before + 20);
    const waiting = (await Promise.all(late.map(attemptsOf))).flat().map(({ status }) => status === 'planned');
    expect(waiting).toEqual(late.map((_, position) => position >= 22));

    await world.advance({ seconds: 4 });
    await world.settle();
    expect(await modeNow()).toBe('closed');
    await world.advance({ minutes: 6 });
    await world.settle();
    for (const maya of [...first, ...late]) {
      expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
      expect(await chargesOf(maya)).toHaveLength(1);
    }
  }, 120_000);

  it('nothing is due that could ask: a call that changes nothing asks instead', async () => {
    await many(20);
    await breakDown();
    await tickOnce();
    await world.truemed.clearFaults();
    await world.advance({ seconds: 31 });
    expect(await tickOnce()).toBe(0);
    expect(await modeNow()).toBe('half_open');
    expect(await charges()).toBe(20);
  });

  it('nothing asks while Truemed wants a pause of all calls, and the tick goes on', async () => {
    await many(20);
    await breakDown();
    await tickOnce();
    await world.truemed.clearFaults();
    await holdCalls(world.runtime.db, 120);
    await world.advance({ seconds: 31 });
    expect(await tickOnce()).toBe(0);
    expect(await modeNow()).toBe('open');
  });

  it('the clock of a recovery stands still: its reminder comes a day later, after an outage of a day', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await world.advance({ days: 2, hours: 12 });
    await world.settle();
    await many(20);
    await breakDown();
    await tickOnce();
    expect(await modeNow()).toBe('open');
    for (let hour = 0; hour < 24; hour += 4) {
      await world.advance({ hours: 4 });
      await tickOnce();
    }
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method']);
    await world.truemed.clearFaults();
    await world.advance({ minutes: 1 });
    await tickOnce();
    expect(await modeNow()).toBe('half_open');
    for (let hour = 0; hour < 20; hour += 2) {
      await world.advance({ hours: 2 });
      await world.settle();
    }
    expect(await modeNow()).toBe('closed');
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method', '4 reminder']);
    // In the morning for what is charged, in the afternoon for what is written, on day 7 and on day 8.
    for (const hours of [64, 6, 18, 6]) {
      await world.advance({ hours });
      await world.settle();
    }
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method', '4 reminder', '8 reminder']);
  }, 120_000);
});

/** What was sent to somebody, as `day template`, counted from the first day. */
async function sentTo(who: Subscriber): Promise<string[]> {
  const mails = await world.runtime.db
    .select()
    .from(outbox)
    .where(and(eq(outbox.customerId, who.customerId), eq(outbox.status, 'sent')))
    .orderBy(asc(outbox.sentAt));
  return mails.map(({ sentAt, template }) => {
    const day = sentAt === null ? '' : localDateAt(sentAt, 'America/New_York');
    return `${(Date.parse(day) - Date.parse(FIRST_DAY)) / 86_400_000} ${template}`;
  });
}
