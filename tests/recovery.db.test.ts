import { and, asc, eq, ne } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { sweeps } from '@/db/schema/operations';
import { outages } from '@/db/schema/outages';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDateAt, localHourAt } from '@/lib/core/calendar';
import { DEFAULT_POLICY } from '@/lib/core/recovery-policy';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeSwitches } from '@/lib/services/change-switches';
import { tryAgain } from '@/lib/services/charge-now';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { changeRecoveryPolicy } from '@/lib/services/recovery-policies';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { planSweeps } from '@/lib/services/sweep';
import { writeOffInvoice } from '@/lib/services/write-off-invoice';
import { readTasks } from '@/lib/views/admin-tasks';
import { atTruemed } from './at-truemed';
import { closeChecked } from './close-checked';
import { recordsOf } from './records';
import { aWorld, FIRST_DAY, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(() => closeChecked(world));
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, chargesOf } = recordsOf(() => world);

const ZONE = 'America/New_York';
type Health = 'needs_card' | 'needs_survey' | 'ok';
const heal = (who: Subscriber, health: Health) => world.truemed.setTokenHealth({ email: who.email, health });

/** A yearly order whose charge of today, at 9 in New York, was answered 422: nothing else falls due meanwhile. */
async function aHeld(health: 'needs_card' | 'needs_survey' = 'needs_card'): Promise<Subscriber> {
  const maya = await world.aCharged({ unit: 'year' });
  await heal(maya, health);
  await world.settle();
  return maya;
}

/** Lets days pass, with ticks at 9 and at 12:30 in New York: an hour for charges, and one for mail. */
async function pass(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await world.advance({ hours: 3, minutes: 30 });
    await world.settle();
    await world.advance({ hours: 20, minutes: 30 });
    await world.settle();
  }
}

/** What was sent to somebody, as `day template`, counted from the first day; throws where it was sent by night. */
async function sentTo(who: Subscriber): Promise<string[]> {
  const mails = await world.runtime.db
    .select()
    .from(outbox)
    .where(
      // What confirms a change of hers is no mail of the recovery, and goes out at any hour.
      and(eq(outbox.customerId, who.customerId), eq(outbox.status, 'sent'), ne(outbox.template, 'change_confirmed')),
    )
    .orderBy(asc(outbox.sentAt));
  return mails.map(({ sentAt, template }) => {
    if (sentAt === null) throw new Error('A mail was sent at no time.');
    const hour = localHourAt(sentAt, ZONE);
    if (hour < 9 || hour >= 20) throw new Error(`${template} was sent at ${hour}.`);
    const day = (Date.parse(localDateAt(sentAt, ZONE)) - Date.parse(FIRST_DAY)) / 86_400_000;
    return `${day} ${template}`;
  });
}

