import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscriptions } from '@/db/schema/subscriptions';
import { chargeNow, tryAgain } from '@/lib/services/charge-now';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { updatePaymentDetails } from '@/lib/services/update-payment-details';
import { accountOverview } from '@/lib/views/account';
import { readTasks } from '@/lib/views/admin-tasks';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, templatesOf, subjectsOf, chargesOf } = recordsOf(() => world);

describe('a renewal answered 422', () => {
  it.each([
    ['needs_card', 'update_payment_method', 'action_needed_payment_method', []],
    ['needs_survey', 'take_health_survey', 'action_needed_health_survey', ['reminder']],
  ] as const)(
    '%s: a link, one mail, and a new charge under a new key once it is repaired',
    async (health, reason, template, reminders) => {
      const maya = await world.aCharged();
      await world.truemed.setTokenHealth({ email: maya.email, health });
      await world.settle();
      expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
      expect(await attemptsOf(maya)).toMatchObject([{ status: 'action_required' }]);
      const recovery = await caseOf(maya);
      expect(recovery).toMatchObject({ status: 'open', reason, retryAt: null });
      expect(await templatesOf(maya)).toEqual([template]);
      const [mail] = await world.truemed.mail(maya.email);
      expect(mail?.text).toContain(`http://localhost:3000/go/${recovery.id}`);

      // A 422 is never charged again on a schedule; two days later the survey has been called to mind.
      await world.advance({ days: 3 });
      await world.settle();
      expect(await attemptsOf(maya)).toHaveLength(1);

      const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
        caseId: recovery.id,
      });
      if (link.kind !== 'truemed') throw new Error(link.kind);
      await atTruemed(link.redirectUrl).completes();
      await world.settle();
      const attempts = await attemptsOf(maya);
      expect(attempts.map(({ status, cause }) => [status, cause])).toEqual([
        ['action_required', 'schedule'],
        ['captured', 'token_updated'],
      ]);
      expect(new Set(attempts.map((attempt) => attempt.idempotencyKey)).size).toBe(2);
      expect(await chargesOf(maya)).toHaveLength(1);
      expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
      expect((await subscriptionOf(maya)).status).toBe('active');
      expect(await templatesOf(maya)).toEqual([template, ...reminders, 'payment_received']);
      const closed = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
        caseId: recovery.id,
      });
      expect(closed.kind).toBe('closed');
    },
  );

  it('without a session id in the answer is repaired all the same', async () => {
    await world.truemed.setSwitches({ includeIdIn422: false });
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await world.truemed.setSwitches({ includeIdIn422: true });
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: (await caseOf(maya)).id,
    });
    if (link.kind !== 'truemed') throw new Error(link.kind);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('with a link on a foreign host keeps the link away from people, and asks Truemed for another', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'foreign_redirect' });
    await world.settle();
    const recovery = await caseOf(maya);
    expect(recovery.redirectUrl).toBeNull();
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: recovery.id,
    });
    expect(link).toMatchObject({ kind: 'truemed' });
    if (link.kind === 'truemed') expect(new URL(link.redirectUrl).origin).toBe(new URL(world.truemed.url).origin);
  });

  it('is tried again by the customer, five times a day at most, and never by another customer', async () => {
    const maya = await world.aCharged();
    const other = await world.aSubscriber();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    const { id: caseId } = await caseOf(maya);
    await expect(tryAgain(await world.as(other.principal), { caseId })).rejects.toMatchObject({ code: 'not_found' });
    for (let presses = 0; presses < 5; presses += 1) {
      expect(await tryAgain(await world.as(maya.principal), { caseId })).toMatchObject({
        ok: true,
        status: 'action_required',
      });
    }
    expect(await tryAgain(await world.as(maya.principal), { caseId })).toEqual({ ok: false, reason: 'too_many_tries' });
    // One case and one reason: one mail, however often it fails.
    expect(await templatesOf(maya)).toEqual(['action_needed_payment_method']);
  });

  it('is refused on a card that was refused too often in 30 days, and not as if tomorrow were another day', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    const { id: caseId } = await caseOf(maya);
    const press = async () => tryAgain(await world.as(maya.principal), { caseId });
    for (const presses of [5, 5, 1]) {
      for (let nth = 0; nth < presses; nth += 1) expect(await press()).toMatchObject({ ok: true });
      await world.advance({ hours: 25 });
    }
    expect(await press()).toEqual({ ok: false, reason: 'card_spent' });
  });
});

