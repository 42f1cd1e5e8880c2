import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { eq, sql } from 'drizzle-orm';
import NextAuth from 'next-auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessions, staff, users, verificationTokens } from '@/db/schema/people';
import { authOptions } from '@/lib/auth/options';
import { endSession, readProvenAddress, readSession } from '@/lib/auth/session';
import { hashOfSession, newSessionToken, sessionCookie } from '@/lib/auth/session-cookie';
import { newId } from '@/lib/core/id';
import type { StaffRole } from '@/lib/core/principal';
import { requestSignIn } from '@/lib/services/request-sign-in';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let door: Server;
let maya: Subscriber;

beforeAll(async () => {
  world = await aWorld();
  door = await aSignInDoor();
});

beforeEach(async () => {
  maya = await world.aSubscriber();
});

afterAll(async () => {
  door.close();
  await world.close();
});

/** next-auth with our options behind a real HTTP server. */
async function aSignInDoor(): Promise<Server> {
  const handler = NextAuth(authOptions(world.runtime));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const cookies = Object.fromEntries(
      (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=') as [string, string]),
    );
    const query = { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) };
    Object.assign(response, {
      status: (code: number) => Object.assign(response, { statusCode: code }),
      send: (body: unknown) => response.end(body),
      json: (body: unknown) => response.end(JSON.stringify(body)),
    });
    handler(Object.assign(request, { query, cookies }), response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

interface DoorAnswer {
  status: number;
  location: string | null;
  /** The value of the session cookie; null where none was set. */
  session: string | null;
  setCookie: string | null;
}

async function open(link: string, cookie = ''): Promise<DoorAnswer> {
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('The door has no port.');
  const { pathname, search } = new URL(link);
  const answer = await fetch(`http://127.0.0.1:${address.port}${pathname}${search}`, {
    redirect: 'manual',
    headers: { cookie },
  });
  const { name } = sessionCookie(world.runtime.env.appUrl);
  const setCookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${name}=`)) ?? null;
  const session = setCookie?.split(';')[0]?.slice(name.length + 1) ?? null;
  return { status: answer.status, location: answer.headers.get('location'), session, setCookie };
}

async function mailedLink(email: string, returnTo: string | null = null): Promise<string> {
  await requestSignIn(world.runtime, { email, returnTo });
  const mail = (await world.truemed.mail(email))[0];
  const link = /http:\/\/localhost:3000\/api\/auth\/\S+/.exec(mail?.text ?? '')?.[0];
  if (link === undefined) throw new Error(`No sign-in link for ${email}.`);
  return link;
}

async function signIn(email: string): Promise<string> {
  const { session } = await open(await mailedLink(email));
  if (session === null) throw new Error(`${email} was not signed in.`);
  return session;
}

async function aStaffRow(email: string, role: StaffRole) {
  const id = newId('staff');
  await world.runtime.db.insert(staff).values({ id, email, role, createdAt: new Date('2027-01-01T00:00:00Z') });
  return id;
}

describe('a mailed link', () => {
  test('signs a customer in and leads to the account', async () => {
    const answer = await open(await mailedLink(maya.email));
    expect(answer).toMatchObject({ status: 302, location: 'http://localhost:3000/account' });
    expect(await readSession(world.runtime.db, answer.session ?? '')).toEqual({
      email: maya.email,
      customer: { kind: 'customer', customerId: maya.customerId },
      staff: null,
    });
    expect(answer.setCookie).toMatch(/; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  });

  test('leads back to where the person wanted to go', async () => {
    const answer = await open(await mailedLink(maya.email, '/account/subscriptions/sub_1?from=mail'));
    expect(answer.location).toBe('http://localhost:3000/account/subscriptions/sub_1?from=mail');
  });

  test.each(['https://evil.example/', '//evil.example', '/.//evil.example', '/api/auth/signout'])(
    'that was changed to lead to %s leads to the first page',
    async (target) => {
      const link = new URL(await mailedLink(maya.email));
      link.searchParams.set('callbackUrl', target);
      expect((await open(link.href)).location).toBe('http://localhost:3000/');
    },
  );

  test('works once', async () => {
    const link = await mailedLink(maya.email);
    await open(link);
    expect(await open(link)).toMatchObject({ location: expect.stringContaining('error=Verification'), session: null });
  });

  test('works once, also for ten at the same moment', async () => {
    const link = await mailedLink(maya.email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => open(link)));
    expect(answers.filter(({ session }) => session !== null)).toHaveLength(1);
  });

  test('works for fifteen minutes of real time, wherever business time is', async () => {
    await world.advance({ days: 2 });
    const link = await mailedLink(maya.email);
    const [row] = await world.runtime.db
      .select({
        minutes: sql<number>`extract(epoch from ${verificationTokens.expires} - clock_timestamp()) / 60`.mapWith(
          Number,
        ),
      })
      .from(verificationTokens)
      .where(eq(verificationTokens.identifier, maya.email));
    expect(row?.minutes).toBeGreaterThan(14.9);
    expect(row?.minutes).toBeLessThanOrEqual(15);
    await world.runtime.db
      .update(verificationTokens)
      .set({ expires: sql`clock_timestamp() - interval '1 second'` })
      .where(eq(verificationTokens.identifier, maya.email));
    expect(await open(link)).toMatchObject({ location: expect.stringContaining('error=Verification'), session: null });
  });

  test('holds no address, and is stored as a hash only', async () => {
    const link = new URL(await mailedLink(maya.email));
    const token = link.searchParams.get('token') ?? '';
    expect(link.href).not.toContain(maya.email.split('@')[0]);
    expect(token).toHaveLength(43);
    const rows = await world.runtime.db.select().from(verificationTokens);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('with another token signs nobody in', async () => {
    const link = new URL(await mailedLink(maya.email));
    link.searchParams.set('token', 'a'.repeat(43));
    expect((await open(link.href)).session).toBeNull();
    link.searchParams.delete('token');
    expect((await open(link.href)).session).toBeNull();
  });

  test('is worth nothing once its person is neither customer nor staff', async () => {
    const email = 'former@alderhealth.example';
    const id = await aStaffRow(email, 'support');
    const link = await mailedLink(email);
    await world.runtime.db.delete(staff).where(eq(staff.id, id));
    expect(await open(link)).toMatchObject({ location: expect.stringContaining('error=AccessDenied'), session: null });
  });

  test('that runs out unused is removed with the next one', async () => {
    await mailedLink(maya.email);
    await world.runtime.db.update(verificationTokens).set({ expires: sql`clock_timestamp() - interval '1 minute'` });
    await mailedLink(maya.email);
    expect(await world.runtime.db.select().from(verificationTokens)).toHaveLength(1);
  });
});

describe('an address that nobody has', () => {
  test('gets no mail and leaves nothing behind', async () => {
    const before = await world.runtime.db.select().from(verificationTokens);
    expect(await requestSignIn(world.runtime, { email: 'nobody@example.com', returnTo: null })).toBe('unknown_address');
    expect(await world.truemed.mail('nobody@example.com')).toEqual([]);
    expect(await world.runtime.db.select().from(verificationTokens)).toEqual(before);
  });
});

describe('a link to the checkout', () => {
  test('is mailed to an address that is new, proves it, and opens nothing but the order', async () => {
    const email = 'ada@example.com';
    const answer = await open(await mailedLink(email, '/checkout?plan=pln_1&quantity=2'));
    expect(answer).toMatchObject({ status: 302, location: 'http://localhost:3000/checkout?plan=pln_1&quantity=2' });
    expect(await readSession(world.runtime.db, answer.session ?? '')).toBeNull();
    expect(await readProvenAddress(world.runtime.db, answer.session ?? '')).toBe(email);
    await endSession(world.runtime.db, answer.session ?? '');
    expect(await readProvenAddress(world.runtime.db, answer.session ?? '')).toBeNull();
  });

  test.each(['/checkouts', '/checkout/../account', '/account?next=/checkout'])(
    'is not one to %s, which a new address gets no link to',
    async (returnTo) => {
      const email = 'new@example.com';
      expect(await requestSignIn(world.runtime, { email, returnTo })).toBe('unknown_address');
    },
  );
});

describe('who is signed in', () => {
  test('a member of staff who does not buy is led to the staff rooms', async () => {
    const email = 'rosa@alderhealth.example';
    const staffId = await aStaffRow(email, 'support');
    const answer = await open(await mailedLink(email));
    expect(answer.location).toBe('http://localhost:3000/admin');
    expect(await readSession(world.runtime.db, answer.session ?? '')).toEqual({
      email,
      customer: null,
      staff: { kind: 'staff', staffId, role: 'support', email },
    });
  });

  test('a person who is both is a customer there and staff here', async () => {
    await aStaffRow(maya.email, 'finance');
    const answer = await open(await mailedLink(maya.email));
    expect(answer.location).toBe('http://localhost:3000/account');
    const signedIn = await readSession(world.runtime.db, answer.session ?? '');
    expect(signedIn?.customer?.customerId).toBe(maya.customerId);
    expect(signedIn?.staff?.role).toBe('finance');
  });

  test('a member of staff who is removed is nobody at once', async () => {
    const email = 'leaver@alderhealth.example';
    const id = await aStaffRow(email, 'admin');
    const session = await signIn(email);
    await world.runtime.db.delete(staff).where(eq(staff.id, id));
    expect(await readSession(world.runtime.db, session)).toBeNull();
  });

  test.each(['', 'a', `${'a'.repeat(43)}.1799762400`, 'undefined'])('%j is nobody', async (token) => {
    expect(await readSession(world.runtime.db, token)).toBeNull();
  });
});

describe('a session', () => {
  test('is stored as a hash of its cookie', async () => {
    const session = await signIn(maya.email);
    const rows = await world.runtime.db.select().from(sessions);
    expect(JSON.stringify(rows)).not.toContain(session);
    expect(rows.map((row) => row.sessionToken)).toContain(hashOfSession(session));
  });

  test('is refused at once after signing out', async () => {
    const session = await signIn(maya.email);
    await endSession(world.runtime.db, session);
    expect(await readSession(world.runtime.db, session)).toBeNull();
  });

  test('ends after seven days without use', async () => {
    const session = await signIn(maya.email);
    expect(await daysLeft(session)).toBeCloseTo(7, 2);
    await leaveFor(session, 7.01);
    expect(await readSession(world.runtime.db, session)).toBeNull();
  });

  test('is prolonged by use, at most once a day', async () => {
    const session = await signIn(maya.email);
    await leaveFor(session, 0.5);
    await readSession(world.runtime.db, session);
    expect(await daysLeft(session)).toBeCloseTo(6.5, 2);
    await leaveFor(session, 0.6);
    await readSession(world.runtime.db, session);
    expect(await daysLeft(session)).toBeCloseTo(7, 2);
  });

  test('ends after thirty days, however much it is used', async () => {
    const begun = (days: number) => newSessionToken(new Date(Date.now() - days * 86_400_000));
    const [young, old] = [begun(29.5), begun(30.01)];
    for (const token of [young, old]) await aSessionRow(token);
    expect(await readSession(world.runtime.db, young)).not.toBeNull();
    expect(await daysLeft(young)).toBeCloseTo(0.5, 2);
    expect(await readSession(world.runtime.db, old)).toBeNull();
  });

  test('does not survive a changed beginning', async () => {
    const session = await signIn(maya.email);
    const changed = session.replace(/\d+$/, (seconds) => String(Number(seconds) + 1));
    expect(await readSession(world.runtime.db, changed)).toBeNull();
  });
});

async function daysLeft(session: string): Promise<number> {
  const [row] = await world.runtime.db
    .select({ days: sql`extract(epoch from ${sessions.expires} - clock_timestamp()) / 86400`.mapWith(Number) })
    .from(sessions)
    .where(eq(sessions.sessionToken, hashOfSession(session)));
  if (row === undefined) throw new Error('The session is gone.');
  return row.days;
}

/** Lets a session lie unused: its end comes nearer, as it does while real time goes by. */
async function leaveFor(session: string, days: number): Promise<void> {
  await world.runtime.db
    .update(sessions)
    .set({ expires: sql`${sessions.expires} - make_interval(secs => ${days * 86_400})` })
    .where(eq(sessions.sessionToken, hashOfSession(session)));
}

async function aSessionRow(token: string): Promise<void> {
  const [user] = await world.runtime.db
    .insert(users)
    .values({ email: maya.email })
    .onConflictDoUpdate({ target: users.email, set: { email: maya.email } })
    .returning({ id: users.id });
  if (user === undefined) throw new Error('No user.');
  await world.runtime.db.insert(sessions).values({
    sessionToken: hashOfSession(token),
    userId: user.id,
    expires: sql`clock_timestamp() + interval '6 hours'`,
  });
}