describe('an order that nobody repairs', () => {
  it('on the way of payment: reminders, pause with the token kept, asked back twice, closed after 90 days', async () => {
    const maya = await aHeld();
    await pass(22);
    const first = [
      '0 action_needed_payment_method',
      '3 reminder',
      '7 reminder',
      '14 reminder',
      '20 last_reminder',
      '21 subscription_changed',
    ];
    expect(await sentTo(maya)).toEqual(first);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'paused', pauseUntil: null });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'paused', policyVersion: 1, redirectUrl: null });
    for (const days of [7, 29, 29]) {
      await world.advance({ days });
      await pass(2);
    }
    expect(await sentTo(maya)).toEqual([...first, '30 subscription_changed', '60 subscription_changed']);
    expect(await caseOf(maya)).toMatchObject({ status: 'closed', stepAt: null });
    expect(await attemptsOf(maya)).toHaveLength(1);
    expect(await chargesOf(maya)).toEqual([]);
    const [token] = await world.runtime.db
      .select()
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(token?.status).toBe('live');
  }, 120_000);

  it('is not promised that it can be started again where the merchant keeps that from customers', async () => {
    const staff = await world.as(world.aStaffMember());
    expect(await changeSwitches(staff, { version: 0, switchedOff: ['resume'] })).toMatchObject({ ok: true });
    const maya = await aHeld();
    await pass(22);
    const told = (await world.truemed.mail(maya.email)).filter(({ subject }) => /Last reminder|paused/.test(subject));
    expect(told).toHaveLength(2);
    for (const { text } of told) expect(text).not.toContain('You can start it again');
  }, 60_000);

  it('on the way of the survey: four reminders, a last one, pause; whoever starts again is not asked back', async () => {
    const maya = await aHeld('needs_survey');
    await pass(22);
    const mails = [
      '0 action_needed_health_survey',
      '2 reminder',
      '5 reminder',
      '9 reminder',
      '14 reminder',
      '20 last_reminder',
      '21 subscription_changed',
    ];
    expect(await sentTo(maya)).toEqual(mails);
    await resumeSubscription(await world.as(maya.principal), { subscriptionId: maya.subscriptionId });
    expect(await caseOf(maya)).toMatchObject({ status: 'closed', stepAt: null });
    await pass(10);
    expect(await sentTo(maya)).toEqual(mails);
    expect(await attemptsOf(maya)).toHaveLength(1);
  }, 120_000);

  it('after a rejected payment is charged five times more, and paused', async () => {
    await world.truemed.setSwitches({ captureAs: 'rejected' });
    const maya = await world.aCharged({ unit: 'year' });
    await world.settle();
    await pass(22);
    const attempts = await attemptsOf(maya);
    expect(attempts.map(({ status, cause }) => `${status} ${cause}`)).toEqual([
      'rejected schedule',
      ...Array.from({ length: 5 }, () => 'rejected recheck'),
    ]);
    expect(attempts.map(({ createdAt }) => localDateAt(createdAt, ZONE))).toEqual([
      '2027-01-12',
      '2027-01-13',
      '2027-01-15',
      '2027-01-19',
      '2027-01-26',
      '2027-02-02',
    ]);
    expect((await sentTo(maya)).map((line) => line.split(' ')[1])).toEqual([
      'payment_not_taken',
      'reminder',
      'reminder',
      'reminder',
      'last_reminder',
      'subscription_changed',
    ]);
    expect((await subscriptionOf(maya)).status).toBe('paused');
  }, 120_000);

  it('is a task of staff on day 14 where it is among the largest', async () => {
    const maya = await aHeld();
    await pass(15);
    expect((await caseOf(maya)).staffAskedAt).not.toBeNull();
    const tasks = await readTasks(await world.as(world.aStaffMember()));
    expect(tasks).toMatchObject([{ kind: 'recovery_stalled', count: 1, first: { amountCents: 4830 } }]);
  }, 60_000);

  it('because an earlier session is pending is left to staff after a week; the customer hears nothing', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'pending' });
    await world.settle();
    await pass(8);
    expect(await caseOf(maya)).toMatchObject({
      status: 'open',
      reason: 'session_pending',
      retryAt: null,
      stepAt: null,
    });
    const tasks = await readTasks(await world.as(world.aStaffMember()));
    expect(tasks.map(({ kind }) => kind)).toEqual(['session_pending']);
    expect(await sentTo(maya)).toEqual([]);
  }, 60_000);

  it('because a session is pending for which it has not waited yet is charged again by itself, however old it is', async () => {
    const maya = await aHeld();
    await pass(8);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'pending' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    expect(await caseOf(maya)).toMatchObject({ reason: 'session_pending', retryCause: 'recheck' });
    await world.advance({ hours: 1 });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'failed', 'failed']);
    await heal(maya, 'ok');
    await world.advance({ hours: 1 });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
  }, 60_000);

  it('and that waits for Truemed through an outage goes on where it stood, and no later', async () => {
    const maya = await aHeld();
    await pass(1);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'pending' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    const [from, until] = [1, 49].map(
      (hours) => new Date(Date.parse(`${FIRST_DAY}T14:00:00Z`) + (24 + hours) * 3_600_000),
    );
    if (from === undefined || until === undefined) throw new Error('There is no outage.');
    await world.runtime.db.insert(outages).values({ startedAt: from, endedAt: until });
    await pass(4);
    await heal(maya, 'needs_card');
    await pass(1);
    expect(await caseOf(maya)).toMatchObject({ reason: 'update_payment_method', clockStoppedAt: null });
    await pass(3);
    // The reminder of day 3, after five days of waiting.
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method', '8 reminder']);
  }, 60_000);
});

