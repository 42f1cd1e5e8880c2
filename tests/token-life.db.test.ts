import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { paymentTokens, pendingItemChanges } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { changeItems } from '@/lib/services/change-items';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { offerPlan } from '@/lib/services/offer-plan';
import { renewDue } from '@/lib/services/renew-due';
import { setPrice } from '@/lib/services/set-price';
import { readTasks } from '@/lib/views/admin-tasks';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, chargesOf, subjectsOf } = recordsOf(() => world);

const itemsOf = (maya: Subscriber) =>
  world.runtime.db.select().from(subscriptionItems).where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
const changesOf = (maya: Subscriber) =>
  world.runtime.db.select().from(pendingItemChanges).where(eq(pendingItemChanges.subscriptionId, maya.subscriptionId));
const tokenOf = async (maya: Subscriber) => {
  const rows = await world.runtime.db.select().from(paymentTokens).where(eq(paymentTokens.customerId, maya.customerId));
  return rows.at(-1);
};
async function change(maya: Subscriber, quantity: number) {
  const [item] = await itemsOf(maya);
  if (item === undefined) throw new Error('No item.');
  const input = { subscriptionId: maya.subscriptionId, items: [{ itemId: item.id, quantity }], embedded: false };
  return changeItems(await world.as(maya.principal), input);
}
/** A day that many days from the world's. */
async function inDays(days: number): Promise<string> {
  const { now } = await world.system();
  return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

async function addItem(maya: Subscriber, sku = 'MAG') {
  const { priceId } = await setPrice(await world.as(world.aStaffMember()), { sku, name: sku, unitPriceCents: 2100 });
  const terms = {
    description: 'A mineral.',
    intervals: [{ unit: 'month' as const, count: 1 }],
    trialDays: 0,
    shippingCents: 0,
  };
  await offerPlan(await world.as(world.aStaffMember()), { sku, ...terms });
  const [item] = await itemsOf(maya);
  if (item === undefined) throw new Error('No item.');
  const items = [
    { itemId: item.id, quantity: 1 },
    { priceId, quantity: 1 },
  ];
  return changeItems(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, items, embedded: false });
}
/** The same, and Truemed asks for a survey first. */
async function addItemWithSurvey(maya: Subscriber, sku = 'MAG') {
  await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
  return addItem(maya, sku);
}
const skusOf = async (maya: Subscriber) => (await itemsOf(maya)).map(({ sku }) => sku);

