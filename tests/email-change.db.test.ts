import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { customers, emailChanges, sessions, users } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import { newId } from '@/lib/core/id';
import { askEmailChange } from '@/lib/services/ask-email-change';
import { confirmEmailChange } from '@/lib/services/confirm-email-change';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { withdrawEmailChange } from '@/lib/services/withdraw-email-change';
import { emailPage, settingsPage } from '@/lib/views/settings';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let maya: Subscriber;
let to: string;
beforeAll(async () => {
  world = await aWorld();
});
beforeEach(async () => {
  maya = await world.aSubscriber({ nextChargeOn: '2027-01-20', paymentToken: `pt_${newId('paymentToken')}` });
  to = `new-${newId('user').slice(4, 16)}@example.com`;
});
afterAll(() => world.close());

const { chargesOf } = recordsOf(() => world);
const byMaya = () => world.as(maya.principal);
const confirm = async (link: string) =>
  confirmEmailChange(await world.as({ kind: 'system', name: 'mailed_link' }), { link });
const emailOf = async () => (await emailPage(await byMaya())).email;

/** The link of the last mail to an address; empty where it has none that confirms. */
async function linkTo(email: string): Promise<string> {
  const mail = (await world.truemed.mail(email)).find(({ text }) => text.includes('confirm-email'));
  return new URLSearchParams(mail?.text.match(/confirm-email\?(\S+)/)?.[1]).get('link') ?? '';
}

async function aSession(email: string): Promise<void> {
  const { db } = world.runtime;
  const userId = newId('user');
  await db.insert(users).values({ id: userId, email });
  await db.insert(sessions).values({ sessionToken: newId('user'), userId, expires: new Date(Date.now() + 86_400_000) });
}

