import type { z } from 'zod';
import { type PageAnswer, type PageQuery, readPage } from './pages';
import { PayoutReply, readTransactionKind, type TransactionKind, TransactionReply } from './reconciliation-schemas';
import { TRUEMED_PATHS } from './schemas';
import { type Call, withQuery } from './transport';

/** One movement of money as Truemed settles it (section 8). */
export interface Transaction {
  kind: TransactionKind | 'unknown';
  id: string | null;
  /** Null while it is in no payout. */
  payoutId: string | null;
  /** Integer cents; negative where money leaves the merchant, if Truemed writes it so (ASSUMED). */
  amountCents: number | null;
  paymentSessionId: string | null;
  refundId: string | null;
  createdAt: string | null;
}

/** One payout to the merchant's bank (section 8). */
export interface Payout {
  id: string;
  amountCents: number | null;
  /** As Truemed wrote it. */
  arrivalDate: string | null;
  status: string | null;
}

/** A range of days, both inclusive, `YYYY-MM-DD`. */
export interface DateRange extends PageQuery {
  startDate: string;
  endDate: string;
}

/** Which transactions to list. */
export interface TransactionQuery extends DateRange {
  payoutIds?: readonly string[];
  /** Whether what is in no payout yet is in the list too; Truemed says yes where nothing is asked. */
  includePendingPayouts?: boolean;
}

/** Reconciliation (section 8). */
export interface ReconciliationCalls {
  /** List reconciliation transactions, one page. */
  listTransactionPage(query: TransactionQuery): Promise<PageAnswer<Transaction>>;
  /** List reconciliation payouts, one page. */
  listPayoutPage(query: DateRange): Promise<PageAnswer<Payout>>;
}

/** The calls over a transport. */
export function reconciliationCalls(call: Call): ReconciliationCalls {
  const range = ({ startDate, endDate, page, pageSize }: DateRange) => ({
    start_date: startDate,
    end_date: endDate,
    page,
    page_size: pageSize,
  });
  return {
    listTransactionPage: async (query) =>
      readPage(
        await call(
          'GET',
          withQuery(TRUEMED_PATHS.listReconciliationTransactions, {
            ...range(query),
            payout_ids: query.payoutIds,
            include_pending_payouts: query.includePendingPayouts,
          }),
        ),
        ['transactions'],
        TransactionReply,
        readTransaction,
      ),
    listPayoutPage: async (query) =>
      readPage(
        await call('GET', withQuery(TRUEMED_PATHS.listReconciliationPayouts, range(query))),
        ['payouts'],
        PayoutReply,
        readPayout,
      ),
  };
}

function readTransaction(reply: z.infer<typeof TransactionReply>): Transaction {
  return {
    kind: readTransactionKind(reply.type),
    id: reply.transaction_id ?? reply.id ?? null,
    payoutId: reply.payout_id ?? null,
    amountCents: reply.amount ?? null,
    paymentSessionId: reply.payment_session_id ?? reply.payment_id ?? null,
    refundId: reply.refund_id ?? null,
    createdAt: reply.created_at ?? null,
  };
}

function readPayout(reply: z.infer<typeof PayoutReply>): Payout {
  return {
    id: reply.payout_id,
    amountCents: reply.amount ?? null,
    arrivalDate: reply.arrival_date ?? null,
    status: reply.status ?? null,
  };
}
