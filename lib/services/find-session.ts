import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { inTransaction } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import { customers, formerEmails } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import {
  KEY_EXPIRED,
  KEY_VIOLATED,
  nextSearchAt,
  readSessionStatus,
  UNCLEAR_AGAIN_MS,
  type UnknownReason,
} from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { readWholeList } from '@/lib/truemed/pages';
import { type AttemptRow, changeAttemptStatus } from './attempt-status';
import { callTruemed } from './call-truemed';
import { settleSession } from './settle-session';

const RETRY_MS = 5 * 60_000;
/** Pages of a customer's sessions, newest first: more of them are a person's work. */
const MOST_PAGES = 5;

/**
 * Looks for the session of an attempt that was sent, never answered, and may not be sent again: too long ago, so that a provider that
 * has forgotten the key would charge anew, or refused for its key. Among the customer's sessions it is the one that carries our reference and belongs
 * to no other attempt; what that says is settled. Where there is none, or more than one, the attempt waits for a person, and is
 * looked for once a day for some days more: never a new key while the old outcome is unknown.
 */
export async function findSession(ctx: Context, attempt: AttemptRow): Promise<void> {
  const customerId = await customerOf(ctx, attempt);
  const listed = await listUnclaimed(ctx, attempt, customerId);
  if (listed.kind === 'unavailable') return wait(ctx, attempt, RETRY_MS, markOf(attempt, listed.reason));
  const [session, ...others] = listed.sessions;
  if (session === undefined || others.length > 0) return park(ctx, attempt, customerId);
  const found = { id: session.id, verdict: readSessionStatus(session.status), status: session.status };
  if (found.verdict === 'unknown')
    return wait(ctx, attempt, UNCLEAR_AGAIN_MS, markOf(attempt, `session ${session.status}`));
  await inTransaction(ctx.db, (tx) => settleSession(tx, ctx, attempt.id, found, 'found among the sessions'));
}

/**
 * The sessions that may be that of an attempt whose answer did not name one: they carry the reference of its invoice and belong
 * to none of its attempts. None where this key may not list them or the list cannot be read: then the token alone decides
 * (truemed-api.md section 3.1). Throws `provider_unavailable`, retryable, where Truemed does not answer.
 */
export async function sessionsOfUnnamed(ctx: Context, attempt: AttemptRow): Promise<string[]> {
  const listed = await listUnclaimed(ctx, attempt, await customerOf(ctx, attempt));
  if (listed.kind === 'listed') return listed.sessions.map(({ id }) => id);
  if (listed.reason === 'unauthorized' || listed.reason === 'malformed') return [];
  throw new AppError('provider_unavailable', 'The sessions of the customer could not be listed.', { retryable: true });
}

async function listUnclaimed(
  ctx: Context,
  attempt: AttemptRow,
  customerId: Id<'customer'>,
): Promise<
  { kind: 'listed'; sessions: { id: string; status: string }[] } | { kind: 'unavailable'; reason: UnknownReason }
> {
  const known = await sessionsOfOthers(ctx, attempt);
  const sessions = new Map<string, string>();
  for (const email of await addressesOf(ctx, customerId)) {
    const listed = await readWholeList(
      (page) => callTruemed(ctx, (truemed) => truemed.listPaymentSessionPage({ page, search: email })),
      MOST_PAGES,
    );
    if (listed.kind === 'unavailable') return listed;
    for (const { id, status, metadata } of listed.kind === 'refused' ? [] : listed.value)
      if (id !== null && metadata === attempt.invoiceId && !known.has(id)) sessions.set(id, status);
  }
  return { kind: 'listed', sessions: [...sessions].map(([id, status]) => ({ id, status })) };
}

async function customerOf(ctx: Context, attempt: AttemptRow): Promise<Id<'customer'>> {
  const [row] = await ctx.db
    .select({ id: subscriptions.customerId })
    .from(subscriptions)
    .where(eq(subscriptions.id, attempt.subscriptionId));
  if (row === undefined) throw new Error(`Attempt ${attempt.id} stands alone.`);
  return row.id;
}

// Truemed keeps a session under the address that its token was made for, which the customer may have changed since.
async function addressesOf(ctx: Context, customerId: Id<'customer'>): Promise<string[]> {
  const rows = await unionAll(
    ctx.db.select({ email: customers.email }).from(customers).where(eq(customers.id, customerId)),
    ctx.db.select({ email: formerEmails.email }).from(formerEmails).where(eq(formerEmails.customerId, customerId)),
  );
  return rows.map(({ email }) => email);
}

async function sessionsOfOthers(ctx: Context, attempt: AttemptRow): Promise<ReadonlySet<string>> {
  const rows = await ctx.db
    .select({ sessionId: chargeAttempts.paymentSessionId })
    .from(chargeAttempts)
    .where(and(eq(chargeAttempts.invoiceId, attempt.invoiceId), isNotNull(chargeAttempts.paymentSessionId)));
  return new Set(rows.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId])));
}

async function wait(ctx: Context, attempt: AttemptRow, ms: number, errorCode: string): Promise<void> {
  await ctx.db
    .update(chargeAttempts)
    .set({ dueAt: new Date(ctx.now.getTime() + ms), leaseUntil: null, errorCode })
    .where(stillAsIs(attempt));
}

async function park(ctx: Context, attempt: AttemptRow, customerId: Id<'customer'>): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const [locked] = await tx.select().from(chargeAttempts).where(stillAsIs(attempt)).for('update');
    if (locked === undefined) return;
    const parked = { dueAt: nextSearchAt(locked.sentAt ?? ctx.now, ctx.now), errorCode: markOf(locked, KEY_EXPIRED) };
    if (locked.status === 'sent') await changeAttemptStatus(tx, ctx, locked, 'unknown', parked, customerId, 'janitor');
    else
      await tx
        .update(chargeAttempts)
        .set({ ...parked, leaseUntil: null })
        .where(eq(chargeAttempts.id, attempt.id));
  });
}

// A key that was refused stays refused, its bytes are never sent again; and what waits for a person waits on while Truemed cannot be asked.
function markOf({ errorCode }: AttemptRow, otherwise: string): string {
  return errorCode === KEY_VIOLATED || errorCode === KEY_EXPIRED ? errorCode : otherwise;
}

/** The attempt under the lease with which it was read, and still without an outcome. */
function stillAsIs({ id, leaseEpoch }: AttemptRow) {
  return and(
    eq(chargeAttempts.id, id),
    eq(chargeAttempts.leaseEpoch, leaseEpoch),
    inArray(chargeAttempts.status, ['sent', 'unknown']),
  );
}