describe('an order on a card that was refused too often in 30 days', () => {
  /** The order is refused, and `times` more when its customer tries again, five times a day at most. */
  async function isRefused(who: Subscriber, times: number) {
    await world.settle();
    const { id: caseId } = await caseOf(who);
    for (let nth = 1; nth <= times; nth += 1) {
      expect(await tryAgain(await world.as(who.principal), { caseId })).toMatchObject({ status: 'action_required' });
      if (nth % 5 === 0) await world.advance({ hours: 25 });
    }
    return caseId;
  }
  async function finishesSurvey(caseId: Awaited<ReturnType<typeof isRefused>>) {
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), { caseId });
    if (link.kind !== 'truemed') throw new Error(link.kind);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();
  }
  async function givesAnotherCard(who: Subscriber) {
    const asked = await updatePaymentDetails(await world.as(who.principal), { what: 'card' });
    if (!asked.ok || asked.next !== 'truemed') throw new Error(JSON.stringify(asked));
    await atTruemed(asked.redirectUrl).completes();
    await world.settle();
  }
  const heldFor = async (who: Subscriber) => {
    const { answer } = await accountOverview(await world.as(who.principal));
    return answer.kind === 'action_needed' ? answer.charge.state : answer.kind;
  };
  /** How many orders staff see that wait for another card. */
  const seenByStaff = async () =>
    (await readTasks(await world.as(world.aStaffMember()))).find(({ kind }) => kind === 'card_spent')?.count ?? 0;
  const asksForAnother = expect.stringContaining('waits for another card');

  it('asks its customer for another card, once, and staff see it; a finished survey is no promise of a charge', async () => {
    const before = await seenByStaff();
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const caseId = await isRefused(maya, 10);
    expect(await heldFor(maya)).toBe('waits_for_survey');
    expect(await seenByStaff()).toBe(before);

    await tryAgain(await world.as(maya.principal), { caseId });
    expect(await heldFor(maya)).toBe('card_spent');
    expect((await subjectsOf(maya)).at(-1)).toEqual(asksForAnother);
    expect(await seenByStaff()).toBe(before + 1);
    expect(await paymentMethodsPage(await world.as(maya.principal))).toMatchObject({ need: 'another_card' });

    await finishesSurvey(caseId);
    expect(await attemptsOf(maya)).toHaveLength(12);
    expect(await heldFor(maya)).toBe('card_spent');
    expect(await seenByStaff()).toBe(before + 1);
    expect((await subjectsOf(maya)).filter((subject) => subject.includes('another card'))).toHaveLength(1);

    await givesAnotherCard(maya);
    expect((await attemptsOf(maya)).at(-1)).toMatchObject({ status: 'captured', cause: 'token_updated' });
    expect(await seenByStaff()).toBe(before);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('by what became of another order is told so once its survey is finished in vain', async () => {
    const before = await seenByStaff();
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const caseId = await isRefused(maya, 10);
    const { customerId } = maya;
    const other = await world.aSubscriber({ nextChargeOn: '2027-01-20', unit: 'year', customerId });
    await world.runtime.db
      .update(subscriptions)
      .set({ billingMethod: 'hsa_fsa', nextChargeAt: new Date((await world.system()).now) })
      .where(eq(subscriptions.id, other.subscriptionId));
    await world.settle();
    expect(await attemptsOf(other)).toMatchObject([{ status: 'action_required' }]);
    const asked = async () => (await subjectsOf(maya)).filter((subject) => subject.includes('another card'));
    expect(await asked()).toHaveLength(1);
    await finishesSurvey(caseId);
    expect(await asked()).toHaveLength(2);
    expect(await attemptsOf(maya)).toHaveLength(11);
    expect(await seenByStaff()).toBe(before + 2);
  });

  it('is tried again by staff, who are not bound', async () => {
    const before = await seenByStaff();
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    const caseId = await isRefused(maya, 11);
    await finishesSurvey(caseId);
    const [order] = await invoicesOf(maya);
    if (order === undefined) throw new Error('There is no order.');
    const { subscriptionId } = maya;
    const staff = await world.as(world.aStaffMember());
    expect(await chargeNow(staff, { subscriptionId, periodStart: order.periodStart })).toMatchObject({ ok: true });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await seenByStaff()).toBe(before);
  });
});
