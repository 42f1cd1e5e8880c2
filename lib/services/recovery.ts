import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { ACCEPTED_LIMIT_MS, type AttemptCause, nextPendingCheckAt, type RecoveryReason } from '@/lib/core/charge';
import { afterFailure, type FailureChoice } from '@/lib/core/failure-choice';
import { type Id, newId } from '@/lib/core/id';
import { isAllowedRedirect } from '@/lib/truemed/redirect';
import { audit } from './audit';
import { closeRecovery } from './close-recovery';
import { changeInvoiceStatus } from './invoice-status';
import { leaveOutOrder } from './leave-out-order';
import { clockAfterFailure, isCardSpent } from './recovery-clock';
import { asksForAnotherCard, writeFirstMail } from './recovery-mail';
import { changeSubscriptionStatus } from './subscription-status';

export type CaseRow = typeof recoveryCases.$inferSelect;
type Invoice = typeof invoices.$inferSelect;

/** What the customer must know or do; `our_error` and `session_pending` are between Truemed and us. */
const HOLDS_SUBSCRIPTION: Record<RecoveryReason, boolean> = {
  update_payment_method: true,
  take_health_survey: true,
  unknown_action: true,
  declined: true,
  token_gone: true,
  session_pending: false,
  our_error: false,
};

/** Whether an event about the token may have ended the reason: it is tried again where one came during the charge. */
const MAY_BE_REPAIRED: Record<RecoveryReason, boolean> = {
  update_payment_method: true,
  take_health_survey: true,
  unknown_action: true,
  declined: true,
  session_pending: true,
  token_gone: false,
  our_error: false,
};

/**
 * An invoice could not be collected: opens its recovery case under the policy of today, or renews the one that is open,
 * marks the subscription past due where the customer has to act, and writes one mail for each case and reason. Where the
 * subscription was paused or canceled meanwhile the invoice is given up instead, and nobody is written to; where its customer
 * chose so, a renewal that failed is left out (`leaveOutOrder`). An invoice that is not open any more, because another of its
 * attempts was captured late or the order was given up, has nothing to recover: nothing happens, and nobody is written to. A link that may
 * not be followed is kept out of the case; `/go/{id}` then asks Truemed for a new one.
 */
export async function openRecovery(
  tx: Queryable,
  ctx: Context,
  failure: {
    invoice: Invoice;
    attemptId: Id<'chargeAttempt'> | null;
    reason: RecoveryReason;
    redirectUrl: string | null;
  },
): Promise<void> {
  const { attemptId, reason } = failure;
  // As it is now: what the caller has read may be older than a late capture of another attempt.
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, failure.invoice.id)).for('update');
  if (invoice?.status !== 'open') return;
  const wanted = await readIfWanted(tx, invoice.subscriptionId);
  if (wanted === null) return giveUpInvoice(tx, ctx, invoice, attemptId ?? invoice.id);
  const { timeZone, failureChoice } = wanted;
  const [open] = await tx
    .select()
    .from(recoveryCases)
    .where(and(eq(recoveryCases.invoiceId, invoice.id), eq(recoveryCases.status, 'open')))
    .for('update');
  const cause = failureChoice === 'wait' ? null : await causeOf(tx, attemptId);
  if (afterFailure(failureChoice, { reason, cause, isOnHold: open !== undefined }) === 'skip')
    return leaveOutOrder(tx, ctx, { invoice, attemptId, reason });
  const id = open?.id ?? newId('recoveryCase');
  const isAllowed =
    failure.redirectUrl !== null && isAllowedRedirect(failure.redirectUrl, ctx.env.truemed.redirectOrigins);
  const recheckAt =
    reason === 'session_pending' ? pendingCheckAt(await pendingSince(tx, ctx, invoice.id), ctx.now) : null;
  // The token was repaired while this charge was on its way, so what was said of it is about the token of before.
  const isRepaired = open?.retryCause === 'token_updated' && MAY_BE_REPAIRED[reason];
  const clock = await clockAfterFailure(tx, ctx, open ?? null, { id, reason, timeZone });
  const isSpent = await isCardSpent(tx, ctx, { customerId: invoice.customerId, policyVersion: clock.policyVersion });
  const state = {
    reason,
    attemptId,
    redirectUrl:
      isAllowed && failure.redirectUrl !== null
        ? ctx.vault.seal(failure.redirectUrl, `recovery_cases.redirect_url:${id}`)
        : null,
    redirectIssuedAt: isAllowed ? ctx.now : null,
    retryAt: isRepaired ? ctx.now : recheckAt,
    retryCause: isRepaired ? ('token_updated' as const) : recheckAt === null ? null : ('recheck' as const),
    leaseUntil: null,
    cardSpentAt: isSpent ? (open?.cardSpentAt ?? ctx.now) : null,
    ...clock,
  };
  if (open === undefined) {
    const { subscriptionId, customerId } = invoice;
    await tx
      .insert(recoveryCases)
      .values({ ...state, id, invoiceId: invoice.id, subscriptionId, customerId, status: 'open', openedAt: ctx.now });
  } else {
    await tx.update(recoveryCases).set(state).where(eq(recoveryCases.id, id));
  }
  await audit(tx, ctx, {
    action: open === undefined ? 'recovery_case.opened' : 'recovery_case.renewed',
    subject: id,
    customerId: invoice.customerId,
    cause: attemptId,
    change: {
      reason,
      ...(failure.redirectUrl !== null && !isAllowed ? { refusedRedirectOrigin: originOf(failure.redirectUrl) } : {}),
    },
  });
  if (!HOLDS_SUBSCRIPTION[reason]) return;
  await changeSubscriptionStatus(tx, ctx, invoice.subscriptionId, 'payment_failed', id);
  const asked = isSpent && asksForAnotherCard(reason) ? 'card_spent' : reason;
  await writeFirstMail(tx, ctx, invoice, id, asked, open === undefined ? null : timeZone);
}

