import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscriptions } from '@/db/schema/subscriptions';
import { newId } from '@/lib/core/id';
import { chargeNow } from '@/lib/services/charge-now';
import { confirmHandOver } from '@/lib/services/confirm-hand-over';
import { aRole, aStaffShop, type StaffShop } from '@/tests/staff-shop';
import * as handOvers from './admin-hand-overs';
import * as timeline from './admin-timeline';

let shop: StaffShop;
beforeAll(async () => {
  shop = await aStaffShop();
});
afterAll(() => shop.world.close());

describe('one subscription', () => {
  it('offers exactly the charge that the verb makes', async () => {
    const offer = (await shop.pageOf(shop.renewed)).charge;
    expect(offer).toMatchObject({
      kind: 'offered',
      amountCents: 4830,
      orderOn: '2027-02-12',
      following: { on: '2027-03-12', amountCents: 4830 },
    });
    expect((await shop.pageOf(shop.held)).charge).toMatchObject({
      orderOn: '2027-01-12',
      following: { on: '2027-02-12' },
    });
    expect((await shop.pageOf(shop.renewed, await shop.world.as(aRole('viewer')))).charge).toEqual({ kind: 'hidden' });
  });

  it.each([
    ['is billed elsewhere', {}, {}],
    ['is paused', { paymentToken: 'pt_paused' }, { status: 'paused' }],
    ['has no token', { paymentToken: 'pt_gone' }, { tokenGone: true }],
    ['waits for its hand-over', { paymentToken: 'pt_waits' }, { nextChargeAt: null }],
  ] as const)('that %s is refused by the page as by the verb', async (_name, facts, change) => {
    const who = await shop.world.aSubscriber({ nextChargeOn: '2027-02-20', ...facts });
    const mine = eq(subscriptions.id, who.subscriptionId);
    if ('status' in change)
      await shop.world.runtime.db.update(subscriptions).set({ status: change.status }).where(mine);
    if ('nextChargeAt' in change)
      await shop.world.runtime.db.update(subscriptions).set({ nextChargeAt: null }).where(mine);
    if ('tokenGone' in change)
      await shop.world.runtime.db.execute(
        sql`update payment_tokens set status = 'revoked' where customer_id = ${who.customerId}`,
      );
    const page = await shop.pageOf(who);
    const answer = await chargeNow(await shop.staff(), {
      subscriptionId: who.subscriptionId,
      periodStart: page.subscription.nextPeriodOn,
    });
    if (answer.ok) throw new Error('The verb charged.');
    expect(page.charge).toEqual({ kind: 'not_offered', reason: answer.reason });
  });

  it('tells what happened, the latest first, with the mails, page after page', async () => {
    const all = (await shop.pageOf(shop.moved)).timeline;
    expect(all.older).toBeNull();
    expect(all.entries[0]).toMatchObject({ change: { template: 'moved_to_hsa_fsa' }, actor: { kind: 'system' } });
    const actions = all.entries.map((entry) => entry.action);
    expect(actions).toContain('subscription.moved');
    expect(actions.at(-1)).toBe('provision_request.planned');
    expect(
      all.entries.every((entry, index) => index === 0 || entry.at <= (all.entries[index - 1]?.at ?? entry.at)),
    ).toBe(true);
  });

  it('goes on where the page before ended, and names the staff who acted', async () => {
    const who = await shop.world.aSubscriber({ nextChargeOn: '2027-02-25', paymentToken: 'pt_long_story' });
    const owner = aRole('owner');
    for (let index = 0; index < 70; index += 1) {
      await shop.world.runtime.db.execute(sql`insert into audit_log (id, at, actor, action, subject, change)
        values (${newId('audit')}, '2027-01-01', ${`staff:${owner.kind === 'staff' ? owner.staffId : ''}`}, 'subscription.updated',
        ${who.subscriptionId}, '{}')`);
    }
    const ctx = await shop.staff();
    const ids: string[] = [];
    let before: string | undefined;
    do {
      const page = await timeline.readTimeline(ctx, { subscriptionId: who.subscriptionId, before });
      ids.push(...page.entries.map((entry) => entry.id));
      before = page.older ?? undefined;
    } while (before !== undefined);
    expect([ids.length, new Set(ids).size]).toEqual([70, 70]);
  });

  it('keeps the day on which it is charged twice, also when staff charge it before that day', async () => {
    const offer = (await shop.pageOf(shop.moved)).charge;
    if (offer.kind !== 'offered') throw new Error('No charge is offered.');
    await chargeNow(await shop.staff(), { subscriptionId: shop.moved.subscriptionId, periodStart: offer.orderOn });
    expect((await shop.pageOf(shop.moved)).subscription).toMatchObject({
      nextPeriodOn: '2027-03-03',
      firstOfOursOn: '2027-02-03',
    });
    expect(await shop.taskOf('hand_overs')).toMatchObject({ first: { on: '2027-02-03' } });
  });

  it('leaves the list to hand over when that is confirmed', async () => {
    expect((await shop.pageOf(shop.moved)).handOver).toEqual({ chargesWait: false, mayConfirm: true });
    await confirmHandOver(await shop.staff(), { subscriptionId: shop.moved.subscriptionId });
    expect((await shop.pageOf(shop.moved)).handOver).toBeNull();
    expect((await handOvers.handOverList(await shop.staff())).rows).toEqual([]);
  });
});