describe('a change of items', () => {
  it('to which Truemed agrees at once counts at once, and other prices are not the customer’s to set', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
    expect(await change(maya, 2)).toEqual({ ok: true, next: 'applied' });
    expect(await itemsOf(maya)).toMatchObject([{ sku: 'DAILY', quantity: 2, unitPriceCents: 4900, priceId: null }]);
    expect(await addItem(maya)).toEqual({ ok: true, next: 'applied' });
    expect(await itemsOf(maya)).toMatchObject([{ sku: 'DAILY' }, { sku: 'MAG', priceId: expect.any(String) }]);
    expect(await changesOf(maya)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
    expect(await subjectsOf(maya)).toEqual(['Your order is changed', 'Your order is changed']);

    const other = await world.aCharged({ nextChargeOn: await inDays(300) });
    const [theirs] = await itemsOf(other);
    const input = { subscriptionId: maya.subscriptionId, embedded: false };
    const foreign = { ...input, items: [{ itemId: theirs?.id ?? 'itm_none', quantity: 1 }] } as const;
    expect(await changeItems(await world.as(maya.principal), foreign)).toEqual({ ok: false, reason: 'no_such_item' });
    await expect(changeItems(await world.as(other.principal), foreign)).rejects.toMatchObject({ code: 'not_found' });
    expect(await change(maya, 0)).toEqual({ ok: false, reason: 'no_such_item' });
    expect(await change(maya, 1.5)).toEqual({ ok: false, reason: 'no_such_item' });
    expect(await change(await world.aSubscriber(), 2)).toEqual({ ok: false, reason: 'billed_elsewhere' });
  });

  it('is held until Truemed agrees; an order that falls due waits for it, and is charged with the new items', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0) });
    const result = await addItemWithSurvey(maya);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    await world.settle();
    expect(await skusOf(maya)).toEqual(['DAILY']);
    expect(await invoicesOf(maya)).toEqual([]);
    await world.advance({ minutes: 20 });
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect(await changesOf(maya)).toMatchObject([{ status: 'applied' }]);
    expect(await skusOf(maya)).toEqual(['DAILY', 'MAG']);
    // Not at the next hourly look: the token event itself lets it go.
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', totalCents: 6930 }]);
    expect(await chargesOf(maya)).toHaveLength(1);
    expect((await subjectsOf(maya)).slice().sort()).toEqual([
      expect.stringContaining('Payment received: $69.30'),
      'Your order is changed',
    ]);
  });

  it('that is not agreed to within a day charges the old items, and is given up with its request', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0) });
    const result = await addItemWithSurvey(maya);
    expect(result).toMatchObject({ ok: true, next: 'truemed' });
    for (const hours of [1, 11, 11]) {
      await world.advance({ hours });
      await renewDue(await world.system(), 10);
    }
    expect(await invoicesOf(maya)).toEqual([]);
    await world.advance({ hours: 1 });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ totalCents: 4830 }]);
    expect(await changesOf(maya)).toMatchObject([{ status: 'held' }]);
    for (const days of [5, 5]) {
      await world.advance({ days });
      await world.settle();
    }
    expect(await changesOf(maya)).toMatchObject([{ status: 'abandoned' }]);
    expect(await subjectsOf(maya)).toContain('Your order stays as it was');
    expect(await skusOf(maya)).toEqual(['DAILY']);
  }, 60_000);

  it('that is asked for again and again holds an order for a day and no longer', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0) });
    expect(await addItemWithSurvey(maya)).toMatchObject({ ok: true, next: 'truemed' });
    for (const hours of [11, 12]) {
      await world.advance({ hours });
      await renewDue(await world.system(), 10);
      expect(await change(maya, hours)).toMatchObject({ ok: true, next: 'truemed' });
    }
    expect(await invoicesOf(maya)).toEqual([]);
    await world.advance({ hours: 1 });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ totalCents: 4830 }]);
  }, 60_000);

  it('that Truemed refuses leaves the old items, and holds no charge', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0) });
    await world.truemed.addFault({
      match: { operation: 'updatePaymentToken' },
      times: 1,
      fault: { status: 400, body: { error: 'ValidationError', message: 'no' } },
    });
    expect(await addItem(maya)).toEqual({ ok: false, reason: 'refused_by_truemed' });
    expect(await changesOf(maya)).toMatchObject([{ status: 'refused' }]);
    expect(await subjectsOf(maya)).toEqual(['Your order stays as it was']);
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', totalCents: 4830 }]);
  });

  it('whose answer is lost is asked for again with the same bytes, and counts once', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
    await world.truemed.addFault({ match: { operation: 'updatePaymentToken' }, times: 1, fault: 'reset_after' });
    expect(await change(maya, 3)).toMatchObject({ ok: true, next: 'waiting' });
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 1 }]);
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(await itemsOf(maya)).toMatchObject([{ quantity: 3 }]);
  });

  it('takes the place of one that is held, which Truemed can no longer make count', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
    const first = await addItemWithSurvey(maya, 'ZINC');
    if (!first.ok || first.next !== 'truemed') throw new Error(JSON.stringify(first));
    expect(await addItemWithSurvey(maya, 'IRON')).toMatchObject({ next: 'truemed' });
    await atTruemed(first.redirectUrl).completes();
    await world.settle();
    expect(await skusOf(maya)).toEqual(['DAILY']);
    expect((await changesOf(maya)).map(({ status }) => status).sort()).toEqual(['held', 'replaced']);
  });
});

