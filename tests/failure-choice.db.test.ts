import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '@/db/schema/operations';
import { subscriptions } from '@/db/schema/subscriptions';
import { addDays, localDate, localDateAt } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { chargeEarly } from '@/lib/services/charge-early';
import { tryAgain } from '@/lib/services/charge-now';
import { chooseOnFailure } from '@/lib/services/choose-on-failure';
import { failureChoicePage } from '@/lib/views/failure-choice';
import { orderPage } from '@/lib/views/order';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, templatesOf, chargesOf } = recordsOf(() => world);

const choose = async (who: Subscriber, choice: 'wait' | 'skip') =>
  chooseOnFailure(await world.as(who.principal), { subscriptionId: who.subscriptionId, choice });

describe('an order that the HSA/FSA card could not pay', () => {
  it.each(['needs_card', 'needs_survey'] as const)(
    'is left out by choice (%s): void, its case closed, one mail, and the next order is charged on its day',
    async (health) => {
      const day = addDays(localDateAt((await world.system()).now, 'America/New_York'), 8);
      const next = addDays(day, 7);
      const maya = await world.aCharged({ nextChargeOn: day, unit: 'week' });
      expect(await choose(maya, 'skip')).toEqual({ ok: true });
      await world.truemed.setTokenHealth({ email: maya.email, health });
      await world.advance({ days: 8 });
      await world.settle();
      const [invoice] = await invoicesOf(maya);
      expect(invoice).toMatchObject({ status: 'void', periodStart: day });
      expect(await caseOf(maya)).toMatchObject({ status: 'closed', leftOut: true, retryAt: null, stepAt: null });
      expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: next });
      expect(await templatesOf(maya)).toEqual(['payment_not_taken']);
      const [mail] = await world.truemed.mail(maya.email);
      expect(mail?.text).toContain('You have not been charged.');
      expect(mail?.text).toContain('you had chosen to leave an order out then');
      if (invoice === undefined) return;
      const shown = await orderPage(await world.as(maya.principal), { invoiceId: invoice.id });
      expect(shown.charge.state).toBe('left_out');
      expect(shown.why?.words).toContain('you had chosen to leave an order out then');

      // Days on which a case would be reminded of pass; then the next order is charged for itself alone.
      await world.advance({ days: 6 });
      await world.settle();
      expect(await attemptsOf(maya)).toHaveLength(1);
      await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
      await world.advance({ days: 1 });
      await world.settle();
      expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['void', 'paid']);
      expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4830]);
      expect((await templatesOf(maya)).filter((template) => template === 'payment_not_taken')).toHaveLength(1);
    },
  );

  it('is left out without the promise of a next order where the subscription ends with its period', async () => {
    const today = localDateAt((await world.system()).now, 'America/New_York');
    const maya = await world.aCharged({ nextChargeOn: today });
    const { subscriptionId } = maya;
    await choose(maya, 'skip');
    await world.truemed.setSwitches({ captureAs: 'processing' });
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    const end = { subscriptionId, when: 'period_end' } as const;
    expect(await cancelSubscription(await world.as(maya.principal), end)).toMatchObject({ ok: true });
    const [attempt] = await attemptsOf(maya);
    await world.truemed.decideSession({ session_id: attempt?.paymentSessionId ?? '', status: 'rejected' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    const mail = (await world.truemed.mail(maya.email)).find(({ subject }) => subject.includes('was left out'));
    expect(mail?.text).toContain('There is nothing you need to do for this one.');
    expect(mail?.text).not.toContain('goes on');
  });

  it('waits by default, and one that is on hold stays so when the choice comes after it', async () => {
    const today = localDateAt((await world.system()).now, 'America/New_York');
    const maya = await world.aCharged({ nextChargeOn: today });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', leftOut: false });
    expect(await choose(maya, 'skip')).toEqual({ ok: true });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    expect((await attemptsOf(maya)).map(({ cause }) => cause)).toEqual(['schedule', 'customer']);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'take_health_survey' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due', failureChoice: 'skip' });
  });

  it('waits where somebody asked for it before its day', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2028-06-03' });
    await choose(maya, 'skip');
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    const ordered = await chargeEarly(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
      periodStart: localDate('2028-06-03'),
      totalCents: 4830,
    });
    expect(ordered).toMatchObject({ ok: true, status: 'action_required' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect((await attemptsOf(maya)).map(({ cause }) => cause)).toEqual(['customer']);
  });

  it('is chosen once however often it is pressed, shown, and kept in the history', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2028-06-03' });
    const ctx = await world.as(maya.principal);
    expect((await failureChoicePage(ctx, maya)).choice).toBe('wait');
    await Promise.all([choose(maya, 'skip'), choose(maya, 'skip')]);
    expect(await failureChoicePage(ctx, maya)).toMatchObject({
      choice: 'skip',
      isOpen: true,
      example: { orderOn: '2028-06-03', thenOn: '2028-07-03' },
    });
    expect((await subscriptionPage(ctx, maya)).failureChoice).toBe('skip');
    const entries = await world.runtime.db.select().from(auditLog).where(eq(auditLog.subject, maya.subscriptionId));
    expect(entries.filter(({ action }) => action === 'subscription.failure_choice_changed')).toHaveLength(1);
  });

  it('is not chosen for another customer’s subscription, nor for one that is billed elsewhere or has ended', async () => {
    const [maya, priya] = [await world.aCharged({ nextChargeOn: '2028-06-03' }), await world.aSubscriber()];
    const foreign = { subscriptionId: maya.subscriptionId, choice: 'skip' } as const;
    await expect(chooseOnFailure(await world.as(priya.principal), foreign)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await choose(priya, 'skip')).toEqual({ ok: false, reason: 'billed_elsewhere' });
    await world.runtime.db
      .update(subscriptions)
      .set({ status: 'canceled' })
      .where(eq(subscriptions.id, maya.subscriptionId));
    expect(await choose(maya, 'skip')).toEqual({ ok: false, reason: 'canceled' });
  });
});
