import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDate } from '@/lib/core/calendar';
import { receiptFacts } from '@/lib/core/receipt';
import { renderReceipt } from '@/lib/documents/receipt-pdf';
import { refundInvoice } from '@/lib/services/refund-invoice';
import { claimReceipts, claimYear } from '@/lib/views/claim-pack';
import { orderPage } from '@/lib/views/order';
import { receiptPage } from '@/lib/views/receipt';
import { readPdf } from './pdf-text';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf } = recordsOf(() => world);

async function theReceiptOf(who: Subscriber, asker: Subscriber = who) {
  const [invoice] = await invoicesOf(who);
  if (invoice === undefined) throw new Error('No order was made.');
  return receiptPage(await world.as(asker.principal), { invoiceId: invoice.id });
}

async function giveBack(who: Subscriber, amountCents: number) {
  const [invoice] = await invoicesOf(who);
  const staff = await world.as(world.aStaffMember());
  const outcome = await refundInvoice(staff, {
    invoiceId: invoice?.id ?? 'inv_none',
    wish: { kind: 'amount', amountCents },
    reason: 'customer_request',
    leftCents: invoice?.totalCents ?? 0,
  });
  if (!outcome.ok) throw new Error(outcome.reason);
}

const CARD = { last4: '4417', expires: '2029-11', brand: 'visa', isHsaFsa: true };
async function theCardOf(who: Subscriber, read: { refreshedAt: Date; cardsChangedAt: Date | null }, card = CARD) {
  const isTheirs = eq(paymentTokens.customerId, who.customerId);
  await world.runtime.db
    .update(paymentTokens)
    .set({ cards: [card], ...read })
    .where(isTheirs);
}

describe('the receipt of an order', () => {
  it('is there once it is paid, with what went back, for the one whose order it is', async () => {
    const [hong, priya] = [await world.aCharged(), await world.aCharged()];
    await world.runtime.db.update(customers).set({ name: 'Nguyễn Thị Hồng' }).where(eq(customers.id, hong.customerId));
    await world.truemed.setTokenHealth({ email: hong.email, health: 'needs_survey' });
    await world.settle();
    await expect(theReceiptOf(hong)).rejects.toMatchObject({ code: 'not_found' });
    await giveBack(priya, 1000);
    const { receipt } = await theReceiptOf(priya);
    expect(receipt).toMatchObject({
      customer: 'Maya Okafor',
      period: { start: '2027-01-12', end: '2027-02-12' },
      paidOn: '2027-01-12',
      totalCents: 4830,
      refunds: [{ on: '2027-01-12', amountCents: 1000, isDone: true }],
    });
    await expect(theReceiptOf(priya, hong)).rejects.toMatchObject({ code: 'not_found' });
    const { text } = readPdf(await renderReceipt(receipt, { createdAt: new Date('2027-01-13') }));
    for (const { term, value } of receiptFacts(receipt)) expect(text).toContain(`${term}${value}`);
  });

  it('names the card only where it was read before the payment and has been the same since', async () => {
    const maya = await world.aCharged();
    const { now } = await world.system();
    const later = new Date(now.getTime() + 30 * 86_400_000);
    await world.settle();
    expect((await theReceiptOf(maya)).receipt.cards).toEqual([]);
    await theCardOf(maya, { refreshedAt: later, cardsChangedAt: later });
    expect((await theReceiptOf(maya)).receipt.cards).toEqual([]);
    await theCardOf(maya, { refreshedAt: later, cardsChangedAt: new Date(now.getTime() - 1000) });
    expect((await theReceiptOf(maya)).receipt.cards).toEqual(['4417']);
  });

  it('calls an ordinary card no card of HSA/FSA, where it pays alone, and none that it does not know', async () => {
    const maya = await world.aCharged();
    const { now } = await world.system();
    const read = { refreshedAt: now, cardsChangedAt: null };
    const paidWithOf = async () =>
      receiptFacts((await theReceiptOf(maya)).receipt).find(({ term }) => term === 'Paid with');
    await world.settle();
    const [mail] = await world.truemed.mail(maya.email);
    expect(mail?.text).toContain('was charged to your card through Truemed.');
    await theCardOf(maya, { refreshedAt: new Date(now.getTime() + 1000), cardsChangedAt: null });
    expect(await paidWithOf()).toMatchObject({ value: 'Card, through Truemed' });
    await theCardOf(maya, read);
    expect(await paidWithOf()).toMatchObject({ value: 'HSA/FSA card ending 4417, through Truemed' });
    await theCardOf(maya, read, { ...CARD, last4: '1881', isHsaFsa: false });
    expect(await paidWithOf()).toMatchObject({ value: 'Card ending 1881, through Truemed' });
    const [{ id: invoiceId } = { id: 'inv_none' as const }] = await invoicesOf(maya);
    const { charge } = await orderPage(await world.as(maya.principal), { invoiceId });
    expect(charge.paidBy).toEqual({ cards: ['1881'], isHsaFsa: false });
  });

  it('comes with a mail that names the HSA/FSA card, wherever Truemed lists it', async () => {
    const maya = await world.aCharged();
    const ordinary = { ...CARD, last4: '1881', isHsaFsa: false };
    await world.runtime.db
      .update(paymentTokens)
      .set({ cards: [ordinary, CARD], refreshedAt: (await world.system()).now })
      .where(eq(paymentTokens.customerId, maya.customerId));
    await world.settle();
    const [mail] = await world.truemed.mail(maya.email);
    expect(mail?.text).toContain('your HSA/FSA card ending 4417');
  });
});

describe('the claim pack of a plan year', () => {
  it('holds the paid orders whose day of service lies in it, and says so beforehand', async () => {
    const maya = await world.aCharged();
    // Billed elsewhere: none of our orders.
    await world.aSubscriber({ customerId: maya.customerId });
    await world.settle();
    await giveBack(maya, 830);
    const ctx = await world.as(maya.principal);
    expect(await claimYear(ctx, { from: null })).toMatchObject({
      year: { start: '2027-01-01', end: '2028-01-01' },
      pack: { receipts: 1, paidCents: 4830, returnedCents: 830, keptCents: 4000 },
      starts: ['2027-01-01'],
    });
    expect(await claimReceipts(ctx, { from: localDate('2026-07-01') })).toMatchObject([{ totalCents: 4830 }]);
    for (const from of ['2027-01-13', '2026-01-12', '2025-01-01'])
      expect(await claimReceipts(ctx, { from: localDate(from) }), from).toBeNull();
    expect(await claimYear(ctx, { from: localDate('2025-01-01') })).toMatchObject({
      pack: { receipts: 0, paidCents: 0 },
      starts: ['2027-01-01'],
    });
  });
});
