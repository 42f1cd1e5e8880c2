import { z } from 'zod';

/**
 * Reconciliation on the wire (truemed-api.md section 8). Of a row only its `type` and `payout_id`, of a payout its id,
 * arrival date and amount are documented; the names of the others are ASSUMED, so each may be missing.
 */

const text = z.string().nullish().catch(null);
const cents = z.number().int().nullish();

/** One row: a charge, a refund, a fee of Truemed's, or a dispute. */
export const TransactionReply = z.looseObject({
  type: z.string(),
  payout_id: text,
  id: text,
  transaction_id: text,
  amount: cents,
  payment_id: text,
  payment_session_id: text,
  refund_id: text,
  created_at: text,
});

/** One payout to the merchant's bank. */
export const PayoutReply = z.looseObject({
  payout_id: z.string().min(1),
  amount: cents,
  arrival_date: text,
  status: text,
});

/** What a row is of; `unknown` for a word that we do not know. */
export const TRANSACTION_KINDS = ['charge', 'refund', 'fee', 'dispute'] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** Reads `type` of a row. The words of the guide are prose, so a fee goes by its longer names too. */
export function readTransactionKind(word: string): TransactionKind | 'unknown' {
  const plain = word.toLowerCase().replace(/^truemed[ _-]/, '');
  return TRANSACTION_KINDS.find((known) => known === plain) ?? 'unknown';
}
