import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdCalls } from '@/db/call-budget';
import { chargeAttempts, invoiceLines } from '@/db/schema/billing';
import { events } from '@/db/schema/events';
import { auditLog } from '@/db/schema/operations';
import { refunds } from '@/db/schema/refunds';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { newId } from '@/lib/core/id';
import type { StaffRole } from '@/lib/core/principal';
import { tick } from '@/lib/jobs/tick';
import { type RefundWish, refundInvoice } from '@/lib/services/refund-invoice';
import { chargeList } from '@/lib/views/admin-charges';
import { readTasks } from '@/lib/views/admin-tasks';
import { subscriptionPage } from '@/lib/views/subscription';
import { recordsOf } from './records';
import { aSecondCapture } from './second-capture';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf } = recordsOf(() => world);

/** One whose order is paid: $49.00 twice and $20.00, shipping $5.00, tax $3.30, less $9.00. */
async function aPaid(): Promise<Subscriber> {
  const maya = await world.aCharged();
  const { db } = world.runtime;
  await db.delete(subscriptionItems).where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
  const item = (position: number, sku: string, quantity: number, unitPriceCents: number) => ({
    id: newId('item'),
    subscriptionId: maya.subscriptionId,
    position,
    sku,
    name: sku,
    quantity,
    unitPriceCents,
  });
  await db.insert(subscriptionItems).values([item(0, 'DAILY', 2, 4900), item(1, 'MAG', 1, 2000)]);
  await world.settle();
  return maya;
}
const TOTAL = 11_730;

async function refund(maya: Subscriber, wish: RefundWish, leftCents: number, role: StaffRole = 'owner') {
  const [invoice] = await invoicesOf(maya);
  if (invoice === undefined) throw new Error('No order.');
  const staff = await world.as({ ...world.aStaffMember(), role } as ReturnType<TestWorld['aStaffMember']>);
  return refundInvoice(staff, { invoiceId: invoice.id, wish, reason: 'customer_request', leftCents });
}
async function refundsOf(maya: Subscriber) {
  const [invoice] = await invoicesOf(maya);
  return world.runtime.db
    .select()
    .from(refunds)
    .where(eq(refunds.invoiceId, invoice?.id ?? 'inv_none'))
    .orderBy(asc(refunds.createdAt));
}
/** Refunds that the provider really made. */
async function givenBack(maya: Subscriber) {
  const sessions = new Set((await attemptsOf(maya)).map(({ paymentSessionId }) => paymentSessionId));
  const { refunds: made } = await world.truemed.ledger();
  return made.filter(({ session_id }) => sessions.has(session_id));
}

