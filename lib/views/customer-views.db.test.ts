import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoices } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import { addDays } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import { tryAgain } from '@/lib/services/charge-now';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { recordReturn } from '@/lib/services/record-return';
import { atTruemed } from '@/tests/at-truemed';
import { aWorld, type Subscriber, type TestWorld } from '@/tests/world';
import { accountOverview } from './account';
import { truemedFrame, waitingPage, waitingPoll } from './provisioning';
import { moveOffer, subscriptionPage } from './subscription';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

async function move(who: Subscriber, embedded = false) {
  const result = await moveToHsaFsa(await world.as(who.principal), { subscriptionId: who.subscriptionId, embedded });
  if (!result.ok || result.next !== 'truemed') throw new Error(`The move ended as ${JSON.stringify(result)}.`);
  return result;
}

const overviewOf = async (who: Subscriber) => accountOverview(await world.as(who.principal));
const waitingOf = async (who: Subscriber, requestId: Id<'provisionRequest'>) =>
  waitingPage(await world.as(who.principal), { requestId });

describe('the overview', () => {
  it('answers with the next charge, and lists each subscription with its own', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_overview', nextChargeOn: '2027-02-03' });
    await world.aSubscriber({ customerId: maya.customerId, nextChargeOn: '2027-01-20' });
    const overview = await overviewOf(maya);
    expect(overview.shell).toEqual({
      merchant: { name: 'Alder Health', email: 'care@alderhealth.example' },
      person: 'Maya',
    });
    expect(overview.answer).toMatchObject({
      kind: 'next_charge',
      subscription: { name: 'Daily Essentials', totalCents: 4830, nextChargeOn: '2027-02-03' },
      offered: ['skip', 'move', 'interval', 'pause', 'cancel'],
    });
    expect(overview.others).toMatchObject([{ billingMethod: 'external', nextChargeOn: '2027-01-20' }]);
    expect(overview.comingUp.map(({ date }) => date)).toEqual(['2027-02-03', '2027-03-03', '2027-04-03']);
    expect(overview.payment).toMatchObject({ paysFor: 1 });
  });

  it('says so when all is billed elsewhere', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2026-11-20' });
    const overview = await overviewOf(maya);
    expect(overview.answer).toMatchObject({ kind: 'billed_elsewhere', subscription: { nextChargeOn: '2027-01-20' } });
    expect(overview).toMatchObject({ payment: null, others: [], comingUp: [], recent: [] });
  });

  it('is inactive when nothing is charged', async () => {
    const maya = await world.aSubscriber();
    await world.runtime.db
      .update(subscriptions)
      .set({ status: 'canceled' })
      .where(eq(subscriptions.id, maya.subscriptionId));
    const overview = await overviewOf(maya);
    expect(overview.answer).toMatchObject({
      kind: 'inactive',
      subscription: { id: maya.subscriptionId, status: 'canceled' },
      offered: [],
    });
    expect(overview.others).toEqual([]);
  });

  it('that is inactive speaks of what is likeliest to be wanted again: what is paused, then what was charged last', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_rests' });
    const set = (facts: Partial<typeof subscriptions.$inferInsert>, id = maya.subscriptionId) =>
      world.runtime.db.update(subscriptions).set(facts).where(eq(subscriptions.id, id));
    const [row] = await world.runtime.db.select().from(subscriptions).where(eq(subscriptions.id, maya.subscriptionId));
    if (row === undefined) throw new Error('No subscription.');
    const other = newId('subscription');
    const nextChargeOn = addDays(row.nextChargeOn, 30);
    await set({ status: 'canceled', canceledAt: row.createdAt });
    const over = { status: 'canceled' as const, canceledAt: row.createdAt };
    await world.runtime.db
      .insert(subscriptions)
      .values({ ...row, ...over, id: other, externalId: other, nextChargeOn });
    const spokenOf = async () => {
      const { answer, others } = await overviewOf(maya);
      expect(others).toHaveLength(1);
      return answer;
    };
    expect(await spokenOf()).toMatchObject({ subscription: { id: other }, offered: ['reactivate'] });
    await set({ status: 'paused', canceledAt: null });
    expect(await spokenOf()).toMatchObject({
      subscription: { id: maya.subscriptionId },
      offered: ['resume', 'cancel'],
    });
  });

  it('puts an order that waits for the customer first', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_declines', nextChargeOn: '2027-01-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    const { answer, comingUp, recent } = await overviewOf(maya);
    expect(answer).toMatchObject({
      kind: 'action_needed',
      charge: { state: 'waits_for_card', totalCents: 4830, orderOn: '2027-01-12', recovery: { mayTryAgain: true } },
      readiness: { held: true, nextChargeOn: '2027-01-12' },
    });
    expect(comingUp).toEqual([]);
    expect(recent).toMatchObject([{ state: 'waits_for_card', name: 'Daily Essentials' }]);
  });

  it('offers another try five times in a day, and no more until the next', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_tried', nextChargeOn: '2027-01-12' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    const recoveryOf = async () => (await overviewOf(maya)).recent[0]?.recovery;
    for (let tries = 0; tries < 5; tries += 1) {
      const open = await recoveryOf();
      if (!open?.mayTryAgain) throw new Error('The customer may not try again.');
      expect(await tryAgain(await world.as(maya.principal), open)).toMatchObject({ status: 'action_required' });
    }
    expect(await recoveryOf()).toMatchObject({ mayTryAgain: false });
  });

  it('tells an order that was just paid from one that was paid before', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_just_paid', nextChargeOn: '2027-01-12' });
    await world.settle();
    expect((await overviewOf(maya)).recent).toMatchObject([{ state: 'paid', isJustPaid: true }]);
    const ctx = await world.as(maya.principal);
    const later = { ...ctx, now: new Date(ctx.now.getTime() + 60 * 60 * 1000) };
    expect((await accountOverview(later)).recent).toMatchObject([{ state: 'paid', isJustPaid: false }]);
  });

  it('shows an unfinished move with the subscription that it is for', async () => {
    const maya = await world.aSubscriber();
    const { requestId } = await move(maya);
    expect((await overviewOf(maya)).answer).toMatchObject({
      kind: 'billed_elsewhere',
      subscription: { move: { requestId, state: 'Not completed' } },
    });
    await recordReturn(await world.as(maya.principal), { requestId, outcome: 'success' });
    expect((await overviewOf(maya)).answer).toMatchObject({ subscription: { move: { state: 'Confirming' } } });
  });
});

