import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { sessions, users, verificationTokens } from '@/db/schema/people';
import { readSession } from '@/lib/auth/session';
import { hashOfSession, newSessionToken } from '@/lib/auth/session-cookie';
import { localDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import { changeAddress } from '@/lib/services/change-address';
import { changeProfile } from '@/lib/services/change-profile';
import { changeTimeZone } from '@/lib/services/change-time-zone';
import { chooseNotifications } from '@/lib/services/choose-notifications';
import { queueMail } from '@/lib/services/queue-mail';
import { requestSignIn } from '@/lib/services/request-sign-in';
import { signOutEverywhere } from '@/lib/services/sign-out-everywhere';
import { addressPage } from '@/lib/views/addresses';
import { settingsPage, zonePage } from '@/lib/views/settings';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let maya: Subscriber;
beforeAll(async () => {
  world = await aWorld();
});
beforeEach(async () => {
  maya = await world.aSubscriber({ nextChargeOn: '2027-02-03', paymentToken: `pt_${newId('paymentToken')}` });
});
afterAll(() => world.close());

const { subscriptionOf, templatesOf } = recordsOf(() => world);
const by = (who: Subscriber) => world.as(who.principal);
const loggedAbout = (who: Subscriber) =>
  world.runtime.db.select().from(auditLog).where(eq(auditLog.subject, who.customerId));

/** A browser in which somebody is signed in: its cookie. */
async function aSession(email: string): Promise<string> {
  const { db } = world.runtime;
  const token = newSessionToken(new Date());
  const userId = newId('user');
  const [user] = await db
    .insert(users)
    .values({ id: userId, email })
    .onConflictDoUpdate({ target: users.email, set: { email } })
    .returning();
  await db.insert(sessions).values({
    sessionToken: hashOfSession(token),
    userId: user?.id ?? userId,
    expires: new Date(Date.now() + 86_400_000),
  });
  return token;
}

describe('name and state', () => {
  it('are saved once, and the log keeps that they changed, not what they are', async () => {
    const input = { name: '  Maya   Adeyemi ', state: 'OR' };
    expect(await changeProfile(await by(maya), input)).toEqual({ ok: true });
    expect(await changeProfile(await by(maya), input)).toEqual({ ok: true });
    expect(await settingsPage(await by(maya))).toMatchObject({ name: 'Maya Adeyemi', state: 'OR', email: maya.email });
    const log = await loggedAbout(maya);
    expect(log.map(({ action }) => action)).toEqual(['customer.profile_changed']);
    expect(JSON.stringify(log)).not.toMatch(/Adeyemi|"OR"/);
  });

  it.each([
    [{ name: ' ', state: 'OR' }, 'name_missing'],
    [{ name: 'x'.repeat(201), state: 'OR' }, 'name_too_long'],
    [{ name: 'Maya', state: 'toString' }, 'not_a_state'],
  ])('%j is refused as %s', async (input, reason) => {
    expect(await changeProfile(await by(maya), input)).toEqual({ ok: false, reason });
    expect(await settingsPage(await by(maya))).toMatchObject({ name: 'Maya Okafor', state: 'CA' });
  });
});

describe('the time zone', () => {
  it('moves each charge to the hour that was shown, of this customer alone', async () => {
    const other = await world.aSubscriber({ nextChargeOn: '2027-02-03', paymentToken: `pt_${newId('paymentToken')}` });
    const shown = await zonePage(await by(maya), { wanted: 'America/Los_Angeles' });
    expect(shown.effects).toMatchObject([
      { before: new Date('2027-02-03T13:00:00Z'), after: new Date('2027-02-03T16:00:00Z'), chargeOn: '2027-02-03' },
    ]);
    expect(await changeTimeZone(await by(maya), { timeZone: 'America/Los_Angeles' })).toEqual({ ok: true, changed: 1 });
    expect(await changeTimeZone(await by(maya), { timeZone: 'America/Los_Angeles' })).toEqual({ ok: true, changed: 0 });
    const { nextChargeAt, nextChargeOn, timeZone } = await subscriptionOf(maya);
    expect({ nextChargeAt, nextChargeOn, timeZone }).toEqual({
      nextChargeAt: shown.effects[0]?.after,
      nextChargeOn: '2027-02-03',
      timeZone: 'America/Los_Angeles',
    });
    expect(await subscriptionOf(other)).toMatchObject({ timeZone: 'America/New_York' });
  });

  it('that does not exist is refused', async () => {
    expect(await changeTimeZone(await by(maya), { timeZone: 'Mars/Olympus' })).toMatchObject({ reason: 'not_a_zone' });
  });
});

describe('what we write', () => {
  const aReminder = (who: Subscriber, key: string) => ({
    template: 'reminder' as const,
    dedupeKey: `reminder_3:${key}`,
    customerId: who.customerId,
    to: who.email,
    quietZone: 'America/New_York',
    facts: {
      name: 'Maya Okafor',
      amountCents: 4830,
      orderOn: localDate('2027-02-03'),
      link: 'http://localhost:3000/account',
      reason: 'take_health_survey' as const,
      offer: 'none' as const,
    },
  });

  it('leaves reminders out once they are not wanted, those that wait too, and nothing else', async () => {
    const ctx = await by(maya);
    expect(await queueMail(ctx.db, ctx, aReminder(maya, 'one'))).toBe(true);
    await chooseNotifications(ctx, { wantsReminders: false, upcomingNoticeDays: 7 });
    expect(await queueMail(ctx.db, ctx, aReminder(maya, 'two'))).toBe(false);
    const last = aReminder(maya, 'three');
    const facts = { ...last.facts, pauseOn: localDate('2027-03-03') };
    expect(await queueMail(ctx.db, ctx, { ...last, template: 'last_reminder', facts })).toBe(true);
    const rows = await world.runtime.db.select().from(outbox).where(eq(outbox.customerId, maya.customerId));
    expect(rows.map(({ template, status }) => [template, status]).sort()).toEqual([
      ['last_reminder', 'queued'],
      ['reminder', 'canceled'],
    ]);
    await world.runtime.db
      .update(outbox)
      .set({ status: 'canceled', dueAt: null })
      .where(and(eq(outbox.customerId, maya.customerId), eq(outbox.status, 'queued')));
  });
});

describe('signing out everywhere', () => {
  it('ends every session and open link of this person, and of nobody else', async () => {
    const other = await world.aSubscriber();
    const [phone, laptop, theirs] = [
      await aSession(maya.email),
      await aSession(maya.email),
      await aSession(other.email),
    ];
    await requestSignIn(await by(maya), { email: maya.email, returnTo: null });
    expect(await signOutEverywhere(await by(maya))).toEqual({ ok: true, sessions: 2 });
    const { db } = world.runtime;
    expect([await readSession(db, phone), await readSession(db, laptop)]).toEqual([null, null]);
    expect(await readSession(db, theirs)).not.toBeNull();
    const links = await db.select().from(verificationTokens).where(eq(verificationTokens.identifier, maya.email));
    expect(links).toEqual([]);
  });
});

describe('announcing a charge', () => {
  it('comes as many days ahead as its customer wants, or not at all', async () => {
    const quiet = await world.aSubscriber({
      nextChargeOn: '2027-01-20',
      anchorDate: '2026-12-20',
      paymentToken: 'pt_q',
    });
    const early = await world.aSubscriber({
      nextChargeOn: '2027-01-24',
      anchorDate: '2026-12-24',
      paymentToken: 'pt_e',
    });
    const usual = await world.aSubscriber({
      nextChargeOn: '2027-01-24',
      anchorDate: '2026-12-24',
      paymentToken: 'pt_u',
    });
    const yearly = await world.aSubscriber({
      nextChargeOn: '2027-01-18',
      anchorDate: '2026-01-18',
      unit: 'year',
      paymentToken: 'pt_y',
    });
    await chooseNotifications(await by(quiet), { wantsReminders: true, upcomingNoticeDays: 0 });
    await chooseNotifications(await by(yearly), { wantsReminders: true, upcomingNoticeDays: 0 });
    await chooseNotifications(await by(early), { wantsReminders: true, upcomingNoticeDays: 14 });
    for (let night = 0; night < 2; night += 1) {
      await world.advance({ days: 1 });
      await world.settle();
    }
    expect(await templatesOf(early)).toEqual(['upcoming_charge']);
    expect(await templatesOf(yearly)).toEqual(['upcoming_charge']);
    expect(await templatesOf(quiet)).toEqual([]);
    expect(await templatesOf(usual)).toEqual([]);
  });
});

describe('where orders are sent', () => {
  const typed = { line1: '12 Alder Street', line2: 'Apt 4', city: 'Portland', state: 'OR', postalCode: '97204' };

  it('is the account’s address, or one of the subscription’s own until it is taken back', async () => {
    const { subscriptionId } = maya;
    expect(await changeAddress(await by(maya), { subscriptionId: null, typed })).toEqual({ ok: true });
    const elsewhere = { ...typed, line1: '7 Elm' };
    expect(await changeAddress(await by(maya), { subscriptionId, typed: elsewhere })).toEqual({ ok: true });
    expect(await addressPage(await by(maya), { subscriptionId })).toMatchObject({ ofAccount: typed, own: elsewhere });
    expect(await changeAddress(await by(maya), { subscriptionId, typed: null })).toEqual({ ok: true });
    expect(await addressPage(await by(maya), { subscriptionId })).toMatchObject({ ofAccount: typed, own: null });
    const log = await world.runtime.db.select().from(auditLog).where(eq(auditLog.customerId, maya.customerId));
    expect(JSON.stringify(log)).not.toMatch(/Alder|Elm|97204/);
    // Whose goods would go elsewhere is told, each time, and not of what is as it was.
    expect(await changeAddress(await by(maya), { subscriptionId: null, typed })).toEqual({ ok: true });
    await world.settle();
    const told = (await world.truemed.mail(maya.email)).filter(({ subject }) => subject.includes('address'));
    expect(told.map(({ subject }) => subject).sort()).toEqual([
      'The address of a subscription has changed',
      'The address of a subscription has changed',
      'Your address has changed',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/Alder Street|Elm|97204/);
  });

  it('is refused where a field is wrong, and for a subscription of somebody else', async () => {
    const priya = await world.aSubscriber();
    const wrong = { ...typed, postalCode: 'x', city: ' ' };
    expect(await changeAddress(await by(maya), { subscriptionId: null, typed: wrong })).toEqual({
      ok: false,
      reason: 'not_an_address',
      problems: { postalCode: 'not_a_zip', city: 'missing' },
    });
    const foreign = changeAddress(await by(maya), { subscriptionId: priya.subscriptionId, typed });
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' });
    expect((await addressPage(await by(priya), priya)).own).toBeNull();
  });
});
