import { ATTEMPT_STATUSES, mayBecome } from '@/lib/core/charge';
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

/** The changes of a subscription's status that core allows, as a list of `(from, to)` pairs for SQL. */
export const SUBSCRIPTION_EDGES_SQL = edgeList(
  SUBSCRIPTION_STATUSES.flatMap((from) => EVENTS.map((event) => [from, nextStatus(from, event) ?? from])),
);

function edgeList(edges: string[][]): string {
  return `(${edges.map(([from, to]) => `('${from}', '${to}')`).join(', ')})`;
}
