import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storyLine } from '@/app/account/_words/story-words';
import { invoices } from '@/db/schema/billing';
import { addDays, localDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { refundInvoice } from '@/lib/services/refund-invoice';
import { skipPeriod } from '@/lib/services/skip-period';
import { type HistoryEntry, historyPage } from '@/lib/views/history';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, caseOf } = recordsOf(() => world);

const pageOf = async (who: Subscriber, after?: string) => historyPage(await world.as(who.principal), { after });
const lineOf = (entry: HistoryEntry | undefined, today: Parameters<typeof storyLine>[2]) =>
  entry?.kind === 'order' ? storyLine(entry.story, entry.timeZone, today) : undefined;

describe('a customer’s history', () => {
  it('tells in a line of a survey that was waited for, of the payment, and of money that went back', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await world.settle();
    await world.advance({ days: 2 });
    const worker = await world.as({ kind: 'system', name: 'mailed_link' });
    const link = await followRepairLink(worker, { caseId: (await caseOf(maya)).id });
    if (link.kind !== 'truemed') throw new Error(link.kind);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();
    const { entries, today } = await pageOf(maya);
    expect(entries).toMatchObject([{ kind: 'order', charge: { state: 'paid', totalCents: 4830 } }]);
    expect(lineOf(entries[0], today)).toBe('Tried 12 Jan, waited for your health survey. Paid 14 Jan.');
    const [invoice] = await invoicesOf(maya);
    await refundInvoice(await world.as(world.aStaffMember()), {
      invoiceId: invoice?.id ?? 'inv_none',
      wish: { kind: 'amount', amountCents: 1000 },
      reason: 'customer_request',
      leftCents: 4830,
    });
    const { entries: after } = await pageOf(maya);
    expect(lineOf(after[0], today)).toContain('$10.00 returned 14 Jan, which the card may take up to 15 business days');
  });

  it('shows skipped orders and days without a charge, each with why', async () => {
    const start = (await world.system()).now;
    const today = localDate(start.toISOString().slice(0, 10));
    const [paused, skipped] = [
      await world.aCharged({ nextChargeOn: addDays(today, 2) }),
      await world.aCharged({ nextChargeOn: addDays(today, 2) }),
    ];
    await pauseSubscription(await world.as(paused.principal), { subscriptionId: paused.subscriptionId, until: null });
    await skipPeriod(await world.as(skipped.principal), {
      subscriptionId: skipped.subscriptionId,
      nextChargeOn: addDays(today, 2),
    });
    await world.advance({ days: 3 });
    await world.settle();
    expect((await pageOf(paused)).entries).toMatchObject([
      { kind: 'not_charged', orderOn: addDays(today, 2), why: expect.stringContaining('the subscription was paused') },
    ]);
    expect((await pageOf(skipped)).entries).toMatchObject([{ kind: 'order', charge: { state: 'skipped' }, why: null }]);
  });

  it('has each order of all subscriptions on one page once, the latest first, however many there are', async () => {
    const maya = await world.aSubscriber();
    const other = await world.aSubscriber({ customerId: maya.customerId });
    const { now } = await world.system();
    const rows = [maya, other].flatMap(({ customerId, subscriptionId }) =>
      Array.from({ length: 31 }, (_, day) => ({
        id: newId('invoice'),
        subscriptionId,
        customerId,
        status: 'skipped' as const,
        periodStart: addDays(localDate('2026-05-01'), day),
        periodEnd: addDays(localDate('2026-05-01'), day + 1),
        shippingCents: 0,
        taxCents: 0,
        discountCents: 0,
        totalCents: 4830,
        createdAt: now,
      })),
    );
    await world.runtime.db.insert(invoices).values(rows);
    const seen: HistoryEntry[] = [];
    let after: string | undefined;
    for (let page = 0; page < 9; page += 1) {
      const { entries, next } = await pageOf(maya, after);
      seen.push(...entries);
      if (next === null) break;
      after = next;
    }
    const orders = seen.flatMap((entry) => (entry.kind === 'order' ? [entry.charge] : []));
    expect(orders.map(({ invoiceId }) => invoiceId).sort()).toEqual(rows.map(({ id }) => id).sort());
    const days = orders.map(({ orderOn }) => orderOn);
    expect(days).toEqual([...days].sort().reverse());
    expect((await pageOf(maya, 'no~place~of ours')).entries).toEqual((await pageOf(maya)).entries);
  });
});
