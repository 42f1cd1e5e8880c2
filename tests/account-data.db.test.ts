import { Readable } from 'node:stream';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { customers, emailChanges, sessions, users, verificationTokens } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDate } from '@/lib/core/calendar';
import { isErasedEmail } from '@/lib/core/erased-account';
import { newId } from '@/lib/core/id';
import { askEmailChange } from '@/lib/services/ask-email-change';
import { changeAddress } from '@/lib/services/change-address';
import { changeProfile } from '@/lib/services/change-profile';
import { deleteAccount } from '@/lib/services/delete-account';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { queueMail } from '@/lib/services/queue-mail';
import { requestSignIn } from '@/lib/services/request-sign-in';
import { storePaymentMethod } from '@/lib/services/store-payment-method';
import { dataExport, EXPORTED } from '@/lib/views/data-export';
import { atTruemed } from './at-truemed';
import { type Buyer, checkoutShop } from './checkout-shop';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

const { chargesOf, subscriptionOf } = recordsOf(() => world);
const by = (who: Subscriber) => world.as(who.principal);
const aPayer = () => world.aCharged({ paymentToken: `pt_canary_${newId('paymentToken')}` });

async function fileOf(who: Subscriber): Promise<string> {
  let text = '';
  for await (const piece of await dataExport(await by(who))) text += piece;
  return text;
}

describe('the file with all that we hold about a customer', () => {
  it('has every order, charge and mail of theirs, no secret, and nobody else', async () => {
    const [maya, priya] = [await aPayer(), await aPayer()];
    await world.settle();
    await changeProfile(await by(maya), { name: 'Maya Adeyemi', state: 'OR' });
    const text = await fileOf(maya);
    const file = JSON.parse(text);
    expect(file.account).toMatchObject({ id: maya.customerId, email: maya.email, name: 'Maya Adeyemi', state: 'OR' });
    expect(file.subscriptions).toMatchObject([{ id: maya.subscriptionId, items: [{ sku: 'DAILY', quantity: 1 }] }]);
    expect(file.orders).toMatchObject([{ total_cents: 4830, charges: [{ status: 'captured', amount_cents: 4830 }] }]);
    expect(file.mails.map(({ template }: { template: string }) => template)).toEqual(['payment_received']);
    expect(file.log.map(({ action }: { action: string }) => action)).toContain('customer.profile_changed');
    expect(file.payment_methods).toHaveLength(1);
    expect(text).not.toMatch(/pt_canary|https?:|\\x[0-9a-f]{8}|"Buffer"/);
    for (const foreign of [priya.customerId, priya.subscriptionId, priya.email]) expect(text).not.toContain(foreign);
  });

  it('is whole however many rows there are', async () => {
    const maya = await world.aSubscriber();
    const rows = Array.from({ length: 401 }, () => ({
      id: newId('audit'),
      at: new Date('2027-01-12T14:00:00Z'),
      actor: 'system:worker',
      action: 'test.entry',
      subject: maya.subscriptionId,
      customerId: maya.customerId,
      change: {},
    }));
    await world.runtime.db.insert(auditLog).values(rows);
    expect(JSON.parse(await fileOf(maya)).log).toHaveLength(401);
  });

  it('leaves no table about customers out without a reason', async () => {
    /** Tables that refer to customers or to what is theirs, and are not in the file. */
    const LEFT_OUT = { event_deliveries: 'The same facts on their way to the shop’s own systems.' };
    const owners = ['customers', 'subscriptions', 'invoices', 'charge_attempts', 'payment_tokens'];
    const found = await world.runtime.db.execute<{ name: string }>(sql`
      select distinct conrelid::regclass::text as name from pg_constraint
      where contype = 'f' and confrelid::regclass::text in ${owners}`);
    const missing = found
      .map(({ name }) => name)
      .filter((name) => !Object.hasOwn(EXPORTED, name) && !Object.hasOwn(LEFT_OUT, name));
    expect(missing).toEqual([]);
    const parts = new Set(Object.keys(JSON.parse(await fileOf(await world.aSubscriber()))));
    expect(Object.values(EXPORTED).filter((part) => !parts.has(part))).toEqual([]);
  });
});

async function aSession(email: string): Promise<void> {
  const userId = newId('user');
  await world.runtime.db.insert(users).values({ id: userId, email });
  await world.runtime.db
    .insert(sessions)
    .values({ sessionToken: newId('user'), userId, expires: new Date(Date.now() + 86_400_000) });
}

const wanted = (who: Subscriber, deletesToken = false) => ({
  email: who.email,
  subscriptionIds: [who.subscriptionId],
  deletesToken,
});