describe('a subscription', () => {
  it('pages through its history without losing or repeating an order', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_history' });
    const days = Array.from({ length: 20 }, (_, index) =>
      new Date(Date.UTC(2025, index, 3)).toISOString().slice(0, 10),
    );
    await world.runtime.db.insert(invoices).values(
      days.map((day, index) => ({
        id: newId('invoice'),
        subscriptionId: maya.subscriptionId,
        customerId: maya.customerId,
        status: 'paid' as const,
        periodStart: day as `${string}` & typeof invoices.$inferInsert.periodStart,
        periodEnd: (days[index + 1] ?? '2099-01-01') as typeof invoices.$inferInsert.periodEnd,
        shippingCents: 0,
        taxCents: 0,
        discountCents: 0,
        totalCents: 4830,
        paidAt: new Date(`${day}T13:00:00Z`),
        createdAt: new Date(`${day}T13:00:00Z`),
      })),
    );
    const ctx = await world.as(maya.principal);
    const first = await subscriptionPage(ctx, maya);
    const second = await subscriptionPage(ctx, { ...maya, before: first.older ?? undefined });
    expect([...first.history, ...second.history].map(({ orderOn }) => orderOn)).toEqual(days.reverse());
    expect(second.older).toBeNull();
  });

  it('says before a move which order is still billed to the former card', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-14' });
    const offer = await moveOffer(await world.as(maya.principal), maya);
    expect(offer).toMatchObject({
      standing: 'movable',
      effect: { firstChargeOn: '2027-02-14', lastExternalOn: '2027-01-14' },
      awaitsHandOver: false,
      connectedCard: null,
    });
  });

  it('says before a move that its day is the earliest where staff have to confirm it', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-14' });
    const ctx = await world.as(maya.principal);
    const offer = await moveOffer({ ...ctx, env: { ...ctx.env, handOver: 'confirmed' } }, maya);
    expect(offer).toMatchObject({ standing: 'movable', awaitsHandOver: true });
  });
});

describe('the waiting page', () => {
  it('is connected with the card, the letter and the first charge, and names what is still billed elsewhere', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-14' });
    const other = await world.aSubscriber({ customerId: maya.customerId });
    const { requestId, redirectUrl } = await move(maya);
    const before = await waitingOf(maya, requestId);
    expect(before).toMatchObject({ state: 'Not completed', cameBackAt: null, readiness: null });

    await atTruemed(redirectUrl).completes();
    await world.settle();
    const after = await waitingOf(maya, requestId);
    expect(after).toMatchObject({
      state: 'Connected',
      subscription: { billingMethod: 'hsa_fsa', nextChargeOn: '2027-02-14', lastExternalOn: '2027-01-14' },
      payment: { card: { last4: '4417', isHsaFsa: true } },
      others: [{ id: other.subscriptionId }],
    });
    expect(after.readiness?.nextChargeOn).toBe('2027-02-14');
    expect(after.revision).not.toBe(before.revision);
  });

  it('has the same state and revision in the poll, and a new revision when the customer comes back', async () => {
    const maya = await world.aSubscriber();
    const { requestId } = await move(maya);
    const ctx = await world.as(maya.principal);
    const { state, revision } = await waitingPage(ctx, { requestId });
    expect(await waitingPoll(ctx, { requestId })).toEqual({ state, revision });
    await recordReturn(ctx, { requestId, outcome: 'failure' });
    expect(await waitingOf(maya, requestId)).toMatchObject({ state: 'Not completed', declined: true });
    expect((await waitingPoll(ctx, { requestId })).revision).not.toBe(revision);
  });

  it('opens Truemed’s page only for a request that is framed and still open', async () => {
    const maya = await world.aSubscriber();
    const framed = await move(maya, true);
    const ctx = await world.as(maya.principal);
    const { page } = await truemedFrame(ctx, framed);
    expect(page).toEqual({ url: framed.redirectUrl, origin: new URL(framed.redirectUrl).origin });

    const priya = await world.aSubscriber();
    const redirected = await move(priya);
    expect((await truemedFrame(await world.as(priya.principal), redirected)).page).toBeNull();
  });
});
