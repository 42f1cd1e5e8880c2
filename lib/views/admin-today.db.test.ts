import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts } from '@/db/schema/billing';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { workers } from '@/db/schema/operations';
import { aStaffShop, type StaffShop } from '@/tests/staff-shop';
import * as handOvers from './admin-hand-overs';
import * as machine from './admin-machine';
import * as shell from './admin-shell';
import * as tasks from './admin-tasks';
import * as today from './admin-today';

let shop: StaffShop;
beforeAll(async () => {
  shop = await aStaffShop();
});
afterAll(() => shop.world.close());

describe('what needs a person', () => {
  it('is nothing but what the tables say', async () => {
    expect((await tasks.readTasks(await shop.staff())).map((task) => [task.kind, task.count])).toEqual([
      ['hand_overs', 1],
    ]);
  });

  it('a moved subscription is to be handed over, with the day on which it would be charged twice', async () => {
    expect(await shop.taskOf('hand_overs')).toMatchObject({
      count: 1,
      first: { subscriptionId: shop.moved.subscriptionId, name: 'Maya Okafor', on: '2027-02-03' },
    });
    const list = await handOvers.handOverList(await shop.staff());
    expect(list.rows.map((row) => row.id)).toEqual([shop.moved.subscriptionId]);
  });

  it('a charge whose outcome is unknown is a task once it may not be sent again and was not found', async () => {
    const set = (change: Partial<typeof chargeAttempts.$inferInsert>) =>
      shop.world.runtime.db
        .update(chargeAttempts)
        .set(change)
        .where(eq(chargeAttempts.subscriptionId, shop.held.subscriptionId));
    const { now } = await shop.staff();
    await set({ status: 'unknown', dueAt: now, errorCode: 'timeout' });
    expect(await shop.taskOf('outcome_unknown')).toBeUndefined();
    expect((await machine.readMachine(await shop.staff())).unanswered).toBe(1);
    await set({ errorCode: 'KeyExpired' });
    expect(await shop.taskOf('outcome_unknown')).toMatchObject({
      count: 1,
      first: {
        subscriptionId: shop.held.subscriptionId,
        amountCents: 4830,
        on: '2027-01-12',
        words: 'KeyExpired',
        tries: 1,
      },
    });
    await set({
      status: 'accepted',
      acceptedAt: new Date(now.getTime() - 6 * 86_400_000),
      errorCode: null,
      dueAt: null,
    });
    expect(await shop.taskOf('session_unclear')).toMatchObject({ count: 1 });
    await set({ dueAt: now });
    expect(await shop.taskOf('accepted_too_long')).toMatchObject({ count: 1 });
    await set({ status: 'action_required', dueAt: null, acceptedAt: null });
    expect((await tasks.readTasks(await shop.staff())).map((task) => task.kind)).toEqual(['hand_overs']);
  });

  it('a delivery that is kept aside, and a mail that cannot be sent, are tasks and counts', async () => {
    await shop.world.runtime.db.update(webhookInbox).set({ status: 'quarantined', lastError: 'No request of ours.' });
    await shop.world.runtime.db
      .update(outbox)
      .set({ status: 'failed' })
      .where(eq(outbox.customerId, shop.held.customerId));
    const page = await today.todayPage(await shop.staff());
    const kinds = page.tasks.map((task) => task.kind);
    expect(kinds).toEqual(['hand_overs', 'webhooks_kept_aside', 'mails_failed']);
    expect(page.shell.open).toMatchObject({ handOvers: 1, webhooks: page.machine.webhooks.keptAside, provisioning: 0 });
    expect(await shell.readStaffShell(await shop.staff())).toMatchObject({ open: page.shell.open });
    await shop.world.runtime.db.update(webhookInbox).set({ status: 'processed', lastError: null });
    await shop.world.runtime.db
      .update(outbox)
      .set({ status: 'sent' })
      .where(eq(outbox.customerId, shop.held.customerId));
  });

  it('a worker that has not ticked for five minutes is said to be silent', async () => {
    const at = (seconds: number) => sql`clock_timestamp() - make_interval(secs => ${seconds})`;
    await shop.world.runtime.db.insert(workers).values({ id: 'one', startedAt: at(400), lastTickAt: at(301) });
    expect((await machine.readMachine(await shop.staff())).workers).toMatchObject({ running: 0, isSilent: true });
    await shop.world.runtime.db.update(workers).set({ lastTickAt: at(1) });
    expect((await machine.readMachine(await shop.staff())).workers).toMatchObject({ running: 1, isSilent: false });
  });

  it('work that has been due for more than a quarter of an hour is said to be late, and since when', async () => {
    const { now } = await shop.staff();
    const dueFor = async (minutes: number | null) => {
      const dueAt = minutes === null ? null : new Date(now.getTime() - minutes * 60_000);
      await shop.world.runtime.db.update(outbox).set({ dueAt }).where(eq(outbox.customerId, shop.held.customerId));
      return (await machine.readMachine(await shop.staff())).lateSince;
    };
    expect(await dueFor(14)).toBeNull();
    expect(await dueFor(16)).toEqual(new Date(now.getTime() - 16 * 60_000));
    expect(await dueFor(null)).toBeNull();
  });

  it('today’s renewals are told apart by what has become of them', async () => {
    const { renewals } = await today.todayPage(await shop.staff());
    expect(renewals).toEqual({
      collected: { count: 1, cents: 4830 },
      waiting: { count: 0, cents: 0 },
      onHold: { count: 1, cents: 4830 },
      toCome: { count: 0, cents: 0 },
    });
  });
});