describe('deleting an account', () => {
  it('cancels, erases and signs out, keeps the books, and nothing is charged or written afterwards', async () => {
    const maya = await aPayer();
    await world.settle();
    await aSession(maya.email);
    await requestSignIn(await by(maya), { email: maya.email, returnTo: null });
    expect(await deleteAccount(await by(maya), { ...wanted(maya), email: ` ${maya.email.toUpperCase()} ` })).toEqual({
      ok: true,
    });
    const { db, vault } = world.runtime;
    const [customer] = await db.select().from(customers).where(eq(customers.id, maya.customerId));
    expect(customer).toMatchObject({ name: 'Deleted account', state: null, address: null });
    expect(isErasedEmail(customer?.email ?? '')).toBe(true);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled', nextChargeAt: null });
    expect(await db.select().from(users).where(eq(users.email, maya.email))).toEqual([]);
    expect(await requestSignIn(await by(maya), { email: maya.email, returnTo: null })).toBe('unknown_address');
    const links = await db.select().from(verificationTokens).where(eq(verificationTokens.identifier, maya.email));
    expect(links).toEqual([]);
    const late = {
      name: '',
      amountCents: 4830,
      orderOn: localDate('2027-01-12'),
      nextChargeOn: localDate('2027-02-12'),
    };
    const mail = {
      template: 'payment_received' as const,
      dedupeKey: `late:${maya.customerId}`,
      customerId: maya.customerId,
      to: customer?.email ?? '',
      facts: { ...late, card: { last4: null, isHsaFsa: false }, link: 'http://localhost:3000/account' },
    };
    expect(await queueMail(db, await by(maya), mail)).toBe(false);
    const [order] = await db.select().from(invoices).where(eq(invoices.customerId, maya.customerId));
    expect(order).toMatchObject({ status: 'paid', totalCents: 4830 });
    for (const mail of await db.select().from(outbox).where(eq(outbox.customerId, maya.customerId)))
      expect(vault.open(mail.message, `outbox.message:${mail.id}`).toString()).toBe('');
    const log = await db.select().from(auditLog).where(eq(auditLog.customerId, maya.customerId));
    expect(JSON.stringify(log)).not.toMatch(new RegExp(`${maya.email}|Okafor`));
    const mails = (await world.truemed.mail(maya.email)).length;
    await world.advance({ days: 65 });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    expect((await world.truemed.mail(maya.email)).length).toBe(mails);
  });

  it('deletes the token at Truemed when asked, and only then', async () => {
    const [maya, priya] = [await aPayer(), await aPayer()];
    await world.settle();
    await deleteAccount(await by(maya), wanted(maya, true));
    await deleteAccount(await by(priya), wanted(priya, false));
    await world.settle();
    const tokenOf = async (who: Subscriber) =>
      (await world.runtime.db.select().from(paymentTokens).where(eq(paymentTokens.customerId, who.customerId)))[0];
    expect(await tokenOf(maya)).toMatchObject({ status: 'revoked', deletedAt: expect.any(Date), cards: [] });
    expect(await tokenOf(priya)).toMatchObject({ status: 'revoked', deletedAt: null, cards: [] });
    const [mail] = (await world.truemed.mail(maya.email)).filter(({ subject }) => subject.includes('deleted'));
    expect(mail?.text).toContain('asked Truemed to delete your card');
  });

  it('says nothing of a card where none is connected, and what becomes of an order that is billed elsewhere', async () => {
    const [paid, elsewhere] = [await aPayer(), await world.aSubscriber()];
    await deletePaymentToken(await world.as(world.aStaffMember()), { customerId: paid.customerId });
    await world.settle();
    const lastTo = async (who: Subscriber) => {
      expect(await deleteAccount(await by(who), wanted(who))).toEqual({ ok: true });
      const mails = (await world.truemed.mail(who.email)).filter(({ subject }) => subject.includes('deleted'));
      return mails.map(({ text }) => text).join();
    };
    const [ours, theirs] = [await lastTo(paid), await lastTo(elsewhere)];
    for (const text of [ours, theirs]) expect(text).not.toContain('Truemed');
    expect(ours).not.toContain('former payment company');
    expect(theirs).toContain('What our former payment company still billed ends here, and the shop is told.');
    expect(theirs).not.toContain('Nothing more is charged');
  });

  it('gives up an order that waits for the customer', async () => {
    const maya = await aPayer();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await deleteAccount(await by(maya), wanted(maya));
    await world.settle();
    const attempts = await world.runtime.db
      .select()
      .from(chargeAttempts)
      .where(eq(chargeAttempts.subscriptionId, maya.subscriptionId));
    expect(attempts.map(({ status }) => status)).toEqual(['action_required']);
    const [order] = await world.runtime.db.select().from(invoices).where(eq(invoices.customerId, maya.customerId));
    expect(order?.status).toBe('skipped');
  });

  it('is refused for another address, for a subscription that was not shown, and a second time', async () => {
    const maya = await aPayer();
    const ctx = await by(maya);
    expect(await deleteAccount(ctx, { ...wanted(maya), email: 'other@example.com' })).toMatchObject({
      reason: 'other_email',
    });
    expect(await deleteAccount(ctx, { ...wanted(maya), subscriptionIds: [] })).toMatchObject({
      reason: 'changed_meanwhile',
    });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await deleteAccount(ctx, wanted(maya))).toEqual({ ok: true });
    await expect(deleteAccount(ctx, wanted(maya))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves nothing to another tab: what was pressed there orders nothing, asks Truemed for nothing and stores nothing', async () => {
    const maya = await aPayer();
    const shop = checkoutShop(() => world);
    const plan = await shop.aPlan();
    const order = await shop.form(maya, plan);
    await deleteAccount(await by(maya), wanted(maya));
    const gone = { code: 'not_found' };
    const ctx = await by(maya);
    await expect(shop.press(maya, order)).rejects.toMatchObject(gone);
    await expect(askEmailChange(ctx, { newEmail: `new-${maya.email}` })).rejects.toMatchObject(gone);
    await expect(changeProfile(ctx, { name: 'Maya Okafor', state: 'CA' })).rejects.toMatchObject(gone);
    await expect(changeAddress(ctx, { subscriptionId: null, typed: order.sentTo })).rejects.toMatchObject(gone);
    await expect(storePaymentMethod(ctx, { embedded: false })).rejects.toMatchObject(gone);
    const { db } = world.runtime;
    const [customer] = await db.select().from(customers).where(eq(customers.id, maya.customerId));
    expect(customer).toMatchObject({ name: 'Deleted account', state: null, address: null });
    expect(await db.select().from(checkouts).where(eq(checkouts.customerId, maya.customerId))).toEqual([]);
    expect(await db.select().from(emailChanges).where(eq(emailChanges.customerId, maya.customerId))).toEqual([]);
  });

  it('lets its person come back: what they order anew is charged to the card that Truemed has kept', async () => {
    const maya = await aPayer();
    await world.settle();
    await deleteAccount(await by(maya), wanted(maya));
    const shop = checkoutShop(() => world);
    const plan = await shop.aPlan();
    const again: Buyer = { email: maya.email, principal: { kind: 'newcomer', email: maya.email } };
    const order = await shop.order(again, plan);
    await atTruemed(order.redirectUrl).completes();
    await world.settle();
    expect(await shop.recordsOf(again)).toMatchObject({
      subscriptions: [{ status: 'active' }],
      tokens: [{ status: 'live' }],
    });
    await world.advance({ days: 31 });
    await world.settle();
    const { invoices: orders } = await shop.recordsOf(again);
    expect(orders).toMatchObject([{ status: 'paid' }, { status: 'paid' }]);
    // The old account gets nothing back, and keeps its books.
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled', nextChargeAt: null });
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('frees the address: an import makes somebody new of it, and does not fill the old account again', async () => {
    const key = newId('user').slice(4, 14);
    const email = `back-${key}@example.com`;
    const file = (id: string, name: string) => ({
      fileName: 'f.csv',
      isDryRun: false,
      bytes: Readable.from([
        Buffer.from(
          `subscription_id,email,name,state,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on\n${id},${email},${name},CA,D,Daily,1,4900,month,1,2027-12-01`,
        ),
      ]),
    });
    const shop = await world.as({ kind: 'system', name: 'import' });
    await importSubscribers(shop, file(`AH-${key}`, 'Robin Back'));
    const [first] = await world.runtime.db.select().from(customers).where(eq(customers.email, email));
    const subscription = await world.runtime.db.execute<{ id: string }>(
      sql`select id from subscriptions where external_id = ${`AH-${key}`}`,
    );
    if (first === undefined) throw new Error('Nobody was imported.');
    const robin = await world.as({ kind: 'customer', customerId: first.id });
    const subscriptionIds = subscription.map(({ id }) => id);
    expect(await deleteAccount(robin, { email, subscriptionIds, deletesToken: false })).toEqual({ ok: true });
    await importSubscribers(shop, file(`AH-${key}`, 'Robin Back'));
    await importSubscribers(shop, file(`AH-${key}`, 'Robin Other'));
    await importSubscribers(shop, file(`AH2-${key}`, 'Robin Anew'));
    const [old] = await world.runtime.db.select().from(customers).where(eq(customers.id, first.id));
    expect(old).toMatchObject({ name: 'Deleted account', createdAt: expect.any(Date) });
    const [anew] = await world.runtime.db.select().from(customers).where(eq(customers.email, email));
    expect(anew).toMatchObject({ name: 'Robin Anew' });
    expect(anew?.id).not.toBe(first.id);
  });
});
