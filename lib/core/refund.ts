import { type Line, lineTotal } from './amounts';
import { LONGEST_RETRY_AFTER_MS, RESEND_AFTER_MS, type UnknownReason } from './charge';
import { unreachable } from './errors';
import type { Id } from './id';
import { cents, sumCents } from './money';

/** `planned`: stored, not sent yet. `unknown`: sent, and the answer was lost. The first three are open. */
export const REFUND_STATUSES = ['planned', 'sent', 'unknown', 'succeeded', 'failed'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Why money is given back, in Truemed's words (truemed-api.md section 3.7). */
export const REFUND_REASONS = ['customer_request', 'fraudulent', 'duplicate_payment'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** From `sent` back to `planned`: no call could go out. */
const REFUND_EDGES: Record<RefundStatus, readonly RefundStatus[]> = {
  planned: ['sent'],
  sent: ['planned', 'sent', 'unknown', 'succeeded', 'failed'],
  unknown: ['sent'],
  succeeded: [],
  failed: [],
};

/** Whether a refund may go from one status to another. */
export function refundMayBecome(from: RefundStatus, to: RefundStatus): boolean {
  return REFUND_EDGES[from].includes(to);
}

/** How a create-refund call may end, in our words. Only `unknown` leaves open whether money moved. */
export type RefundAnswer =
  | { kind: 'done'; refundId: string }
  | { kind: 'refused'; code: string }
  | { kind: 'idempotency_violation' }
  | { kind: 'unknown'; reason: UnknownReason; retryAfterSeconds: number | null };

/** What an answer means for a refund; `dueAt` says when the same bytes go out again, null: not by themselves. */
export interface RefundSettlement {
  status: RefundStatus;
  dueAt: Date | null;
  errorCode: string | null;
  truemedRefundId: string | null;
}

/**
 * Settles the answer to the `tries`-th sending. While the outcome is not known the same bytes are sent again, for two days,
 * as with charges; after that, and after an idempotency violation, it waits for a person. It never gets a new key.
 */
export function settleRefund(answer: RefundAnswer, tries: number, now: Date): RefundSettlement {
  const none = { dueAt: null, truemedRefundId: null };
  switch (answer.kind) {
    case 'done':
      return { ...none, status: 'succeeded', errorCode: null, truemedRefundId: answer.refundId };
    case 'refused':
      return { ...none, status: 'failed', errorCode: answer.code };
    case 'idempotency_violation':
      return { ...none, status: 'unknown', errorCode: 'IdempotencyViolation' };
    case 'unknown': {
      const wait = RESEND_AFTER_MS[tries - 1];
      const asked = Math.min((answer.retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
      const dueAt = wait === undefined ? null : new Date(now.getTime() + Math.max(wait, asked));
      return { ...none, status: 'unknown', dueAt, errorCode: answer.reason };
    }
    default:
      return unreachable(answer);
  }
}

/** A line of an invoice. */
export type InvoicedLine = Pick<Line, 'quantity' | 'unitPriceCents'> & { id: Id<'invoiceLine'> };

/** Pieces of a line. */
export interface Pieces {
  lineId: Id<'invoiceLine'>;
  quantity: number;
}

/** What pieces give back, line by line, or why they do not. */
export type PiecesRefund =
  | { ok: true; amountCents: number; lines: (Pieces & { amountCents: number })[] }
  | { ok: false; reason: 'no_such_item' | 'too_many_pieces' | 'nothing_left' };

/**
 * What giving pieces back is worth: their price, less their share of the discounts, and with their share of the tax, each
 * rounded half up on the running sum, so that all pieces together, in whatever portions, give back goods - discounts + tax
 * to the cent. Shipping is not given back with items. `earlier` are pieces that were given back before.
 */
export function refundOfPieces(
  lines: readonly InvoicedLine[],
  extras: { taxCents: number; discountCents: number },
  earlier: readonly Pieces[],
  picked: readonly Pieces[],
): PiecesRefund {
  const goodsCents = sumCents(lines.map(lineTotal));
  const piecesOf = (list: readonly Pieces[], id: Id<'invoiceLine'>) =>
    list.reduce((sum, { lineId, quantity }) => (lineId === id ? sum + quantity : sum), 0);
  const worth = (soFarCents: number) =>
    Math.max(
      0,
      soFarCents -
        shareOf(extras.discountCents, soFarCents, goodsCents) +
        shareOf(extras.taxCents, soFarCents, goodsCents),
    );
  let soFarCents: number = sumCents(lines.map((line) => piecesOf(earlier, line.id) * line.unitPriceCents));
  const parts: (Pieces & { amountCents: number })[] = [];
  for (const { lineId, quantity } of picked) {
    const line = lines.find(({ id }) => id === lineId);
    if (line === undefined || !Number.isSafeInteger(quantity) || quantity < 1)
      return { ok: false, reason: 'no_such_item' };
    if (piecesOf(earlier, lineId) + piecesOf(picked, lineId) > line.quantity)
      return { ok: false, reason: 'too_many_pieces' };
    const before = worth(soFarCents);
    soFarCents += quantity * line.unitPriceCents;
    parts.push({ lineId, quantity, amountCents: worth(soFarCents) - before });
  }
  const amountCents = sumCents(parts.map((part) => part.amountCents));
  return amountCents > 0 ? { ok: true, amountCents, lines: parts } : { ok: false, reason: 'nothing_left' };
}

function shareOf(amountCents: number, partCents: number, wholeCents: number): number {
  if (wholeCents === 0) return 0;
  const [amount, part, whole] = [BigInt(cents(amountCents)), BigInt(partCents), BigInt(wholeCents)];
  return Number((2n * amount * part + whole) / (2n * whole));
}