describe('a change of e-mail', () => {
  it.each(['old first', 'new first'])(
    'happens once both addresses have confirmed, %s, and ends every session',
    async (order) => {
      await aSession(maya.email);
      await aSession(to);
      expect(await askEmailChange(await byMaya(), { newEmail: ` ${to.toUpperCase()}` })).toEqual({ ok: true });
      const links = [await linkTo(maya.email), await linkTo(to)];
      const [first = '', second = ''] = order === 'old first' ? links : links.toReversed();
      expect(await confirm(first)).toEqual({ ok: true, state: 'other_side_missing' });
      expect(await confirm(first)).toEqual({ ok: false, reason: 'link_over' });
      expect(await emailOf()).toBe(maya.email);
      expect(await confirm(second)).toEqual({ ok: true, state: 'changed' });
      expect(await confirm(second)).toEqual({ ok: false, reason: 'link_over' });
      expect(await emailOf()).toBe(to);
      expect(await world.runtime.db.select().from(users).where(eq(users.email, maya.email))).toEqual([]);
      const open = await world.runtime.db.select().from(sessions).innerJoin(users, eq(users.id, sessions.userId));
      expect(open.filter(({ users: { email } }) => email === to)).toEqual([]);
      expect((await world.truemed.mail(maya.email))[0]?.subject).toBe('Your e-mail address has changed');
    },
  );

  it('that is taken back changes nothing: neither link works any more, and a second press says so', async () => {
    await askEmailChange(await byMaya(), { newEmail: to });
    const links = [await linkTo(maya.email), await linkTo(to)];
    expect(await confirm(links[0] ?? '')).toEqual({ ok: true, state: 'other_side_missing' });
    const presses = [withdrawEmailChange(await byMaya()), withdrawEmailChange(await byMaya())];
    expect((await Promise.all(presses)).filter(({ ok }) => ok)).toHaveLength(1);
    expect(await withdrawEmailChange(await byMaya())).toEqual({ ok: false, reason: 'nothing_open' });
    for (const link of links) expect(await confirm(link)).toEqual({ ok: false, reason: 'link_over' });
    expect(await emailPage(await byMaya())).toMatchObject({ email: maya.email, waiting: null });
    expect(await askEmailChange(await byMaya(), { newEmail: to })).toEqual({ ok: true });
    await world.advance({ hours: 25 });
    expect(await withdrawEmailChange(await byMaya())).toEqual({ ok: false, reason: 'nothing_open' });
  });

  it('leaves no address in the log, no link in the database, and no mail in the outbox', async () => {
    await askEmailChange(await byMaya(), { newEmail: to });
    const link = await linkTo(to);
    const { db } = world.runtime;
    const kept = JSON.stringify([
      await db.select().from(emailChanges),
      await db.select().from(outbox).where(eq(outbox.customerId, maya.customerId)),
    ]);
    expect(link.length).toBeGreaterThan(40);
    expect(kept).not.toContain(link);
    await confirm(link);
    await confirm(await linkTo(maya.email));
    const log = JSON.stringify(await db.select().from(auditLog).where(eq(auditLog.subject, maya.customerId)));
    expect(log).toContain('customer.email_changed');
    for (const email of [to, maya.email]) expect(log).not.toContain(email);
    const over = await db.select().from(emailChanges).where(eq(emailChanges.customerId, maya.customerId));
    expect(over).toMatchObject([{ status: 'done', newEmail: null, oldLink: null, newLink: null }]);
  });

  it('says the same where the address is taken, tells its owner, and never comes about', async () => {
    const priya = await world.aSubscriber();
    expect(await askEmailChange(await byMaya(), { newEmail: priya.email })).toEqual({ ok: true });
    expect((await emailPage(await byMaya())).waiting).toMatchObject({ newEmail: priya.email });
    expect(await settingsPage(await byMaya())).toMatchObject({ email: maya.email, waitingEmail: priya.email });
    expect(await linkTo(priya.email)).toBe('');
    const [told] = await world.truemed.mail(priya.email);
    expect(told?.text).toContain('Nothing has changed.');
    expect(told?.text).not.toContain(maya.email);
    expect(await confirm(await linkTo(maya.email))).toEqual({ ok: true, state: 'other_side_missing' });
    // Even where the address is free again by now: nobody has the other link.
    await world.runtime.db
      .update(customers)
      .set({ email: `x${priya.email}` })
      .where(eq(customers.id, priya.customerId));
    expect(await confirm('')).toEqual({ ok: false, reason: 'link_over' });
    expect(await emailOf()).toBe(maya.email);
  });

  it('does not come about where somebody else has taken the address meanwhile', async () => {
    await askEmailChange(await byMaya(), { newEmail: to });
    const links = [await linkTo(maya.email), await linkTo(to)];
    await world.aSubscriber({ email: to });
    expect(await confirm(links[0] ?? '')).toMatchObject({ ok: true });
    expect(await confirm(links[1] ?? '')).toEqual({ ok: false, reason: 'link_over' });
    expect(await emailOf()).toBe(maya.email);
  });

  it('is over after 24 hours, and when another one is asked for', async () => {
    await askEmailChange(await byMaya(), { newEmail: to });
    const former = await linkTo(to);
    await askEmailChange(await byMaya(), { newEmail: `2${to}` });
    expect(await confirm(former)).toEqual({ ok: false, reason: 'link_over' });
    const link = await linkTo(`2${to}`);
    await world.advance({ hours: 24 });
    expect(await confirm(link)).toEqual({ ok: false, reason: 'link_over' });
    expect((await emailPage(await byMaya())).waiting).toBeNull();
  });

  it('is refused for what is no address, for the same one, and the sixth time in an hour', async () => {
    expect(await askEmailChange(await byMaya(), { newEmail: 'maya' })).toMatchObject({ reason: 'not_an_address' });
    expect(await askEmailChange(await byMaya(), { newEmail: maya.email })).toMatchObject({ reason: 'same_address' });
    for (let n = 0; n < 5; n += 1) expect(await askEmailChange(await byMaya(), { newEmail: to })).toEqual({ ok: true });
    expect(await askEmailChange(await byMaya(), { newEmail: to })).toMatchObject({ reason: 'too_many' });
  });

  it('changes nothing about the charges, and the shop’s file still means this customer by the former address', async () => {
    await askEmailChange(await byMaya(), { newEmail: to });
    await confirm(await linkTo(to));
    await confirm(await linkTo(maya.email));
    const id = `AH-${maya.subscriptionId}`;
    const header =
      'subscription_id,email,name,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on';
    const outcome = await importSubscribers(await world.as({ kind: 'system', name: 'import' }), {
      fileName: 'f.csv',
      isDryRun: false,
      bytes: Readable.from([
        Buffer.from(`${header}\n${id},${maya.email},Maya Okafor,D,Daily,1,4900,month,1,2027-12-01`),
      ]),
    });
    expect(outcome).toMatchObject({ kind: 'imported', created: 1 });
    const { db } = world.runtime;
    const [imported] = await db.select().from(subscriptions).where(eq(subscriptions.externalId, id));
    expect(imported?.customerId).toBe(maya.customerId);
    expect(await db.select().from(customers).where(eq(customers.email, maya.email))).toEqual([]);
    expect(await emailOf()).toBe(to);
    await world.advance({ days: 9 });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});
