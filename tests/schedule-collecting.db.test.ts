import { and, eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDue } from '@/db/claims';
import { auditLog } from '@/db/schema/operations';
import { localDate } from '@/lib/core/calendar';
import { tick } from '@/lib/jobs/tick';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { renewDue } from '@/lib/services/renew-due';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { driveAttempt } from '@/lib/services/send-attempt';
import { skipPeriod } from '@/lib/services/skip-period';
import { schedulePreview } from '@/lib/views/schedule-preview';
import { subscriptionPage } from '@/lib/views/subscription';
import { closeChecked } from './close-checked';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(() => closeChecked(world));
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, chargesOf } = recordsOf(() => world);

const pause = async (who: Subscriber) =>
  pauseSubscription(await world.as(who.principal), { subscriptionId: who.subscriptionId, until: null });
const cancel = async (who: Subscriber, when: 'now' | 'period_end') =>
  cancelSubscription(await world.as(who.principal), { subscriptionId: who.subscriptionId, when });

/** What the page says before a pause, and the subscription's own page. */
const previewOf = async (who: Subscriber) =>
  schedulePreview(await world.as(who.principal), {
    subscriptionId: who.subscriptionId,
    request: () => ({ kind: 'pause', until: null }),
  });
const pageOf = async (who: Subscriber) => subscriptionPage(await world.as(who.principal), who);

/** One whose charge of today is planned and has not left. */
async function aPlanned(): Promise<Subscriber> {
  const maya = await world.aCharged();
  await renewDue(await world.system(), 10);
  return maya;
}

/** One whose charge of today was made, and whose answer was lost, like every webhook since. */
async function anUnknown(): Promise<Subscriber> {
  const maya = await world.aCharged();
  await world.truemed.addDeliveryFault({ fault: 'drop', times: 20 });
  await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'reset_after' });
  await world.settle();
  return maya;
}

describe('what was being collected', () => {
  it.each(['pause', 'cancel'] as const)('and had not left is given up by a %s: nothing is charged', async (act) => {
    const maya = await aPlanned();
    expect((await (act === 'pause' ? pause(maya) : cancel(maya, 'now'))).ok).toBe(true);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'abandoned', errorCode: 'not_wanted', dueAt: null }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    await world.settle();
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('and waits for the customer is closed with its queued mail', async () => {
    const maya = await aPlanned();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    const ctx = await world.system();
    const { claims } = await claimDue(ctx.db, 'attempts', ctx.now, { limit: 1, leaseSeconds: 60, after: null });
    for (const claim of claims) await driveAttempt(ctx, claim);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    expect((await pause(maya)).ok).toBe(true);
    expect(await caseOf(maya)).toMatchObject({ status: 'closed', redirectUrl: null });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    await world.settle();
    expect(await world.truemed.mail(maya.email)).toMatchObject([
      { subject: 'Your subscription is paused', text: expect.stringContaining('is given up, and will not be charged') },
    ]);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.settle();
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('and has left is left to settle: a charge that was made is paid, though canceled, and none follows', async () => {
    const maya = await anUnknown();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown' }]);
    expect(await previewOf(maya)).toMatchObject({ isUnderWay: true, isCollecting: false });
    expect((await cancel(maya, 'now')).ok).toBe(true);
    expect(await pageOf(maya)).toMatchObject({ isOpen: true });
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown' }]);
    for (let minute = 0; minute < 2; minute += 1) {
      await world.advance({ minutes: 1 });
      await world.settle();
    }
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    await world.advance({ days: 40 });
    await world.settle();
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled' });
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await pageOf(maya)).toMatchObject({ isOpen: false });
  });

  it('and waits for us is given up like one that waits for its customer, as the preview says', async () => {
    const maya = await world.aCharged();
    const fault = { status: 400, body: { error: 'ValidationError', message: 'Totals do not add up.' } };
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ reason: 'our_error' });
    expect(await previewOf(maya)).toMatchObject({ isUnderWay: false, isCollecting: true });
    expect((await pause(maya)).ok).toBe(true);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
  });

  it('and is refused after a pause opens no recovery, of which nobody is written to', async () => {
    const maya = await world.aCharged();
    await world.truemed.setSwitches({ captureAs: 'processing' });
    await world.settle();
    expect((await pause(maya)).ok).toBe(true);
    const [attempt] = await attemptsOf(maya);
    await world.truemed.decideSession({ session_id: attempt?.paymentSessionId ?? '', status: 'rejected' });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'rejected' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'paused' });
    await expect(caseOf(maya)).rejects.toThrow('no recovery case');
    expect(await world.truemed.mail(maya.email)).toMatchObject([
      { subject: 'Your subscription is paused', text: expect.stringContaining('may still be charged') },
    ]);
  });

  it('when it ends with its period is collected until then, and given up on that day', async () => {
    const maya = await world.aCharged({ anchorDate: '2026-12-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await cancel(maya, 'period_end')).toMatchObject({ ok: true, change: { cancelOn: '2027-02-12' } });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    await world.advance({ days: 31 });
    await world.settle();
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'closed' });
    expect(await chargesOf(maya)).toEqual([]);
  });
});

