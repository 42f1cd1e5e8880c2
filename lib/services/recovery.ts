import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { nextPendingCheckAt, RECOVERY_REASONS, type RecoveryReason } from '@/lib/core/charge';
import { type Id, newId } from '@/lib/core/id';
import { isAllowedRedirect } from '@/lib/truemed/redirect';
import { audit } from './audit';
import { changeInvoiceStatus } from './invoice-status';
import { queueMail } from './queue-mail';
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

/**
 * An invoice could not be collected: opens its recovery case, or renews the one that is open, marks the subscription past
 * due where the customer has to act, and writes one mail for each case and reason. Where the subscription was paused or
 * canceled meanwhile the invoice is given up instead, and nobody is written to. A link that may not be followed is
 * kept out of the case; `/go/{id}` then asks Truemed for a new one.
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
  const { invoice, attemptId, reason } = failure;
  if (await isStopped(tx, invoice.subscriptionId)) return giveUpInvoice(tx, ctx, invoice, attemptId ?? invoice.id);
  const [open] = await tx
    .select()
    .from(recoveryCases)
    .where(and(eq(recoveryCases.invoiceId, invoice.id), eq(recoveryCases.status, 'open')))
    .for('update');
  const id = open?.id ?? newId('recoveryCase');
  const isAllowed =
    failure.redirectUrl !== null && isAllowedRedirect(failure.redirectUrl, ctx.env.truemed.redirectOrigins);
  const state = {
    reason,
    attemptId,
    redirectUrl:
      isAllowed && failure.redirectUrl !== null
        ? ctx.vault.seal(failure.redirectUrl, `recovery_cases.redirect_url:${id}`)
        : null,
    redirectIssuedAt: isAllowed ? ctx.now : null,
    retryAt: reason === 'session_pending' ? nextPendingCheckAt(open?.openedAt ?? ctx.now, ctx.now) : null,
    retryCause: reason === 'session_pending' ? ('recheck' as const) : null,
    leaseUntil: null,
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
  await writeToCustomer(tx, ctx, invoice, id, reason);
}

/** The invoice of an open case was paid, or is no longer wanted: the case ends, waits for nothing, and its queued mail is not sent. */
export async function closeRecovery(
  tx: Queryable,
  ctx: Context,
  invoiceId: Id<'invoice'>,
  status: 'recovered' | 'closed',
  cause: string,
): Promise<void> {
  const closed = await tx
    .update(recoveryCases)
    .set({ status, redirectUrl: null, retryAt: null, retryCause: null, leaseUntil: null, closedAt: ctx.now })
    .where(and(eq(recoveryCases.invoiceId, invoiceId), eq(recoveryCases.status, 'open')))
    .returning();
  for (const { id } of closed) await cancelMailOf(tx, id);
  await audit(
    tx,
    ctx,
    ...closed.map((row) => ({
      action: `recovery_case.${status}`,
      subject: row.id,
      customerId: row.customerId,
      cause,
      change: { reason: row.reason },
    })),
  );
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

async function cancelMailOf(tx: Queryable, caseId: Id<'recoveryCase'>): Promise<void> {
  await tx
    .update(outbox)
    .set({ status: 'canceled', dueAt: null, leaseUntil: null })
    .where(
      and(
        inArray(
          outbox.dedupeKey,
          RECOVERY_REASONS.map((reason) => mailKey(reason, caseId)),
        ),
        eq(outbox.status, 'queued'),
      ),
    );
}

function mailKey(reason: RecoveryReason, caseId: Id<'recoveryCase'>): string {
  return `${reason}:${caseId}`;
}

async function isStopped(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<boolean> {
  const [row] = await tx
    .select({ status: subscriptions.status })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId))
    .for('no key update');
  return row?.status === 'paused' || row?.status === 'canceled';
}

async function writeToCustomer(
  tx: Queryable,
  ctx: Context,
  invoice: Invoice,
  caseId: Id<'recoveryCase'>,
  reason: RecoveryReason,
): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, invoice.customerId));
  if (customer === undefined) throw new Error(`No customer ${invoice.customerId}.`);
  const isAction = reason === 'update_payment_method' || reason === 'take_health_survey';
  const common = { customerId: customer.id, to: customer.email, dedupeKey: mailKey(reason, caseId) };
  const facts = { name: customer.name, amountCents: invoice.totalCents, orderOn: invoice.periodStart };
  if (isAction) {
    const template = reason === 'take_health_survey' ? 'action_needed_health_survey' : 'action_needed_payment_method';
    await queueMail(tx, ctx, { ...common, template, facts: { ...facts, link: `${ctx.env.appUrl}/go/${caseId}` } });
  } else {
    const page = reason === 'token_gone' ? `go/${caseId}` : `account/subscriptions/${invoice.subscriptionId}`;
    const link = `${ctx.env.appUrl}/${page}`;
    await queueMail(tx, ctx, { ...common, template: 'payment_not_taken', facts: { ...facts, reason, link } });
  }
}

function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : 'not an address';
}