describe('a payment token', () => {
  it('that its customer deletes is deleted at Truemed, and nothing is charged from that moment', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0) });
    await renewDue(await world.system(), 100);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'planned' }]);
    const own = await world.as(maya.principal);
    expect(await deletePaymentToken(own, maya)).toEqual({ ok: true, isDeletedAtTruemed: true });
    expect(await deletePaymentToken(own, maya)).toEqual({ ok: true, isDeletedAtTruemed: true });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'abandoned', errorCode: 'token_deleted' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due', billingMethod: 'hsa_fsa' });
    expect(await tokenOf(maya)).toMatchObject({ status: 'revoked', deletedAt: expect.any(Date), deletionTries: 1 });
    expect(await chargesOf(maya)).toEqual([]);
    const gone = await world.runtime.truemed.retrievePaymentToken(
      world.runtime.vault
        .open((await tokenOf(maya))?.token ?? Buffer.alloc(0), `payment_tokens.token:${(await tokenOf(maya))?.id}`)
        .toString(),
    );
    expect(gone.kind).toBe('not_found');
  });

  it('that is deleted while an order waits for its repair leaves that order waiting for a card', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0), paymentToken: 'pt_waiting' });
    await world.truemed.setTokenHealth({ payment_token: 'pt_waiting', health: 'needs_survey' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'take_health_survey' });
    await deletePaymentToken(await world.as(maya.principal), maya);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone', redirectUrl: null });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    await world.settle();
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('that is deleted while Truemed decides about an order leaves nothing to be asked about again', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0), paymentToken: 'pt_deciding' });
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: { status: 409, body: { error: 'SessionPending', message: 'pending' } },
    });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ reason: 'session_pending', retryAt: expect.any(Date) });
    await deletePaymentToken(await world.as(maya.principal), maya);
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone', retryAt: null });
  });

  it('that Truemed no longer knows when one order is charged leaves every order of its customer waiting for a card', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(0), paymentToken: 'pt_of_two' });
    const other = await world.aSubscriber({
      nextChargeOn: await inDays(0),
      customerId: maya.customerId,
      email: maya.email,
    });
    const inThreeHours = new Date((await world.system()).now.getTime() + 3 * 3_600_000);
    await world.runtime.db
      .update(subscriptions)
      .set({ billingMethod: 'hsa_fsa', nextChargeAt: inThreeHours })
      .where(eq(subscriptions.id, other.subscriptionId));
    await world.truemed.setTokenHealth({ payment_token: 'pt_of_two', health: 'needs_card' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'update_payment_method' });
    await world.truemed.setTokenHealth({ payment_token: 'pt_of_two', health: 'deleted' });
    await world.advance({ hours: 3 });
    await world.settle();
    expect(await caseOf(other)).toMatchObject({ status: 'open', reason: 'token_gone' });
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'token_gone', redirectUrl: null });
  });

  it('between two orders leaves the subscription past due, until another card is connected', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(2) });
    await deletePaymentToken(await world.as(world.aStaffMember()), maya);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    const tasks = await readTasks(await world.as(world.aStaffMember()));
    expect(tasks.find(({ kind }) => kind === 'token_deleted')).toMatchObject({
      first: { subscriptionId: maya.subscriptionId },
    });
    await world.advance({ days: 3 });
    await world.settle();
    expect(await invoicesOf(maya)).toEqual([]);
    const move = await moveToHsaFsa(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
      embedded: false,
    });
    if (!move.ok || move.next !== 'truemed') throw new Error(JSON.stringify(move));
    await atTruemed(move.redirectUrl).completes();
    await world.settle();
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
  });

  it('is deleted at Truemed although the answer was lost, or Truemed was out', async () => {
    for (const fault of ['reset_after', 'reset_before', '500'] as const) {
      const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
      await world.truemed.addFault({ match: { operation: 'deletePaymentToken' }, times: 1, fault });
      expect(await deletePaymentToken(await world.as(maya.principal), maya)).toEqual({
        ok: true,
        isDeletedAtTruemed: false,
      });
      expect(await tokenOf(maya)).toMatchObject({ status: 'revoked', deletedAt: null });
      await world.advance({ minutes: 1 });
      await world.settle();
      expect(await tokenOf(maya)).toMatchObject({ deletedAt: expect.any(Date), deletionDueAt: null, deletionTries: 2 });
    }
  });

  it('that is to be deleted is not taken up again by an event about it', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
    await world.truemed.addFault({ match: { operation: 'deletePaymentToken' }, times: 1, fault: 'reset_before' });
    const result = await addItemWithSurvey(maya);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    await deletePaymentToken(await world.as(maya.principal), maya);
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect(await tokenOf(maya)).toMatchObject({ status: 'revoked' });
    const inbox = await world.runtime.db.select().from(webhookInbox);
    expect(inbox.filter(({ status }) => status !== 'processed')).toEqual([]);
    expect(await skusOf(maya)).toEqual(['DAILY']);
    expect(await changesOf(maya)).toMatchObject([{ status: 'refused' }]);
  });

  it('is deleted by its customer, an owner or an admin, and by nobody else', async () => {
    const maya = await world.aCharged({ nextChargeOn: await inDays(300) });
    const other = await world.aSubscriber();
    await expect(deletePaymentToken(await world.as(other.principal), maya)).rejects.toMatchObject({
      code: 'not_found',
    });
    const support = { ...world.aStaffMember(), role: 'support' } as ReturnType<TestWorld['aStaffMember']>;
    await expect(deletePaymentToken(await world.as(support), maya)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await deletePaymentToken(await world.as(other.principal), other)).toEqual({ ok: false, reason: 'no_token' });
    const [mail] = await world.runtime.db.select().from(outbox).where(eq(outbox.customerId, maya.customerId));
    expect(mail).toBeUndefined();
  });
});