describe('at the same moment', () => {
  it.each(['pause', 'cancel'] as const)('a %s and three workers: all or nothing is charged, once', async (act) => {
    const people = await Promise.all(Array.from({ length: 6 }, () => world.aCharged()));
    const ctx = await world.system();
    const acts = people.map((who) => (act === 'pause' ? pause(who) : cancel(who, 'now')));
    await Promise.all([tick(ctx), ...acts, tick(ctx), tick(ctx)]);
    await world.settle();
    for (const who of people) {
      expect((await subscriptionOf(who)).status).toBe(act === 'pause' ? 'paused' : 'canceled');
      const charges = await chargesOf(who);
      const statuses = (await invoicesOf(who)).map(({ status }) => status);
      expect(statuses).toEqual(charges.length === 1 ? ['paid'] : statuses.filter((status) => status === 'void'));
    }
  });

  it('three workers end a pause once', async () => {
    const maya = await world.aCharged();
    await world.settle();
    const her = await world.as(maya.principal);
    await pauseSubscription(her, { subscriptionId: maya.subscriptionId, until: localDate('2027-03-01') });
    await world.advance({ days: 60 });
    const ctx = await world.system();
    await Promise.all([tick(ctx), tick(ctx), tick(ctx)]);
    await world.settle();
    const resumed = await ctx.db
      .select({ actor: auditLog.actor })
      .from(auditLog)
      .where(and(eq(auditLog.subject, maya.subscriptionId), eq(auditLog.action, 'subscription.resumed')));
    expect(resumed).toEqual([{ actor: 'system:worker' }]);
    expect(await chargesOf(maya)).toHaveLength(2);
  });

  it('of three presses one resumes, and of three one brings back', async () => {
    const maya = await world.aCharged();
    await world.settle();
    await pause(maya);
    const her = await world.as(maya.principal);
    const { subscriptionId } = maya;
    const resumed = await Promise.all([1, 2, 3].map(() => resumeSubscription(her, { subscriptionId })));
    expect(resumed.filter(({ ok }) => ok)).toHaveLength(1);
    await cancel(maya, 'now');
    const back = await Promise.all([1, 2, 3].map(() => reactivateSubscription(her, { subscriptionId })));
    expect(back.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await subscriptionOf(maya)).status).toBe('active');
  });
});

describe('the receipt of an order whose payment was still on its way', () => {
  /** Of the order of today nothing is heard before the next look at it, and `change` is made meanwhile. */
  const receiptAfter = async (change: (maya: Subscriber) => Promise<{ ok: boolean }>): Promise<string> => {
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 20 });
    const maya = await world.aCharged();
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted' }]);
    expect((await change(maya)).ok).toBe(true);
    await world.advance({ hours: 2 });
    await world.settle();
    expect((await invoicesOf(maya))[0]).toMatchObject({ status: 'paid' });
    const mails = await world.truemed.mail(maya.email);
    return mails.find(({ subject }) => subject.startsWith('Payment received'))?.text ?? '';
  };

  it('names the next charge as it stands by then, and none where none is to come', async () => {
    const skipped = await receiptAfter(async (maya) => {
      const { nextChargeOn } = await subscriptionOf(maya);
      return skipPeriod(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, nextChargeOn });
    });
    expect(skipped).toMatch(/Next charge: .*, 12 March/);
    const ending = await receiptAfter((maya) => cancel(maya, 'period_end'));
    expect(ending).toContain('There is nothing you need to do.');
    expect(ending).not.toContain('Next charge');
  });
});
