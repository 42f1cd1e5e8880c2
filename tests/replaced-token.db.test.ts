import { setTimeout as delay } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { linkToken } from '@/lib/services/link-token';
import { loseToken } from '@/lib/services/lose-token';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { renewDue } from '@/lib/services/renew-due';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, chargesOf, requestOf, templatesOf } = recordsOf(() => world);

const tokensOf = ({ customerId }: Subscriber) =>
  world.runtime.db.select().from(paymentTokens).where(eq(paymentTokens.customerId, customerId));

/** The customer deletes their card, and connects another. Returns the id of the one that was deleted. */
async function replaceCard(maya: Subscriber) {
  const [former] = await tokensOf(maya);
  if (former === undefined) throw new Error('There is no token.');
  const ctx = await world.as(maya.principal);
  await deletePaymentToken(ctx, { customerId: maya.customerId });
  const result = await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false });
  if (!result.ok || result.next !== 'truemed') throw new Error('There is no way to Truemed.');
  await atTruemed(result.redirectUrl).completes();
  await world.settle();
  return former.id;
}

describe('what Truemed says late of a token that another has replaced', () => {
  it('to a charge that is sent again leaves the new one live, and the order is paid with it', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: '500' });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown' }]);
    const formerId = await replaceCard(maya);
    await world.advance({ hours: 1 });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'failed' }, { status: 'captured' }]);
    for (const { id, status } of await tokensOf(maya)) expect(status).toBe(id === formerId ? 'revoked' : 'live');
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('to whoever read it leaves the new one live', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const id = await replaceCard(maya);
    const ctx = await world.system();
    const token = { id, customerId: maya.customerId };
    expect(await inTransaction(ctx.db, (tx) => loseToken(tx, ctx, token, 'sweep'))).toBe(false);
    expect((await tokensOf(maya)).map(({ status }) => status).sort()).toEqual(['live', 'revoked']);
  });
});

describe('a charge that is planned, and waits while its card is replaced', () => {
  it('is made with the new card, and nobody is asked for one', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    const ctx = await world.system();
    await renewDue(ctx, 10);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'planned' }]);
    const [former] = await tokensOf(maya);
    if (former === undefined) throw new Error('There is no token.');
    // Truemed is asked about the card by another way, and does not know it any more.
    await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
    await inTransaction(ctx.db, (tx) => loseToken(tx, ctx, former, 'sweep'));
    const result = await moveToHsaFsa(await world.as(maya.principal), {
      subscriptionId: maya.subscriptionId,
      embedded: false,
    });
    if (!result.ok || result.next !== 'truemed') throw new Error('There is no way to Truemed.');
    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status, cause }) => `${status} ${cause}`)).toEqual([
      'abandoned schedule',
      'captured schedule',
    ]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await templatesOf(maya)).not.toContain('payment_not_taken');
  });
});

describe('an order that falls due while a card is being connected in place of one that is gone', () => {
  it('is charged with it, also where the one is planned and the other linked at the same moment', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    const ctx = await world.system();
    const [former] = await tokensOf(maya);
    if (former === undefined) throw new Error('There is no token.');
    await inTransaction(ctx.db, (tx) => loseToken(tx, ctx, former, 'sweep'));
    const paymentToken = `pt_of_${maya.customerId}`;
    await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
    await world.truemed.seedToken({ email: maya.email, name: 'Maya Okafor', payment_token: paymentToken });
    const details = { paymentToken, email: maya.email, name: null, createdAt: null, letterExpiresOn: null, cards: [] };
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    // Nobody can store an order: so it is planned, without a card, while the card is linked and waits for the subscription.
    const holding = inTransaction(ctx.db, async (tx) => {
      await tx.execute(sql`lock table invoices in share mode`);
      await held;
    });
    await delay(100);
    const renewing = renewDue(ctx, 10);
    await untilWaiting(1);
    const linking = inTransaction(ctx.db, (tx) => linkToken(tx, ctx, maya.customerId, details, 'webhook', 'webhook'));
    await untilWaiting(2);
    letGo();
    await Promise.all([holding, renewing, linking]);
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});

/** Waits until so many others of this database wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const [row] = await world.runtime.db.execute<{ count: number }>(
      sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((row?.count ?? 0) >= count) return;
    await delay(20);
  }
}

describe('a card that is deleted while Truemed is asked to let another order join it', () => {
  it('has nothing moved to it: the order stays where it is billed, and nobody is told otherwise', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-06-03' });
    const other = await world.aSubscriber({ customerId: maya.customerId, email: maya.email });
    const ctx = await world.as(maya.principal);
    const updatePaymentToken: typeof ctx.truemed.updatePaymentToken = async (...asked) => {
      const answer = await ctx.truemed.updatePaymentToken(...asked);
      await deletePaymentToken(ctx, { customerId: maya.customerId });
      return answer;
    };
    const late = { ...ctx, truemed: { ...ctx.truemed, updatePaymentToken } };
    const moved = await moveToHsaFsa(late, { subscriptionId: other.subscriptionId, embedded: false });
    expect(moved).toMatchObject({ ok: true, next: 'waiting' });
    expect(await requestOf(other)).toMatchObject({ status: 'refused', errorCode: 'TokenDeleted' });
    await world.settle();
    expect(await subscriptionOf(other)).toMatchObject({ billingMethod: 'external', nextChargeAt: null });
    expect(await templatesOf(maya)).not.toContain('moved_to_hsa_fsa');
  });
});
