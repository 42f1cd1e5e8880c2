import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDateAt } from '@/lib/core/calendar';
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
});