/** How many others of this database wait for a lock. */
async function countWaiting(): Promise<number> {
  const [row] = await world.runtime.db.execute<{ count: number }>(
    sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

describe('a refund', () => {
  it('is told to its customer, once, with the time that it may take, and not before Truemed has taken it', async () => {
    const maya = await aPaid();
    const told = async () =>
      (await world.truemed.mail(maya.email)).filter(({ subject }) => subject.includes('goes back to your card'));
    await world.truemed.addFault({ match: { operation: 'createRefund' }, times: 1, fault: 'reset_after' });
    await refund(maya, { kind: 'amount', amountCents: 1000 }, TOTAL);
    expect(await refundsOf(maya)).toMatchObject([{ status: 'unknown' }]);
    await world.settle();
    expect(await told()).toEqual([]);
    await world.advance({ minutes: 2 });
    await world.settle();
    expect(await refundsOf(maya)).toMatchObject([{ status: 'succeeded' }]);
    expect(await told()).toMatchObject([
      {
        subject: '$10.00 of your order of 12 January goes back to your card',
        text: expect.stringContaining('15 business days'),
      },
    ]);
  });

  it('gives everything back, once: a second press finds nothing left', async () => {
    const maya = await aPaid();
    expect(await refund(maya, { kind: 'full' }, TOTAL)).toMatchObject({
      ok: true,
      amountCents: TOTAL,
      status: 'succeeded',
    });
    expect(await refund(maya, { kind: 'full' }, TOTAL)).toEqual({ ok: false, reason: 'nothing_left' });
    expect(await givenBack(maya)).toMatchObject([{ amount: TOTAL, reason: 'customer_request' }]);
    const page = await subscriptionPage(await world.as(maya.principal), { subscriptionId: maya.subscriptionId });
    expect(page.history).toMatchObject([{ state: 'paid', totalCents: TOTAL, refundedCents: TOTAL }]);
    const { rows } = await chargeList(await world.as(world.aStaffMember()), {});
    const shown = rows.find(({ subscriptionId }) => subscriptionId === maya.subscriptionId);
    expect(shown).toMatchObject({ refundedCents: TOTAL, refundingCents: 0 });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    const entries = await world.runtime.db.select().from(auditLog).where(eq(auditLog.customerId, maya.customerId));
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['refund.planned', 'refund.status_changed', 'invoice.refunded']),
    );
  });

  it('gives a part back, and another, but never more than was taken', async () => {
    const maya = await aPaid();
    expect(await refund(maya, { kind: 'amount', amountCents: 3000 }, TOTAL)).toMatchObject({ ok: true });
    expect(await refund(maya, { kind: 'amount', amountCents: 3000 }, TOTAL)).toEqual({
      ok: false,
      reason: 'changed_meanwhile',
    });
    expect(await refund(maya, { kind: 'amount', amountCents: 8731 }, 8730)).toEqual({
      ok: false,
      reason: 'over_refund',
    });
    expect(await refund(maya, { kind: 'amount', amountCents: 0.5 }, 8730)).toEqual({
      ok: false,
      reason: 'over_refund',
    });
    expect(await refund(maya, { kind: 'full' }, 8730)).toMatchObject({ ok: true, amountCents: 8730 });
    expect((await givenBack(maya)).map(({ amount }) => amount)).toEqual([3000, 8730]);
  });

  it('gives items back by Truemed’s own names, with their share of discount and tax', async () => {
    const maya = await aPaid();
    const [invoice] = await invoicesOf(maya);
    const lines = await world.runtime.db
      .select()
      .from(invoiceLines)
      .where(eq(invoiceLines.invoiceId, invoice?.id ?? 'inv_none'))
      .orderBy(asc(invoiceLines.position));
    const [daily, magnesium] = lines.map(({ id }) => id);
    if (daily === undefined || magnesium === undefined) throw new Error('No lines.');
    const one = await refund(maya, { kind: 'items', items: [{ lineId: daily, quantity: 1 }] }, TOTAL);
    expect(one).toMatchObject({ ok: true, amountCents: 4663, status: 'succeeded' });
    const tooMany = await refund(maya, { kind: 'items', items: [{ lineId: daily, quantity: 2 }] }, TOTAL - 4663);
    expect(tooMany).toEqual({ ok: false, reason: 'too_many_pieces' });
    const rest = await refund(
      maya,
      {
        kind: 'items',
        items: [
          { lineId: daily, quantity: 1 },
          { lineId: magnesium, quantity: 1 },
        ],
      },
      TOTAL - 4663,
    );
    // All items give back all but the shipping.
    expect(rest).toMatchObject({ ok: true, amountCents: TOTAL - 4663 - 500 });
    const made = await givenBack(maya);
    expect(made.map(({ item_details }) => item_details.map(({ quantity }) => quantity))).toEqual([[1], [1, 1]]);
  });

  it('of a disputed charge is refused', async () => {
    const maya = await aPaid();
    const [attempt] = await attemptsOf(maya);
    await world.truemed.disputeSession({ session_id: attempt?.paymentSessionId ?? '', state: 'opened' });
    expect(await refund(maya, { kind: 'full' }, TOTAL)).toEqual({ ok: false, reason: 'disputed' });
    expect(await refundsOf(maya)).toMatchObject([{ status: 'failed', errorCode: 'ChargeDisputed' }]);
    const tasks = await readTasks(await world.as(world.aStaffMember()));
    expect(tasks.find(({ kind }) => kind === 'refund_unsettled')).toMatchObject({ first: { words: 'ChargeDisputed' } });
    expect(await givenBack(maya)).toEqual([]);
    // A refund that was refused leaves all that there was.
    await world.truemed.disputeSession({ session_id: attempt?.paymentSessionId ?? '', state: 'won' });
    expect(await refund(maya, { kind: 'full' }, TOTAL)).toMatchObject({ ok: true });
  });

  it('of an order that is not paid is refused', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await refund(maya, { kind: 'full' }, 4830)).toEqual({ ok: false, reason: 'not_paid' });
  });

  it('is for staff whose role allows so much, in all of one charge', async () => {
    const maya = await aPaid();
    const amount = (amountCents: number): RefundWish => ({ kind: 'amount', amountCents });
    await expect(refund(maya, amount(1), TOTAL, 'viewer')).rejects.toMatchObject({ code: 'forbidden' });
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('No order.');
    const own = { invoiceId: invoice.id, wish: amount(1), reason: 'customer_request', leftCents: TOTAL } as const;
    await expect(refundInvoice(await world.as(maya.principal), own)).rejects.toMatchObject({ code: 'not_found' });
    expect(await refund(maya, amount(10_001), TOTAL, 'support')).toEqual({ ok: false, reason: 'above_role_limit' });
    expect(await refund(maya, amount(6000), TOTAL, 'support')).toMatchObject({ ok: true });
    expect(await refund(maya, amount(4001), TOTAL - 6000, 'support')).toEqual({
      ok: false,
      reason: 'above_role_limit',
    });
    expect(await refund(maya, amount(4001), TOTAL - 6000, 'finance')).toMatchObject({ ok: true });
  });

  it.each(['reset_after', 'malformed', 'ServerError', '429', 'reset_before'] as const)(
    'whose answer is %s is sent again with the same bytes, and pays back once',
    async (fault) => {
      const maya = await aPaid();
      await world.truemed.addFault({ match: { operation: 'createRefund' }, times: 1, fault });
      expect(await refund(maya, { kind: 'full' }, TOTAL)).toMatchObject({ ok: true, status: 'unknown' });
      // What may have been given back is not there to be given back again.
      expect(await refund(maya, { kind: 'full' }, TOTAL)).toEqual({ ok: false, reason: 'nothing_left' });
      await world.advance({ minutes: 2 });
      await world.settle();
      expect(await refundsOf(maya)).toMatchObject([{ status: 'succeeded', tries: 2, dueAt: null }]);
      expect(await givenBack(maya)).toHaveLength(1);
      await world.truemed.clearFaults();
    },
  );

  it('that cannot be sent because Truemed has asked us to wait is on its way, and has used up none of its tries', async () => {
    const maya = await aPaid();
    const { db } = world.runtime;
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('No order.');
    const wish: RefundWish = { kind: 'full' };
    const press = { invoiceId: invoice.id, wish, reason: 'customer_request', leftCents: TOTAL } as const;
    const owner = await world.as(world.aStaffMember());
    // Another process, which has no calls left that it was promised before.
    const other = { ...owner, truemed: { ...owner.truemed } };
    await holdCalls(db, 60);
    expect(await refundInvoice(other, press)).toMatchObject({ ok: true, status: 'planned' });
    expect(await refundsOf(maya)).toMatchObject([{ status: 'planned', tries: 0, sentAt: null, leaseUntil: null }]);
    await db.execute(sql`update call_budget set next_slot_at = clock_timestamp()`);
    await world.advance({ minutes: 2 });
    await world.settle();
    expect(await refundsOf(maya)).toMatchObject([{ status: 'succeeded', tries: 1 }]);
    expect(await givenBack(maya)).toHaveLength(1);
  });

  it.each(['unknown', 'sent'] as const)(
    'that was %s for so long that Truemed has forgotten its key is not made again: it waits for a person',
    async (status) => {
      const maya = await aPaid();
      const lost = { match: { operation: 'createRefund' }, times: 1, fault: 'reset_after' } as const;
      await world.truemed.setSwitches({ idempotencyKeyLifetimeHours: 48 });
      await world.truemed.addFault(lost);
      expect(await refund(maya, { kind: 'amount', amountCents: 3000 }, TOTAL)).toMatchObject({ status: 'unknown' });
      const [sent] = await refundsOf(maya);
      // A worker that died over the call has left it as sent.
      await world.runtime.db
        .update(refunds)
        .set({ status })
        .where(eq(refunds.id, sent?.id ?? 'ref_none'));
      await world.advance({ hours: 120 });
      await world.settle();
      expect(await givenBack(maya)).toMatchObject([{ amount: 3000 }]);
      expect(await refundsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired', dueAt: null }]);
      const tasks = await readTasks(await world.as(world.aStaffMember()));
      expect(tasks.map(({ kind }) => kind)).toContain('refund_unsettled');
      await world.truemed.setSwitches({ idempotencyKeyLifetimeHours: null });
    },
  );

  it('pressed by two at once is made once', async () => {
    const maya = await aPaid();
    const [attempt] = await attemptsOf(maya);
    if (attempt === undefined) throw new Error('No attempt.');
    // Both presses wait for the charge's row, and look at what is left when they have it.
    const presses = await world.runtime.db.transaction(async (tx) => {
      await tx.select().from(chargeAttempts).where(eq(chargeAttempts.id, attempt.id)).for('update');
      const waiting = [refund(maya, { kind: 'full' }, TOTAL), refund(maya, { kind: 'full' }, TOTAL)];
      await expect.poll(() => countWaiting(), { timeout: 10_000 }).toBe(2);
      return { waiting };
    });
    const results = await Promise.all(presses.waiting);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    // Not by Truemed's refusal of the second: there is none.
    expect(await refundsOf(maya)).toHaveLength(1);
    expect(await givenBack(maya)).toHaveLength(1);
  });
});

describe('a second capture of one order', () => {
  it('is given back by itself, in full and once, by any number of workers', async () => {
    const maya = await aPaid();
    const { db } = world.runtime;
    const { attemptId: id } = await aSecondCapture(world, maya);
    const ctx = await world.system();
    await Promise.all(Array.from({ length: 4 }, () => tick(ctx)));
    await world.settle();
    expect(await refundsOf(maya)).toMatchObject([
      { attemptId: id, amountCents: 4830, reason: 'duplicate_payment', isAutomatic: true, status: 'succeeded' },
    ]);
    expect(await givenBack(maya)).toMatchObject([{ amount: 4830, reason: 'duplicate_payment' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    // The order itself stays paid: the shop is not told that it was given back.
    const told = await db.select({ type: events.type }).from(events).where(eq(events.subject, maya.subscriptionId));
    expect(told).toEqual([{ type: 'invoice.paid' }]);
    // Returned by itself, and shown for a week all the same.
    const isTask = async () =>
      (await readTasks(await world.as(world.aStaffMember()))).some(({ kind }) => kind === 'captured_twice');
    expect(await isTask()).toBe(true);
    await world.advance({ days: 8 });
    expect(await isTask()).toBe(false);
  });
});
