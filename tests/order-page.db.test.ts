import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDateAt } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { tryAgain } from '@/lib/services/charge-now';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { orderPage } from '@/lib/views/order';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, caseOf } = recordsOf(() => world);

async function theOrderOf(who: Subscriber) {
  const [invoice] = await invoicesOf(who);
  if (invoice === undefined) throw new Error('No order was made.');
  return orderPage(await world.as(who.principal), { invoiceId: invoice.id });
}

describe('the page of an order', () => {
  it('tells of a renewal that was paid at once, why, and with its number', async () => {
    const maya = await world.aCharged();
    await world.settle();
    await world.advance({ hours: 2 });
    await world.settle();
    const page = await theOrderOf(maya);
    expect(page).toMatchObject({
      charge: { state: 'paid', totalCents: 4830 },
      story: [{ kind: 'paid', amountCents: 4830 }],
      why: { verdict: 'charge' },
      period: { start: '2027-01-12', end: '2027-02-12' },
    });
    expect(page.why?.words).toContain('Charged because the order of Tuesday, 12 January was due');
    expect(page.number).toMatch(/^2027-\d+$/);
  });

  it('tells of a letter that had lapsed, and of the payment after the health survey', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await world.settle();
    expect(await theOrderOf(maya)).toMatchObject({
      charge: { state: 'waits_for_survey' },
      story: [{ kind: 'waited_for_survey' }],
      // Nothing has been charged, so nothing says that it was.
      why: { words: 'Made because the order of Tuesday, 12 January was due and nothing stood in its way.' },
    });
    await world.advance({ days: 2 });
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: (await caseOf(maya)).id,
    });
    if (link.kind !== 'truemed') throw new Error(link.kind);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();
    const { story, charge } = await theOrderOf(maya);
    expect(charge.state).toBe('paid');
    expect(story.map(({ kind }) => kind)).toEqual(['waited_for_survey', 'paid']);
    expect(localDateAt(story[1]?.at ?? new Date(0), 'America/New_York')).toBe('2027-01-14');
  });

  it('that was given up, or waited for a card, says of itself what is so', async () => {
    const [given, cardless] = [await world.aCharged(), await world.aCharged()];
    await world.truemed.setTokenHealth({ email: given.email, health: 'needs_card' });
    await world.runtime.db
      .update(paymentTokens)
      .set({ status: 'revoked' })
      .where(eq(paymentTokens.customerId, cardless.customerId));
    await world.settle();
    await cancelSubscription(await world.as(given.principal), { subscriptionId: given.subscriptionId, when: 'now' });
    const order = await theOrderOf(given);
    expect(order.charge.state).toBe('canceled');
    expect(order.why?.words).toMatch(/^Made because/);

    await world.runtime.db
      .update(paymentTokens)
      .set({ status: 'live' })
      .where(eq(paymentTokens.customerId, cardless.customerId));
    const ctx = await world.as(cardless.principal);
    expect(await tryAgain(ctx, { caseId: (await caseOf(cardless)).id })).toMatchObject({ ok: true });
    await world.settle();
    const late = await theOrderOf(cardless);
    expect(late.charge.state).toBe('paid');
    expect(late.why?.words).toMatch(/^Charged later than its day/);
  });
});