describe('an order that is repaired', () => {
  it('on day 5, with its webhook, is paid within one tick, and nothing more is sent about it', async () => {
    const maya = await aHeld();
    await pass(5);
    await repair(maya);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'action_required' }, { cause: 'token_updated' }]);
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    await pass(20);
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method', '3 reminder', '5 payment_received']);
  }, 60_000);

  it('without a webhook is found in the night by its card, and charged', async () => {
    const maya = await aHeld();
    await pass(4);
    // The same card again proves nothing: it is read every night, and nothing is charged though it would be taken.
    await heal(maya, 'ok');
    await pass(1);
    expect(await attemptsOf(maya)).toHaveLength(1);
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
    await world.truemed.setTokenHealth({ email: maya.email, card_expires: '2031-05' });
    await pass(1);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'action_required' }, { cause: 'token_updated' }]);
  }, 60_000);

  it.each([
    ['needs_card', { card_expires: '2031-05' }, 7],
    ['needs_survey', { lmn_expires_at: '2028-01-01T00:00:00Z' }, 9],
  ] as const)(
    'after %s without a webhook is found on a reminder day, and only then charged',
    async (health, change, day) => {
      await withoutSweeps();
      const maya = await aHeld(health);
      await pass(6);
      await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
      await world.truemed.setTokenHealth({ email: maya.email, health: 'ok', ...change });
      await pass(day - 7);
      expect(await attemptsOf(maya)).toHaveLength(1);
      await pass(1);
      const attempts = await attemptsOf(maya);
      expect(attempts).toMatchObject([{ status: 'action_required' }, { cause: 'token_updated' }]);
      expect(attempts.map(({ createdAt }) => localDateAt(createdAt, ZONE))[1]).toBe(`2027-01-${12 + day}`);
    },
    60_000,
  );

  it('late keeps its anchor, and its next charge five days away', async () => {
    const maya = await world.aCharged({ anchorDate: '2026-12-12' });
    await heal(maya, 'needs_survey');
    await world.settle();
    // No step pauses it before.
    await world.runtime.db.update(recoveryCases).set({ stepAt: null });
    await world.advance({ days: 29 });
    await repair(maya);
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    const { nextChargeOn, nextChargeAt, status } = await subscriptionOf(maya);
    expect({ nextChargeOn, status }).toEqual({ nextChargeOn: '2027-02-12', status: 'active' });
    expect(nextChargeAt).toEqual(new Date('2027-02-16T13:00:00Z'));
  }, 60_000);
});

describe('an order that is no longer wanted', () => {
  it('is not mentioned again after a cancellation on day 6', async () => {
    const maya = await aHeld();
    await pass(6);
    const before = await sentTo(maya);
    await cancelSubscription(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, when: 'now' });
    await pass(20);
    expect(await sentTo(maya)).toEqual(before);
    expect(await caseOf(maya)).toMatchObject({ status: 'closed', stepAt: null, retryAt: null });
    expect(await chargesOf(maya)).toEqual([]);
  }, 60_000);

  it('is written off by staff who may, with its case and its mail; the subscription goes on', async () => {
    const maya = await aHeld();
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('There is no invoice.');
    const viewer = { ...world.aStaffMember(), role: 'viewer' as const };
    await expect(
      writeOffInvoice(await world.as(viewer as Parameters<typeof world.as>[0]), { invoiceId: invoice.id }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const staff = await world.as(world.aStaffMember());
    expect(await writeOffInvoice(staff, { invoiceId: invoice.id })).toEqual({ ok: true });
    expect(await writeOffInvoice(staff, { invoiceId: invoice.id })).toEqual({ ok: false, reason: 'not_open' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'uncollectible' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2028-01-12' });
    await pass(8);
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method']);
  }, 60_000);
});

describe('a case', () => {
  it('keeps the policy under which it was opened', async () => {
    const maya = await aHeld('needs_survey');
    const staff = await world.as(world.aStaffMember());
    const survey = [
      { day: 4, kind: 'remind', offer: 'none' },
      { day: 8, kind: 'pause' },
      { day: 90, kind: 'close' },
    ] as const;
    const policy = { ...DEFAULT_POLICY, tracks: { ...DEFAULT_POLICY.tracks, survey } };
    expect(await changeRecoveryPolicy(staff, { policy })).toEqual({ ok: true, version: 2 });
    expect(await changeRecoveryPolicy(staff, { policy: { ...policy, hoursBetweenMails: 1 } })).toMatchObject({
      ok: false,
    });
    const later = await aHeld('needs_survey');
    expect([await caseOf(maya), await caseOf(later)]).toMatchObject([{ policyVersion: 1 }, { policyVersion: 2 }]);
    await pass(10);
    expect(await sentTo(maya)).toEqual(['0 action_needed_health_survey', '2 reminder', '5 reminder', '9 reminder']);
    expect(await sentTo(later)).toEqual(['0 action_needed_health_survey', '4 reminder', '8 subscription_changed']);
    await expect(world.runtime.db.execute('delete from recovery_policies')).rejects.toThrow();
  }, 60_000);

  it('whose token is gone at Truemed asks for a card instead', async () => {
    const maya = await aHeld();
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
    await pass(2);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone' });
    expect(await sentTo(maya)).toEqual(['0 action_needed_payment_method', '1 payment_not_taken']);
  }, 60_000);
});

/** The customer follows the mailed link and does what Truemed asks; the webhook comes. */
async function repair(who: Subscriber): Promise<void> {
  const { id: caseId } = await caseOf(who);
  const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), { caseId });
  if (link.kind !== 'truemed') throw new Error(`The link leads to ${link.kind}.`);
  await atTruemed(link.redirectUrl).completes();
  await world.settle();
}

/** Lets the nights pass without a look at all tokens. */
async function withoutSweeps(): Promise<void> {
  await planSweeps(await world.system());
  await world.runtime.db.update(sweeps).set({ dueAt: new Date('2099-01-01T00:00:00Z') });
}
