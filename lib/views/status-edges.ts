import { ATTEMPT_STATUSES, INVOICE_STATUSES, mayBecome } from '@/lib/core/charge';
import { invoiceMayBecome } from '@/lib/core/invoice-status';
import { REFUND_STATUSES, refundMayBecome } from '@/lib/core/refund';
import { nextStatus, SUBSCRIPTION_STATUSES, type SubscriptionEvent } from '@/lib/core/subscription';

const EVENTS = [
  'payment_failed',
  'payment_recovered',
  'written_off',
  'paused',
  'resumed',
  'canceled',
  'reactivated',
  'trial_ended',
] as const satisfies readonly SubscriptionEvent[];

/** The changes of an attempt's status that core allows, as a list of `(from, to)` pairs for SQL. */
export const ATTEMPT_EDGES_SQL = edgeList(
  ATTEMPT_STATUSES.flatMap((from) => ATTEMPT_STATUSES.filter((to) => mayBecome(from, to)).map((to) => [from, to])),
);

/** The changes of an invoice's status that core allows, as a list of `(from, to)` pairs for SQL. */
export const INVOICE_EDGES_SQL = edgeList(
  INVOICE_STATUSES.flatMap((from) =>
    INVOICE_STATUSES.filter((to) => invoiceMayBecome(from, to)).map((to) => [from, to]),
  ),
);

/** The changes of a refund's status that core allows, as a list of `(from, to)` pairs for SQL. */
export const REFUND_EDGES_SQL = edgeList(
  REFUND_STATUSES.flatMap((from) => REFUND_STATUSES.filter((to) => refundMayBecome(from, to)).map((to) => [from, to])),
);

/** The changes of a subscription's status that core allows, as a list of `(from, to)` pairs for SQL. */
export const SUBSCRIPTION_EDGES_SQL = edgeList(
  SUBSCRIPTION_STATUSES.flatMap((from) => EVENTS.map((event) => [from, nextStatus(from, event) ?? from])),
);

function edgeList(edges: string[][]): string {
  return `(${edges.map(([from, to]) => `('${from}', '${to}')`).join(', ')})`;
}
