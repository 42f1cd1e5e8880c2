import { asc } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, FIRST_DAY, type TestWorld } from './world';

/** What a shop ends with, by the people's addresses: neither ids nor instants, which are of each run. */
async function endOf({ runtime: { db } }: TestWorld) {
  const people = await db.select().from(customers).orderBy(asc(customers.email));
  const rows = {
    subscriptions: await db.select().from(subscriptions),
    invoices: await db.select().from(invoices).orderBy(asc(invoices.periodStart)),
    cases: await db.select().from(recoveryCases).orderBy(asc(recoveryCases.openedAt)),
    tokens: await db.select().from(paymentTokens),
    attempts: await db.select().from(chargeAttempts).orderBy(asc(chargeAttempts.number)),
  };
  return people.map(({ id, email }) => {
    const own = <T extends { customerId: string | null }>(all: T[]) => all.filter((row) => row.customerId === id);
    return {
      email,
      subscriptions: own(rows.subscriptions).map(({ status, billingMethod, nextChargeOn }) => [
        status,
        billingMethod,
        nextChargeOn,
      ]),
      orders: own(rows.invoices).map((order) => ({
        period: [order.periodStart, order.periodEnd],
        status: order.status,
        totalCents: order.totalCents,
        attempts: rows.attempts.filter(({ invoiceId }) => invoiceId === order.id).map(({ status }) => status),
      })),
      cases: own(rows.cases).map(({ status, reason }) => [status, reason]),
      tokens: own(rows.tokens).map(({ status, cards }) => [status, cards.length]),
    };
  });
}

/** A week of five people: paid at once, paid after a review, refused after one, asked for another card, and moved. */
async function aWeek(lossOfWebhooks: number) {
  const world = await aWorld();
  try {
    const { attemptsOf, caseOf } = recordsOf(() => world);
    await world.truemed.setChaos({ seed: 1, deliveries: { drop: lossOfWebhooks } });
    const charged = (name: string) => world.aCharged({ email: `${name}@example.com`, paymentToken: `pt_${name}` });
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const [reviewed, refused] = [await charged('reviewed'), await charged('refused')];
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    await charged('at-once');
    const asked = await charged('asked');
    await world.truemed.setTokenHealth({ email: asked.email, health: 'needs_card' });
    const moved = await world.aSubscriber({ email: 'moved@example.com', nextChargeOn: '2027-01-16' });
    const move = await moveToHsaFsa(await world.as(moved.principal), {
      subscriptionId: moved.subscriptionId,
      embedded: false,
    });
    if (!move.ok || move.next !== 'truemed') throw new Error(JSON.stringify(move));
    await atTruemed(move.redirectUrl).completes();
    const days = async (count: number) => {
      for (let quarters = 0; quarters < 4 * count; quarters += 1) {
        await world.settle();
        await world.advance({ hours: 6 });
      }
      await world.settle();
    };
    const decide = async (who: typeof reviewed, status: 'captured' | 'rejected') =>
      world.truemed.decideSession({ session_id: (await attemptsOf(who))[0]?.paymentSessionId ?? '', status });
    await days(1);
    await decide(reviewed, 'captured');
    await decide(refused, 'rejected');
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: (await caseOf(asked)).id,
    });
    if (link.kind !== 'truemed') throw new Error(`The link leads nowhere: ${link.kind}.`);
    await atTruemed(link.redirectUrl).completes();
    await days(6);
    return { end: await endOf(world), received: world.received.length };
  } finally {
    await world.close();
  }
}

describe('a week without any webhook', { timeout: 120_000 }, () => {
  it('ends as it does where every webhook arrives', async () => {
    const [heard, asked] = [await aWeek(0), await aWeek(1)];
    expect(heard.received).toBeGreaterThan(5);
    expect(asked.received).toBe(0);
    expect(asked.end).toEqual(heard.end);
    const orders = heard.end.flatMap(({ email, orders }) =>
      orders.map(({ status, attempts }) => `${email} ${status}: ${attempts.join(', ')}`),
    );
    expect(orders).toEqual([
      'asked@example.com paid: action_required, captured',
      'at-once@example.com paid: captured',
      'moved@example.com paid: captured',
      'refused@example.com paid: rejected, captured',
      'reviewed@example.com paid: captured',
    ]);
    expect(heard.end.flatMap(({ subscriptions }) => subscriptions.map(([status]) => status))).toEqual(
      Array(5).fill('active'),
    );
    expect(heard.end.find(({ email }) => email.startsWith('at-once'))?.orders[0]?.period[0]).toBe(FIRST_DAY);
  });
});
