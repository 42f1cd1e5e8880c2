import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '@/db/client';
import { subscriptionDiscounts } from '@/db/schema/subscriptions';
import { addDays, type LocalDate, localDateAt } from '@/lib/core/calendar';
import type { DiscountTime } from '@/lib/core/discount';
import type { Id } from '@/lib/core/id';
import { tryAgain } from '@/lib/services/charge-now';
import { chooseOnFailure } from '@/lib/services/choose-on-failure';
import { createDiscount } from '@/lib/services/create-discount';
import { endDiscount, giveDiscount } from '@/lib/services/give-discount';
import { changeInvoiceStatus } from '@/lib/services/invoice-status';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { writeOffInvoice } from '@/lib/services/write-off-invoice';
import { schedulePreview } from '@/lib/views/schedule-preview';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, chargesOf, caseOf } = recordsOf(() => world);
const staff = () => world.as(world.aStaffMember());
const health = (who: Subscriber, to: 'ok' | 'needs_card') =>
  world.truemed.setTokenHealth({ email: who.email, health: to });
const ONCE: DiscountTime = { duration: 'once' };

interface Given {
  maya: Subscriber;
  discountId: Id<'discount'>;
  subscriptionDiscountId: Id<'subscriptionDiscount'>;
  /** The day of the order that is on hold. */
  day: LocalDate;
}

/** Somebody with a weekly order of $48.30, and a discount of a dollar that an order on hold has used. */
async function anOrderOnHold(time: DiscountTime, choice: 'wait' | 'skip' = 'wait'): Promise<Given> {
  const day = localDateAt((await world.system()).now, 'America/New_York');
  const maya = await world.aCharged({ nextChargeOn: day, unit: 'week' });
  const { subscriptionId } = maya;
  await chooseOnFailure(await world.as(maya.principal), { subscriptionId, choice });
  const discountId = await createDiscount(await staff(), {
    name: 'Thank you',
    terms: { kind: 'fixed', amountCents: 100 },
    time,
  });
  const given = await giveDiscount(await staff(), { subscriptionId, discountId });
  if (!given.ok) throw new Error(given.reason);
  await health(maya, 'needs_card');
  await world.settle();
  expect(await invoicesOf(maya)).toMatchObject([{ totalCents: 4730, discountCents: 1000 }]);
  return { maya, discountId, subscriptionDiscountId: given.subscriptionDiscountId, day };
}

async function theInvoiceOf(who: Subscriber) {
  const [invoice] = await invoicesOf(who);
  if (invoice === undefined) throw new Error('There is no order.');
  return invoice;
}
const writeOff = async (who: Subscriber) => writeOffInvoice(await staff(), { invoiceId: (await theInvoiceOf(who)).id });
const rowsOf = ({ subscriptionId }: Subscriber) =>
  world.runtime.db
    .select({ left: subscriptionDiscounts.remainingPeriods, endedAt: subscriptionDiscounts.endedAt })
    .from(subscriptionDiscounts)
    .where(eq(subscriptionDiscounts.subscriptionId, subscriptionId))
    .orderBy(subscriptionDiscounts.createdAt, subscriptionDiscounts.id);
const totals = async (who: Subscriber) =>
  (await subscriptionPage(await world.as(who.principal), who)).subscription.upcomingTotals.slice(0, 2);
async function nextWeek(who: Subscriber) {
  await health(who, 'ok');
  await world.advance({ days: 7 });
  await world.settle();
}

