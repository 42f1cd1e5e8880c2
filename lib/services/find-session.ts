import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { KEY_VIOLATED, readSessionStatus, UNCLEAR_AGAIN_MS, type UnknownReason } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import { readWholeList } from '@/lib/truemed/pages';
import { type AttemptRow, changeAttemptStatus } from './attempt-status';
import { callTruemed } from './call-truemed';
import { settleSession } from './settle-session';

const RETRY_MS = 5 * 60_000;
/** Pages of a customer's sessions, newest first: more of them are a person's work. */
const MOST_PAGES = 5;
/** What the attempt is marked with that nobody but a person can decide. */
export const KEY_EXPIRED = 'KeyExpired';

/**
 * Looks for the session of an attempt that was sent, never answered, and may not be sent again: too long ago, so that a provider that
 * has forgotten the key would charge anew, or refused for its key. Among the customer's sessions it is the one that carries our reference and belongs
 * to no other attempt; what that says is settled. Where there is none, or more than one, the attempt waits for a person:
 * never a new key while the old outcome is unknown.
 */
export async function findSession(ctx: Context, attempt: AttemptRow): Promise<void> {
  const customer = await customerOf(ctx, attempt);
  const listed = await listUnclaimed(ctx, attempt, customer.email);
  if (listed.kind === 'unavailable') return wait(ctx, attempt, RETRY_MS, listed.reason);
  const [session, ...others] = listed.sessions;
  if (session === undefined || others.length > 0) return park(ctx, attempt, customer.id);
  const found = { id: session.id, verdict: readSessionStatus(session.status), status: session.status };
  if (found.verdict === 'unknown') return wait(ctx, attempt, UNCLEAR_AGAIN_MS, `session ${session.status}`);
  await inTransaction(ctx.db, (tx) => settleSession(tx, ctx, attempt.id, found, 'found among the sessions'));
}

/**
 * The sessions that may be that of an attempt whose answer did not name one: they carry the reference of its invoice and belong
 * to none of its attempts. None where this key may not list them or the list cannot be read: then the token alone decides
 * (truemed-api.md section 3.1). Throws `provider_unavailable`, retryable, where Truemed does not answer.
 */
export async function sessionsOfUnnamed(ctx: Context, attempt: AttemptRow): Promise<string[]> {
  const listed = await listUnclaimed(ctx, attempt, (await customerOf(ctx, attempt)).email);
  if (listed.kind === 'listed') return listed.sessions.map(({ id }) => id);
  if (listed.reason === 'unauthorized' || listed.reason === 'malformed') return [];
  throw new AppError('provider_unavailable', 'The sessions of the customer could not be listed.', { retryable: true });
}

async function listUnclaimed(
  ctx: Context,
  attempt: AttemptRow,
  email: string,
): Promise<
  { kind: 'listed'; sessions: { id: string; status: string }[] } | { kind: 'unavailable'; reason: UnknownReason }
> {
  const listed = await readWholeList(
    (page) => callTruemed(ctx, (truemed) => truemed.listPaymentSessionPage({ page, search: email })),
    MOST_PAGES,
  );
  if (listed.kind === 'unavailable') return listed;
  const known = await sessionsOfOthers(ctx, attempt);
  const sessions = (listed.kind === 'refused' ? [] : listed.value).flatMap(({ id, status, metadata }) =>
    id !== null && metadata === attempt.invoiceId && !known.has(id) ? [{ id, status }] : [],
  );
  return { kind: 'listed', sessions };
}

async function customerOf(ctx: Context, attempt: AttemptRow) {
  const [customer] = await ctx.db
    .select({ id: customers.id, email: customers.email })
    .from(customers)
    .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
    .where(eq(subscriptions.id, attempt.subscriptionId));
  if (customer === undefined) throw new Error(`Attempt ${attempt.id} stands alone.`);
  return customer;
}

async function sessionsOfOthers(ctx: Context, attempt: AttemptRow): Promise<ReadonlySet<string>> {
  const rows = await ctx.db
    .select({ sessionId: chargeAttempts.paymentSessionId })
    .from(chargeAttempts)
    .where(and(eq(chargeAttempts.invoiceId, attempt.invoiceId), isNotNull(chargeAttempts.paymentSessionId)));
  return new Set(rows.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId])));
}

async function wait(ctx: Context, attempt: AttemptRow, ms: number, reason: string): Promise<void> {
  await ctx.db
    .update(chargeAttempts)
    .set({ dueAt: new Date(ctx.now.getTime() + ms), leaseUntil: null, errorCode: markOf(attempt, reason) })
    .where(stillAsIs(attempt));
}

async function park(
  ctx: Context,
  attempt: AttemptRow,
  customerId: (typeof customers.$inferSelect)['id'],
): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const [locked] = await tx.select().from(chargeAttempts).where(stillAsIs(attempt)).for('update');
    if (locked === undefined) return;
    if (locked.status === 'sent')
      await changeAttemptStatus(tx, ctx, locked, 'unknown', { errorCode: KEY_EXPIRED }, customerId, 'janitor');
    else
      await tx
        .update(chargeAttempts)
        .set({
          dueAt: null,
          leaseUntil: null,
          errorCode: markOf(locked, KEY_EXPIRED),
        })
        .where(eq(chargeAttempts.id, attempt.id));
  });
}

// A key that was refused stays refused: its bytes are never sent again.
function markOf({ errorCode }: AttemptRow, otherwise: string): string {
  return errorCode === KEY_VIOLATED ? KEY_VIOLATED : otherwise;
}

/** The attempt under the lease with which it was read, and still without an outcome. */
function stillAsIs({ id, leaseEpoch }: AttemptRow) {
  return and(
    eq(chargeAttempts.id, id),
    eq(chargeAttempts.leaseEpoch, leaseEpoch),
    inArray(chargeAttempts.status, ['sent', 'unknown']),
  );
}
