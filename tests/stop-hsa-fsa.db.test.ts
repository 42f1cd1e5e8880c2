import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '@/db/schema/operations';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Id } from '@/lib/core/id';
import type { StopChoice } from '@/lib/core/stop-hsa-fsa';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { stopHsaFsa } from '@/lib/services/stop-hsa-fsa';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { stopPage } from '@/lib/views/stop-hsa-fsa';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, caseOf, subscriptionOf, templatesOf, chargesOf } = recordsOf(() => world);

const stop = async (who: Subscriber, choices: [Id<'subscription'>, StopChoice][], deleteCard = false) =>
  stopHsaFsa(await world.as(who.principal), { choices: new Map(choices), deleteCard });
const tokenOf = async (who: Subscriber) => {
  const [token] = await world.runtime.db
    .select()
    .from(paymentTokens)
    .where(eq(paymentTokens.customerId, who.customerId));
  return token;
};

/** A customer with two subscriptions on one card. */
async function withTwo(nextChargeOn = '2027-06-03'): Promise<[Subscriber, Subscriber]> {
  const first = await world.aCharged({ nextChargeOn });
  const second = await world.aSubscriber({ customerId: first.customerId, nextChargeOn: '2027-07-09' });
  const { db } = world.runtime;
  await db
    .update(subscriptions)
    .set({ billingMethod: 'hsa_fsa', nextChargeAt: new Date('2027-07-09T12:00:00Z') })
    .where(eq(subscriptions.id, second.subscriptionId));
  return [first, second];
}

describe('a customer who stops using HSA/FSA', () => {
  it('has each subscription paused or canceled as chosen, once, with one mail; the card stays and is not charged', async () => {
    const [first, second] = await withTwo();
    const ctx = await world.as(first.principal);
    expect((await stopPage(ctx)).rows.map(({ choices }) => choices)).toEqual([
      ['pause', 'cancel'],
      ['pause', 'cancel'],
    ]);
    const choices: [Id<'subscription'>, StopChoice][] = [
      [first.subscriptionId, 'pause'],
      [second.subscriptionId, 'cancel'],
    ];
    const results = await Promise.all([stop(first, choices), stop(first, choices)]);
    expect(results.filter(({ ok }) => ok)).toEqual([{ ok: true, isDeleted: false }]);
    expect(await subscriptionOf(first)).toMatchObject({ status: 'paused', pauseUntil: null, changeAt: null });
    expect(await subscriptionOf(second)).toMatchObject({ status: 'canceled', nextChargeAt: null });
    expect(await tokenOf(first)).toMatchObject({ status: 'live', deletionAskedAt: null });
    expect((await templatesOf(first)).filter((template) => template === 'hsa_fsa_stopped')).toHaveLength(1);
    await world.advance({ days: 200 });
    await world.settle();
    for (const who of [first, second]) expect(await chargesOf(who)).toHaveLength(0);
    expect((await paymentMethodsPage(await world.as(first.principal))).payment).not.toBeNull();

    // A paused one pressed again changes nothing; the card alone can be deleted later.
    expect(await stop(first, [[first.subscriptionId, 'pause']])).toEqual({ ok: false, reason: 'nothing_to_stop' });
    expect(await stop(first, [[first.subscriptionId, 'pause']], true)).toEqual({ ok: true, isDeleted: true });
    expect(await tokenOf(first)).toMatchObject({ status: 'revoked', deletedAt: expect.any(Date) });
    expect(await subscriptionOf(first)).toMatchObject({ status: 'paused' });
  });

  it('gives an order up that is on hold, and deletes the card only because that was asked for', async () => {
    const today = (await world.system()).now.toISOString().slice(0, 10);
    const maya = await world.aCharged({ nextChargeOn: today });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ status: 'open' });
    expect((await stopPage(await world.as(maya.principal))).rows).toMatchObject([{ heldCents: 4830 }]);
    expect(await stop(maya, [[maya.subscriptionId, 'cancel']], true)).toEqual({ ok: true, isDeleted: true });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'closed' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled' });
    expect(await tokenOf(maya)).toMatchObject({ status: 'revoked', deletedAt: expect.any(Date) });
    await world.settle();
    const mails = await world.truemed.mail(maya.email);
    expect(mails.some(({ text }) => text.includes('That cannot be taken back'))).toBe(true);
    expect((await templatesOf(maya)).filter((template) => template === 'payment_not_taken')).toEqual([]);
    expect(await paymentMethodsPage(await world.as(maya.principal))).toMatchObject({
      payment: null,
      need: null,
      deletionAskedAt: expect.any(Date),
    });
  });

  it('is not told that a card stays stored where none is connected any more', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2029-06-03' });
    await deletePaymentToken(await world.as(world.aStaffMember()), { customerId: maya.customerId });
    expect((await stopPage(await world.as(maya.principal))).payment).toBeNull();
    expect(await stop(maya, [[maya.subscriptionId, 'pause']])).toEqual({ ok: true, isDeleted: false });
    await world.settle();
    const [mail] = await world.truemed.mail(maya.email);
    expect(mail?.text).toContain('One subscription is paused.');
    expect(mail?.text).toContain('No card of yours is connected any more.');
    expect(mail?.text).not.toContain('stays stored');
  });

  it('stops nothing that the page did not show, and nobody else’s', async () => {
    const [first, second] = await withTwo('2029-06-03');
    const priya = await world.aCharged({ nextChargeOn: '2029-06-03' });
    const refused = { ok: false, reason: 'changed_meanwhile' };
    expect(await stop(first, [[first.subscriptionId, 'pause']], true)).toEqual(refused);
    expect(
      await stop(first, [
        [first.subscriptionId, 'pause'],
        [priya.subscriptionId, 'cancel'],
      ]),
    ).toEqual(refused);
    expect(await stop(priya, [[first.subscriptionId, 'cancel']], true)).toEqual(refused);
    const [own, foreign] = [priya.subscriptionId, first.subscriptionId];
    expect(
      await stop(priya, [
        [own, 'pause'],
        [foreign, 'cancel'],
      ]),
    ).toEqual(refused);
    for (const who of [first, second, priya]) expect(await subscriptionOf(who)).toMatchObject({ status: 'active' });
    for (const who of [first, priya]) expect(await tokenOf(who)).toMatchObject({ status: 'live' });
    const entries = await world.runtime.db.select().from(auditLog).where(eq(auditLog.subject, first.customerId));
    expect(entries.filter(({ action }) => action === 'customer.hsa_fsa_stopped')).toEqual([]);
    await expect(
      stopHsaFsa(await world.as(world.aStaffMember()), { choices: new Map(), deleteCard: true }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