describe('a discount for one order', () => {
  it('that was written off is shown for the next order, and taken off it', async () => {
    const { maya } = await anOrderOnHold(ONCE);
    expect(await totals(maya)).toEqual([4830, 4830]);
    expect(await writeOff(maya)).toEqual({ ok: true });
    expect(await rowsOf(maya)).toEqual([{ left: 1, endedAt: null }]);
    expect(await totals(maya)).toEqual([4730, 4830]);
    await nextWeek(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4730]);
    expect(await rowsOf(maya)).toEqual([{ left: 0, endedAt: expect.any(Date) }]);
  });

  it('that was left out as its customer chose is taken off the next', async () => {
    const { maya } = await anOrderOnHold(ONCE, 'skip');
    expect(await theInvoiceOf(maya)).toMatchObject({ status: 'void' });
    await nextWeek(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4730]);
  });

  it('that a pause gives up is promised after it, and taken off then', async () => {
    const { maya, day } = await anOrderOnHold(ONCE);
    const until = addDays(day, 7);
    const ctx = await world.as(maya.principal);
    const { subscriptionId } = maya;
    const request = () => ({ kind: 'pause' as const, until });
    const preview = await schedulePreview(ctx, { subscriptionId, request });
    expect(preview.outcome).toMatchObject({ ok: true, after: [{ totalCents: 4730 }, { totalCents: 4830 }] });
    expect(preview.now.map(({ totalCents }) => totalCents)).toEqual([4830, 4830]);
    expect(await pauseSubscription(ctx, { subscriptionId, until })).toMatchObject({ ok: true });
    await nextWeek(maya);
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4730]);
  });

  it('stays used while its order is on hold, and once that is paid', async () => {
    const { maya } = await anOrderOnHold(ONCE);
    await health(maya, 'ok');
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    await world.settle();
    expect(await theInvoiceOf(maya)).toMatchObject({ status: 'paid' });
    expect(await rowsOf(maya)).toEqual([{ left: 0, endedAt: expect.any(Date) }]);
  });

  it('is used by an order that is captured after it was given up', async () => {
    const { maya } = await anOrderOnHold(ONCE);
    await writeOff(maya);
    const invoice = await theInvoiceOf(maya);
    const paid = async () => {
      const ctx = await world.system();
      await inTransaction(ctx.db, (tx) => changeInvoiceStatus(tx, ctx, 'paid', { invoice, cause: null }));
    };
    await paid();
    expect(await rowsOf(maya)).toEqual([{ left: 0, endedAt: expect.any(Date) }]);
    expect(await totals(maya)).toEqual([4830, 4830]);
  });

  it('is not there twice where it was given anew meanwhile', async () => {
    const { maya, discountId, day } = await anOrderOnHold(ONCE);
    const { subscriptionId } = maya;
    expect(await giveDiscount(await staff(), { subscriptionId, discountId })).toMatchObject({ ok: true });
    const request = () => ({ kind: 'pause' as const, until: addDays(day, 7) });
    const preview = await schedulePreview(await world.as(maya.principal), { subscriptionId, request });
    expect(preview.outcome).toMatchObject({ ok: true, after: [{ totalCents: 4730 }, { totalCents: 4830 }] });
    await writeOff(maya);
    expect((await rowsOf(maya)).filter(({ endedAt }) => endedAt === null)).toEqual([{ left: 1, endedAt: null }]);
    expect(await totals(maya)).toEqual([4730, 4830]);
  });
});

describe('a discount for some orders', () => {
  it('counts an order that was given up as none of them', async () => {
    const { maya } = await anOrderOnHold({ duration: 'periods', periods: 2 });
    expect(await rowsOf(maya)).toEqual([{ left: 1, endedAt: null }]);
    await writeOff(maya);
    expect(await rowsOf(maya)).toEqual([{ left: 2, endedAt: null }]);
    expect(await totals(maya)).toEqual([4730, 4730]);
  });

  it('that staff have taken away does not come back', async () => {
    const { maya, subscriptionDiscountId } = await anOrderOnHold({ duration: 'periods', periods: 2 });
    await endDiscount(await staff(), { subscriptionDiscountId });
    await writeOff(maya);
    expect(await rowsOf(maya)).toEqual([{ left: 2, endedAt: expect.any(Date) }]);
    expect(await totals(maya)).toEqual([4830, 4830]);
  });

  it('for every order has nothing to count', async () => {
    const { maya } = await anOrderOnHold({ duration: 'forever' });
    await writeOff(maya);
    expect(await rowsOf(maya)).toEqual([{ left: null, endedAt: null }]);
  });
});
