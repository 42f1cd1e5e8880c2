import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import { claimOne } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoiceLines, invoices } from '@/db/schema/billing';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import { AppError, notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { refundLimitCents, requireStaff, type StaffPrincipal } from '@/lib/core/principal';
import {
  type Pieces,
  type PiecesRefund,
  type RefundReason,
  type RefundStatus,
  refundOfPieces,
} from '@/lib/core/refund';
import type { SessionLine } from '@/lib/truemed/session-details';
import type { AttemptRow } from './attempt-status';
import { CALL_LEASE_SECONDS, callTruemed } from './call-truemed';
import { planRefund, type RefundRow, refundedOf } from './refund-status';
import { driveRefund } from './send-refund';

/** All that is left of the order, an amount, or pieces of its items. */
export type RefundWish =
  | { kind: 'full' }
  | { kind: 'amount'; amountCents: number }
  | { kind: 'items'; items: readonly Pieces[] };

/** What became of a refund; `unknown` is sent again by itself, and pays back once at most. */
export type RefundResult =
  | { ok: true; refundId: Id<'refund'>; amountCents: number; status: Exclude<RefundStatus, 'failed'> }
  | { ok: false; reason: RefundRefusal };

export type RefundRefusal =
  | 'not_paid'
  | 'changed_meanwhile'
  | 'over_refund'
  | 'above_role_limit'
  | 'disputed'
  | 'refused_by_truemed'
  | Extract<PiecesRefund, { ok: false }>['reason'];

/**
 * Staff give back money of a paid order: the intent is stored with its exact bytes, then sent at once on the tick's own
 * path. `leftCents` is what the page said could still be given back: where it is another by now nothing is, so a second
 * press gives nothing back. Throws `forbidden` without the role, `not_found` for an unknown invoice, `provider_unavailable`
 * where items are to be given back and Truemed does not tell how it names them.
 */
export async function refundInvoice(
  ctx: Context,
  input: { invoiceId: Id<'invoice'>; wish: RefundWish; reason: RefundReason; leftCents: number },
): Promise<RefundResult> {
  const staff = requireStaff(ctx.principal, 'refund');
  const items = input.wish.kind === 'items' ? await readItems(ctx, input.invoiceId) : [];
  const planned = await inTransaction(ctx.db, (tx) => plan(tx, ctx, staff, input, items));
  if ('reason' in planned) return { ok: false, reason: planned.reason };
  const claim = await claimOne(ctx.db, 'refunds', planned.refund.id, CALL_LEASE_SECONDS);
  if (claim !== null) await driveRefund(ctx, claim);
  const [refund = planned.refund] = await ctx.db.select().from(refunds).where(eq(refunds.id, planned.refund.id));
  const { id, amountCents, status, errorCode } = refund;
  if (status !== 'failed') return { ok: true, refundId: id, amountCents, status };
  return { ok: false, reason: errorCode === 'ChargeDisputed' ? 'disputed' : 'refused_by_truemed' };
}

async function plan(
  tx: Queryable,
  ctx: Context,
  staff: StaffPrincipal,
  input: { invoiceId: Id<'invoice'>; wish: RefundWish; reason: RefundReason; leftCents: number },
  items: readonly SessionLine[],
): Promise<{ refund: RefundRow } | { reason: RefundRefusal }> {
  // The attempt's row is the queue of those who give it back.
  const attempt = await capturedAttempt(tx, input.invoiceId, true);
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, input.invoiceId));
  if (invoice === undefined) throw notFound('This order');
  if (attempt === null || invoice.status !== 'paid') return { reason: 'not_paid' };
  const refundedCents = await refundedOf(tx, attempt.id);
  const leftCents = attempt.amountCents - refundedCents;
  if (leftCents <= 0) return { reason: 'nothing_left' };
  if (leftCents !== input.leftCents) return { reason: 'changed_meanwhile' };
  const wanted = await amountOf(tx, attempt, input.wish, leftCents);
  if (!wanted.ok) return { reason: wanted.reason };
  if (wanted.amountCents > leftCents) return { reason: 'over_refund' };
  const limit = refundLimitCents(staff.role);
  if (limit !== null && refundedCents + wanted.amountCents > limit) return { reason: 'above_role_limit' };
  const lines = await linesOfInvoice(tx, invoice.id);
  const refund = await planRefund(tx, ctx, attempt, invoice.customerId, {
    amountCents: wanted.amountCents,
    lines: wanted.lines,
    items: wanted.lines.flatMap(({ lineId, quantity, amountCents }) => {
      const line = lines.find(({ id }) => id === lineId);
      const item = line === undefined ? undefined : items[line.position];
      if (line === undefined || item?.itemId == null || item.sku !== line.sku || amountCents < 1) return [];
      // Truemed counts an item without its order's tax.
      return [{ itemId: item.itemId, quantity, amountCents: Math.min(amountCents, quantity * line.unitPriceCents) }];
    }),
    reason: input.reason,
    isAutomatic: false,
  });
  return { refund };
}

async function amountOf(
  tx: Queryable,
  attempt: AttemptRow,
  wish: RefundWish,
  leftCents: number,
): Promise<Extract<PiecesRefund, { ok: true }> | { ok: false; reason: RefundRefusal }> {
  if (wish.kind === 'full') return { ok: true, amountCents: leftCents, lines: [] };
  if (wish.kind === 'amount') {
    if (!Number.isSafeInteger(wish.amountCents) || wish.amountCents < 1) return { ok: false, reason: 'over_refund' };
    return { ok: true, amountCents: wish.amountCents, lines: [] };
  }
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId));
  if (invoice === undefined) throw new Error(`No invoice ${attempt.invoiceId}.`);
  const earlier = await tx
    .select({ lines: refunds.lines })
    .from(refunds)
    .where(and(eq(refunds.attemptId, attempt.id), ne(refunds.status, 'failed')));
  const lines = await linesOfInvoice(tx, attempt.invoiceId);
  return refundOfPieces(
    lines,
    invoice,
    earlier.flatMap((refund) => refund.lines),
    wish.items,
  );
}

function linesOfInvoice(tx: Queryable, invoiceId: Id<'invoice'>) {
  return tx
    .select()
    .from(invoiceLines)
    .where(eq(invoiceLines.invoiceId, invoiceId))
    .orderBy(asc(invoiceLines.position));
}

async function capturedAttempt(tx: Queryable, invoiceId: Id<'invoice'>, lock: boolean): Promise<AttemptRow | null> {
  const query = tx
    .select()
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, invoiceId),
        eq(chargeAttempts.status, 'captured'),
        isNull(chargeAttempts.duplicateOf),
      ),
    );
  const [attempt] = lock ? await query.for('update') : await query;
  return attempt ?? null;
}

/** The items of an order as Truemed names them. */
async function readItems(ctx: Context, invoiceId: Id<'invoice'>): Promise<SessionLine[]> {
  const attempt = await capturedAttempt(ctx.db, invoiceId, false);
  const sessionId = attempt?.paymentSessionId ?? null;
  if (sessionId === null) return [];
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind !== 'found')
    throw new AppError('provider_unavailable', 'The payment session could not be read.', { retryable: true });
  return found.value.items;
}
