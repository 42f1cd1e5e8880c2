import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers, sessions, staff, users } from '@/db/schema/people';
import type { CustomerPrincipal, StaffPrincipal } from '@/lib/core/principal';
import { hashOfSession, IDLE_DAYS, sessionEnd } from './session-cookie';

/** Who holds a session: a customer, a member of staff, or both in one person. */
export interface SignedIn {
  email: string;
  customer: CustomerPrincipal | null;
  staff: StaffPrincipal | null;
}

/** The session is prolonged at most once in this time, so that reading a page is not a write. */
const PROLONG_EVERY_DAYS = 1;

/**
 * Who is signed in with this cookie, in one query; null where the session is unknown, over or signed out, or its person is
 * neither a customer nor staff any more. Real time, never business time.
 */
export async function readSession(db: Queryable, token: string): Promise<SignedIn | null> {
  const end = sessionEnd(token);
  if (end === null) return null;
  const hash = hashOfSession(token);
  const [row] = await db
    .select({
      email: users.email,
      customerId: customers.id,
      staffId: staff.id,
      role: staff.role,
      isStale: sql<boolean>`${sessions.expires} < least(
        clock_timestamp() + make_interval(days => ${IDLE_DAYS - PROLONG_EVERY_DAYS}), ${end.toISOString()}::timestamptz)`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(customers, eq(customers.email, users.email))
    .leftJoin(staff, eq(staff.email, users.email))
    .where(
      sql`${sessions.sessionToken} = ${hash} and ${sessions.expires} > clock_timestamp()
        and ${end.toISOString()}::timestamptz > clock_timestamp()`,
    );
  if (row === undefined || (row.customerId === null && row.staffId === null)) return null;
  if (row.isStale) await prolongSession(db, hash, end);
  return {
    email: row.email,
    customer: row.customerId === null ? null : { kind: 'customer', customerId: row.customerId },
    staff:
      row.staffId === null || row.role === null
        ? null
        : { kind: 'staff', staffId: row.staffId, role: row.role, email: row.email },
  };
}

/** The proven address of a session, whoever it is of; null where the session is unknown or over. Real time. */
export async function readProvenAddress(db: Queryable, token: string): Promise<string | null> {
  const end = sessionEnd(token);
  if (end === null) return null;
  const [row] = await db
    .select({ email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      sql`${sessions.sessionToken} = ${hashOfSession(token)} and ${sessions.expires} > clock_timestamp()
        and ${end.toISOString()}::timestamptz > clock_timestamp()`,
    );
  return row?.email ?? null;
}

/** Ends the session of a cookie: it is refused from the next request on. */
export async function endSession(db: Queryable, token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.sessionToken, hashOfSession(token)));
}

async function prolongSession(db: Queryable, hash: string, end: Date): Promise<void> {
  await db
    .update(sessions)
    .set({
      expires: sql`least(clock_timestamp() + make_interval(days => ${IDLE_DAYS}), ${end.toISOString()}::timestamptz)`,
    })
    .where(eq(sessions.sessionToken, hash));
}
