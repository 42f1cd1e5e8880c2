import { DrizzleAdapter } from '@auth/drizzle-adapter';
import { eq, sql } from 'drizzle-orm';
import type { Adapter, AdapterSession, AdapterUser } from 'next-auth/adapters';
import type { Database } from '@/db/client';
import { accounts, sessions, users, verificationTokens } from '@/db/schema/people';
import type { Id } from '@/lib/core/id';
import { endSession } from './session';
import { hashOfSession, IDLE_DAYS, sessionEnd } from './session-cookie';

/**
 * next-auth's adapter on our tables, for what a mailed link needs. The cookie's value is hashed on its way in, so a copy of
 * the table opens nothing, and a link is found by its token alone, so no address stands in it. `onNewcomer` hears of each link
 * that may sign in an address that is new.
 */
export function authAdapter(db: Database, onNewcomer: (email: string) => void): Adapter {
  const people = DrizzleAdapter(db, {
    usersTable: users,
    accountsTable: accounts,
    sessionsTable: sessions,
    verificationTokensTable: verificationTokens,
  }) as Adapter;
  return {
    ...people,
    createSession: ({ sessionToken, userId }) => createSession(db, sessionToken, userId),
    getSessionAndUser: (token) => readSessionAndUser(db, token),
    deleteSession: (token) => endSession(db, token),
    useVerificationToken: async ({ token }) => {
      const [used] = await db.delete(verificationTokens).where(eq(verificationTokens.token, token)).returning();
      if (used?.welcomesNewcomer) onNewcomer(used.identifier);
      return used ?? null;
    },
  };
}

// The row ends when the session is idle, the cookie when the session ends at the latest: pages prolong rows, not cookies.
async function createSession(db: Database, sessionToken: string, userId: string): Promise<AdapterSession> {
  const end = sessionEnd(sessionToken);
  if (end === null) throw new Error('A session token of another make.');
  await db.insert(sessions).values({
    sessionToken: hashOfSession(sessionToken),
    userId: userId as Id<'user'>,
    expires: sql`clock_timestamp() + make_interval(days => ${IDLE_DAYS})`,
  });
  return { sessionToken, userId, expires: end };
}

async function readSessionAndUser(
  db: Database,
  token: string,
): Promise<{ session: AdapterSession; user: AdapterUser } | null> {
  const [row] = await db
    .select()
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.sessionToken, hashOfSession(token)));
  return row === undefined ? null : { session: { ...row.sessions, sessionToken: token }, user: row.users };
}