/** An open invoice that will not be collected becomes void, and its recovery ends. The invoice must be locked by the caller. */
export async function giveUpInvoice(tx: Queryable, ctx: Context, invoice: Invoice, cause: string): Promise<void> {
  const [open] = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.id, invoice.id), eq(invoices.status, 'open')));
  if (open !== undefined) await changeInvoiceStatus(tx, ctx, 'void', { invoice: open, cause });
  await closeRecovery(tx, ctx, invoice.id, 'closed', cause);
}

// A session that is pending for a week is for staff to look at; an event about the token still frees it (product.md section 5.2, class W).
function pendingCheckAt(since: Date, now: Date): Date | null {
  return now.getTime() - since.getTime() >= ACCEPTED_LIMIT_MS ? null : nextPendingCheckAt(since, now);
}

/** Since when an invoice has had no other answer than that a session is pending: its case may be older, for another reason. */
async function pendingSince(tx: Queryable, ctx: Context, invoiceId: Id<'invoice'>): Promise<Date> {
  const [row] = await tx.execute<{ since: string | null }>(sql`
    select min(closed_at)::text as since from charge_attempts
    where invoice_id = ${invoiceId} and error_code = 'SessionPending' and number > coalesce((
      select max(number) from charge_attempts
      where invoice_id = ${invoiceId} and error_code is distinct from 'SessionPending'), 0)`);
  return row?.since ? new Date(row.since) : ctx.now;
}

/** Where the customer is, and what they chose for a failure; null where the subscription was paused or canceled. */
async function readIfWanted(
  tx: Queryable,
  subscriptionId: Id<'subscription'>,
): Promise<{ timeZone: string; failureChoice: FailureChoice } | null> {
  const [row] = await tx
    .select({
      status: subscriptions.status,
      timeZone: subscriptions.timeZone,
      failureChoice: subscriptions.failureChoice,
    })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId))
    .for('no key update');
  if (row === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  return row.status === 'paused' || row.status === 'canceled' ? null : row;
}

async function causeOf(tx: Queryable, attemptId: Id<'chargeAttempt'> | null): Promise<AttemptCause | null> {
  if (attemptId === null) return null;
  const [attempt] = await tx
    .select({ cause: chargeAttempts.cause })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.id, attemptId));
  return attempt?.cause ?? null;
}

function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : 'not an address';
}
