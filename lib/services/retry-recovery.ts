import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { type Claim, claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { OPEN_ATTEMPT_STATUSES, readSessionStatus } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';
import { CALL_LEASE_SECONDS, callTruemed } from './call-truemed';
import { sessionsOfUnnamed } from './find-session';
import { areChargesHeld } from './outage-mode';
import { planAttempt } from './plan-attempt';
import type { CaseRow } from './recovery';
import { isCardSpent } from './recovery-clock';
import { asksForAnotherCard, writeFirstMail } from './recovery-mail';
import { driveAttempt } from './send-attempt';
import { settleSession } from './settle-session';

const RETRY_MS = 60_000;
/** A repair of the token that came during a charge waits for the outcome, and is looked at again after so long; `openRecovery` is sooner. */
const AFTER_CHARGE_MS = 60 * 60_000;

/**
 * Tries to collect the invoice of a leased recovery case whose time has come: the failed session is read again first, and
 * only where it took no money is a new attempt made, under a new key, and sent at once (design.md section 3, 422).
 */
export async function retryRecovery(ctx: Context, claim: Claim): Promise<void> {
  const [found] = await ctx.db
    .select()
    .from(recoveryCases)
    .where(and(eq(recoveryCases.id, claim.id as Id<'recoveryCase'>), eq(recoveryCases.leaseEpoch, claim.epoch)));
  if (found === undefined || found.status !== 'open' || found.retryCause === null) return;
  const [last] = await ctx.db
    .select()
    .from(chargeAttempts)
    .where(eq(chargeAttempts.invoiceId, found.invoiceId))
    .orderBy(desc(chargeAttempts.number))
    .limit(1);
  if (last !== undefined && !(await isFreeToCharge(ctx, last))) return endRetry(ctx, found);
  const attemptId = await inTransaction(ctx.db, (tx) => planRetry(tx, ctx, found.id, claim.epoch));
  if (attemptId === null) return;
  // In an outage it waits its turn among the others that are due, unless a person has asked for it.
  if (found.retryCause !== 'staff' && found.retryCause !== 'customer' && (await areChargesHeld(ctx))) return;
  const lease = await claimOne(ctx.db, 'attempts', attemptId, CALL_LEASE_SECONDS);
  if (lease !== null) await driveAttempt(ctx, lease);
}

/**
 * Whether the last attempt's session leaves the invoice to us; a session that took or is taking money settles it instead. Where
 * the answer did not name it, it is looked for among the customer's sessions.
 */
async function isFreeToCharge(ctx: Context, last: AttemptRow): Promise<boolean> {
  const { status, paymentSessionId: named } = last;
  if (status !== 'action_required' && (status !== 'failed' || named === null)) return true;
  const sessionIds = named === null ? await sessionsOfUnnamed(ctx, last) : [named];
  if (named === null && sessionIds.length === 1) await nameSession(ctx, last, sessionIds[0] ?? null);
  for (const sessionId of sessionIds) if (!(await leavesItToUs(ctx, last, sessionId))) return false;
  return true;
}

/** So that whatever is told of the session later is told of this attempt. */
async function nameSession(ctx: Context, { id }: AttemptRow, paymentSessionId: string | null): Promise<void> {
  const isUnnamed = and(eq(chargeAttempts.status, 'action_required'), isNull(chargeAttempts.paymentSessionId));
  await ctx.db
    .update(chargeAttempts)
    .set({ paymentSessionId })
    .where(and(eq(chargeAttempts.id, id), isUnnamed));
}

async function leavesItToUs(ctx: Context, last: AttemptRow, sessionId: string): Promise<boolean> {
  const status = await readStatus(ctx, sessionId);
  if (status === null || status === 'rejected' || status === 'canceled') return true;
  if (status === 'pending') {
    const canceled = await callTruemed(ctx, (truemed) => truemed.cancelPaymentSession(sessionId));
    if (canceled.kind === 'canceled') return true;
    if (canceled.kind === 'unavailable')
      throw new AppError('provider_unavailable', 'The failed session could not be canceled.', { retryable: true });
  }
  // A cancel that was refused means that the session went on in between.
  const now = status === 'pending' ? await readStatus(ctx, sessionId) : status;
  const verdict = now === null ? 'unknown' : readSessionStatus(now);
  await inTransaction(ctx.db, (tx) =>
    settleSession(tx, ctx, last.id, { id: sessionId, verdict, status: now ?? 'gone' }, 'read before a new attempt'),
  );
  return false;
}

async function readStatus(ctx: Context, sessionId: string): Promise<string | null> {
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind === 'unavailable')
    throw new AppError('provider_unavailable', 'The failed session could not be read.', { retryable: true });
  return found.kind === 'found' ? found.value.status : null;
}

