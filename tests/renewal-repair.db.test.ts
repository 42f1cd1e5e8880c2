import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryAgain } from '@/lib/services/charge-now';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, templatesOf, chargesOf } = recordsOf(() => world);

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
