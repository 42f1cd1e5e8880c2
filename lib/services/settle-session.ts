import { and, eq, inArray, isNull, ne } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { mayBecome, nextLookUpAt, OPEN_ATTEMPT_STATUSES, type SessionVerdict } from '@/lib/core/charge';
import { chargeDay } from '@/lib/core/charge-spacing';
import type { Id } from '@/lib/core/id';
import { namedCard } from '@/lib/core/payment-card';
import { type AttemptRow, changeAttemptStatus } from './attempt-status';
import { isCollecting } from './change-mail';
import { closeRecovery } from './close-recovery';
import { changeInvoiceStatus } from './invoice-status';
import { queueMail } from './queue-mail';
import { openRecovery } from './recovery';
import { spaceNextCharge } from './space-next-charge';
import { changeSubscriptionStatus } from './subscription-status';

type Invoice = typeof invoices.$inferSelect;

/**
 * Applies what Truemed says of an attempt's session, read by us: the one place where an invoice becomes paid. Money that was
 * taken is always believed, also late and after the attempt was closed. What says nothing new changes nothing, so
 * duplicates and any order are harmless. `goesBack`: whoever calls gives all of it back at once. Returns the effect in words
 * for staff.
 */
export async function settleSession(
  tx: Queryable,
  ctx: Context,
  attemptId: Id<'chargeAttempt'>,
  session: { id: string; verdict: SessionVerdict; status: string; goesBack?: boolean },
  cause: string,
): Promise<string> {
  const [attempt] = await tx.select().from(chargeAttempts).where(eq(chargeAttempts.id, attemptId)).for('update');
  if (attempt === undefined) throw new Error(`No attempt ${attemptId}.`);
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId)).for('update');
  if (invoice === undefined) throw new Error(`No invoice ${attempt.invoiceId}.`);
  const wanted = {
    captured: 'captured',
    rejected: 'rejected',
    canceled: 'abandoned',
    in_progress: 'accepted',
    unknown: 'accepted',
  } as const;
  const status = wanted[session.verdict];
  const isNews = attempt.status !== status && mayBecome(attempt.status, status);
  if (!isNews && session.verdict !== 'unknown') return keepLooking(tx, ctx, attempt, session);
  switch (session.verdict) {
    case 'captured':
      return settleCaptured(tx, ctx, attempt, invoice, session, cause);
    case 'rejected':
      await changeAttemptStatus(
        tx,
        ctx,
        attempt,
        'rejected',
        { paymentSessionId: session.id },
        invoice.customerId,
        cause,
      );
      await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'declined', redirectUrl: null });
      return 'The payment was rejected.';
    case 'canceled':
      await changeAttemptStatus(
        tx,
        ctx,
        attempt,
        'abandoned',
        { paymentSessionId: session.id },
        invoice.customerId,
        cause,
      );
      await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'declined', redirectUrl: null });
      return 'The payment session was canceled.';
    case 'in_progress':
      if (await hasOtherOpen(tx, attempt))
        return 'Another charge of the order is under way: this one counts once it is captured.';
      await changeAttemptStatus(
        tx,
        ctx,
        attempt,
        'accepted',
        {
          paymentSessionId: session.id,
          acceptedAt: attempt.acceptedAt ?? ctx.now,
          dueAt: nextLookUpAt(attempt.acceptedAt ?? ctx.now, ctx.now),
        },
        invoice.customerId,
        cause,
      );
      return `Truemed has the payment: ${session.status}.`;
    case 'unknown':
      await tx
        .update(chargeAttempts)
        .set({ errorCode: `session ${session.status}` })
        .where(eq(chargeAttempts.id, attempt.id));
      return `The session says ${session.status}, which means nothing to us: a person must read it.`;
  }
}

// One attempt of an invoice is open at a time. A session of an earlier one that goes on beside it is believed once it ends.
async function hasOtherOpen(tx: Queryable, { id, invoiceId }: AttemptRow): Promise<boolean> {
  const others = await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, invoiceId),
        ne(chargeAttempts.id, id),
        inArray(chargeAttempts.status, [...OPEN_ATTEMPT_STATUSES]),
      ),
    );
  return others.length > 0;
}

async function keepLooking(
  tx: Queryable,
  ctx: Context,
  attempt: AttemptRow,
  session: { verdict: SessionVerdict; status: string },
): Promise<string> {
  if (attempt.status === 'accepted' && session.verdict === 'in_progress') {
    const dueAt = nextLookUpAt(attempt.acceptedAt ?? ctx.now, ctx.now);
    await tx.update(chargeAttempts).set({ dueAt, leaseUntil: null }).where(eq(chargeAttempts.id, attempt.id));
  }
  return `Nothing new: ${attempt.status}.`;
}

async function settleCaptured(
  tx: Queryable,
  ctx: Context,
  attempt: AttemptRow,
  invoice: Invoice,
  session: { id: string; goesBack?: boolean },
  cause: string,
): Promise<string> {
  const [earlier] = await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, invoice.id),
        ne(chargeAttempts.id, attempt.id),
        eq(chargeAttempts.status, 'captured'),
        isNull(chargeAttempts.duplicateOf),
      ),
    );
  await changeAttemptStatus(
    tx,
    ctx,
    attempt,
    'captured',
    { paymentSessionId: session.id, errorCode: null, duplicateOf: earlier?.id ?? null },
    invoice.customerId,
    cause,
  );
  if (earlier !== undefined) return 'Captured a second time: kept as a duplicate, and given back.';
  await changeInvoiceStatus(tx, ctx, 'paid', { invoice, cause: attempt.id, goesBack: session.goesBack === true });
  const recovered = await closeRecovery(tx, ctx, invoice.id, 'recovered', attempt.id);
  if (recovered > 0) await spaceNextCharge(tx, ctx, invoice);
  // A late capture of an order that was given up takes no later one off hold.
  if (invoice.status === 'open' || !(await isCollecting(tx, invoice.subscriptionId)))
    await changeSubscriptionStatus(tx, ctx, invoice.subscriptionId, 'payment_recovered', attempt.id);
  await sendReceipt(tx, ctx, invoice);
  return 'Captured: the invoice is paid.';
}

async function sendReceipt(tx: Queryable, ctx: Context, invoice: Invoice): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, invoice.customerId));
  const [token] = await tx
    .select({ cards: paymentTokens.cards })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, invoice.customerId), eq(paymentTokens.status, 'live')));
  if (customer === undefined) throw new Error(`No customer ${invoice.customerId}.`);
  await queueMail(tx, ctx, {
    template: 'payment_received',
    dedupeKey: `payment_received:${invoice.id}`,
    customerId: customer.id,
    to: customer.email,
    facts: {
      name: customer.name,
      amountCents: invoice.totalCents,
      orderOn: invoice.periodStart,
      nextChargeOn: await nextChargeDay(tx, invoice.subscriptionId),
      card: namedCard(token?.cards ?? []),
      link: `${ctx.env.appUrl}/account/subscriptions/${invoice.subscriptionId}`,
    },
  });
}

// As it stands by now: the next order may have been skipped or moved while this one was on its way, or wait after a late payment.
async function nextChargeDay(tx: Queryable, subscriptionId: Id<'subscription'>): Promise<LocalDate | null> {
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId));
  if (row === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  const { status, cancelOn } = row;
  return status === 'paused' || status === 'canceled' || cancelOn !== null ? null : chargeDay(row);
}