async function endRetry(ctx: Context, found: CaseRow): Promise<void> {
  await ctx.db
    .update(recoveryCases)
    .set({ retryAt: null, retryCause: null, leaseUntil: null })
    .where(and(eq(recoveryCases.id, found.id), eq(recoveryCases.status, 'open')));
}

async function planRetry(
  tx: Queryable,
  ctx: Context,
  caseId: Id<'recoveryCase'>,
  epoch: number,
): Promise<Id<'chargeAttempt'> | null> {
  const [row] = await tx
    .select()
    .from(recoveryCases)
    .where(and(eq(recoveryCases.id, caseId), eq(recoveryCases.leaseEpoch, epoch), eq(recoveryCases.status, 'open')))
    .for('update');
  if (row === undefined || row.retryCause === null) return null;
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, row.invoiceId)).for('update');
  const open = await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(
      and(eq(chargeAttempts.invoiceId, row.invoiceId), inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES])),
    );
  const waits = invoice?.status === 'open' && open.length > 0 && row.retryCause === 'token_updated';
  await tx
    .update(recoveryCases)
    .set({
      retryAt: waits ? new Date(ctx.now.getTime() + AFTER_CHARGE_MS) : null,
      retryCause: waits ? row.retryCause : null,
      leaseUntil: null,
    })
    .where(eq(recoveryCases.id, caseId));
  if (invoice?.status !== 'open' || open.length > 0) return null;
  if (row.retryCause !== 'staff' && (await isCardSpent(tx, ctx, row))) {
    await holdBack(tx, ctx, row, invoice);
    return null;
  }
  await tx.update(recoveryCases).set({ cardSpentAt: null }).where(eq(recoveryCases.id, caseId));
  const attempt = await planAttempt(tx, ctx, invoice, row.retryCause);
  await audit(tx, ctx, {
    action: 'recovery_case.retried',
    subject: caseId,
    customerId: row.customerId,
    cause: attempt?.id ?? null,
    change: { retryCause: row.retryCause, ...(attempt === null ? { outcome: 'no live token' } : {}) },
  });
  return attempt?.id ?? null;
}

/** Whoever has repaired what was asked for was promised the charge: they are told what it takes now, and staff see it. */
async function holdBack(
  tx: Queryable,
  ctx: Context,
  row: CaseRow,
  invoice: typeof invoices.$inferSelect,
): Promise<void> {
  const { id, customerId, retryCause, cardSpentAt, reason } = row;
  await tx
    .update(recoveryCases)
    .set({ cardSpentAt: cardSpentAt ?? ctx.now })
    .where(eq(recoveryCases.id, id));
  await audit(tx, ctx, {
    action: 'recovery_case.held_back',
    subject: id,
    customerId,
    cause: row.attemptId,
    change: { retryCause },
  });
  if (!asksForAnotherCard(reason)) return;
  await writeFirstMail(tx, ctx, invoice, id, 'card_spent', await zoneOf(tx, row.subscriptionId));
}

async function zoneOf(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<string | null> {
  const [row] = await tx
    .select({ timeZone: subscriptions.timeZone })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId));
  return row?.timeZone ?? null;
}

/** After a failure to reach Truemed the case is tried again in a minute; nothing was charged meanwhile. */
export async function postponeRecovery(ctx: Context, claim: Claim): Promise<void> {
  await ctx.db
    .update(recoveryCases)
    .set({ retryAt: new Date(ctx.now.getTime() + RETRY_MS), leaseUntil: null })
    .where(
      and(
        eq(recoveryCases.id, claim.id as Id<'recoveryCase'>),
        eq(recoveryCases.leaseEpoch, claim.epoch),
        eq(recoveryCases.status, 'open'),
      ),
    );
}
