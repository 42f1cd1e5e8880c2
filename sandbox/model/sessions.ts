import type { SessionStatus } from '@/lib/truemed/schemas';
import { magicOf } from '../magic-values';
import type { PaymentSession, Settlement } from '../records';
import type { EmitMode } from '../webhooks/dispatcher';
import type { World } from '../world';
import { openDispute } from './disputes';
import { feeOf } from './fees';
import { amountsOf, chargeIdOf, itemAmounts, shownCards, takeFromCards } from './money';

/** Where a session may go from each status (section 5.6). What has no way out is terminal. */
export const NEXT_STATUSES: Record<SessionStatus, readonly SessionStatus[]> = {
  // An unattended charge is captured without being processed first (ASSUMED).
  pending: ['processing', 'captured', 'canceled'],
  // Canceled only where the switch `overdueReview` says so.
  processing: ['captured', 'rejected', 'authorized', 'canceled'],
  authorized: ['captured', 'authorization_voided', 'authorization_expired'],
  captured: [],
  rejected: [],
  canceled: [],
  authorization_voided: [],
  authorization_expired: [],
};

/**
 * The one place that changes a session's status: it writes the charge into the ledger when money is taken, all of it or
 * the part that is captured, and emits the session event (section 7.6). Returns the event's id. Throws on a step that the table does not have.
 */
export function moveSession(
  world: World,
  session: PaymentSession,
  status: SessionStatus,
  emit: EmitMode = 'send',
  captureAmount = session.total_amount,
): string {
  if (!NEXT_STATUSES[session.status].includes(status)) {
    throw new Error(`A session that is ${session.status} cannot become ${status}.`);
  }
  const at = world.clock.nowIso();
  const moved = world.store.sessions.put({
    ...session,
    status,
    settles_as: null,
    settles_at: null,
    authorized_on:
      status === 'captured' || status === 'authorized' ? (session.authorized_on ?? at) : session.authorized_on,
    captured_on: status === 'captured' ? at : session.captured_on,
    capture_amount: status === 'captured' ? captureAmount : null,
  });
  if (status === 'captured') takeMoney(world, moved, at);
  return world.webhooks.emit('payment_session.updated', sessionEventData(world, moved), emit).id;
}

/**
 * Brings a session to the outcome that was decided for it, by way of `processing` where the table or the switch asks for
 * it; a `processing` that is only passed through is told of where the switch says so. Returns the ids of the events: none
 * where the present status leaves no way to the outcome.
 */
export function settleSession(
  world: World,
  session: PaymentSession,
  outcome: Settlement,
  emit: EmitMode = 'send',
): string[] {
  const direct = NEXT_STATUSES[session.status].includes(outcome);
  const announces =
    session.status === 'pending' && outcome !== 'processing' && world.switches.values.renewalEmitsProcessing;
  if (direct && !announces) return [moveSession(world, session, outcome, emit)];
  if (session.status !== 'pending') return [];
  const announced = announces ? [moveSession(world, session, 'processing', emit)] : [];
  return [...announced, moveSession(world, { ...session, status: 'processing' }, outcome, emit)];
}

/**
 * Settles every accepted charge whose outcome is a moment away in real time: after a restart their timers are gone, and a
 * move of the clock goes past them.
 */
export function settleOverdueSessions(world: World): void {
  for (const session of world.store.sessions.find('settling', 'yes')) {
    if ((session.settles_at ?? null) === null) settleAccepted(world, session.id);
  }
}

/** Lets the outcome of an accepted charge wait for an instant on the clock; it may be processing until then. Returns the ids of the events. */
export function putOffOutcome(
  world: World,
  session: PaymentSession,
  outcome: Settlement,
  { settlesAt, isProcessing }: { settlesAt: string; isProcessing: boolean },
): string[] {
  const eventIds = isProcessing ? [moveSession(world, session, 'processing', 'hold')] : [];
  const waiting = world.store.sessions.get(session.id) ?? session;
  const settles_as = isProcessing && outcome === 'processing' ? null : outcome;
  world.store.sessions.put({ ...waiting, settles_as, settles_at: settles_as === null ? null : settlesAt });
  return eventIds;
}

/** Settles an accepted charge, unless it was cancelled or decided in the meantime. Returns the ids of the events. */
export function settleAccepted(world: World, sessionId: string, emit: EmitMode = 'send'): string[] {
  const session = world.store.sessions.get(sessionId);
  if (session === undefined || session.settles_as === null) return [];
  return settleSession(world, session, session.settles_as, emit);
}

/** Sets the hold on the cards of a checkout, from the moment at which the customer has paid (section 5.6). */
export function placeHold(world: World, session: PaymentSession): PaymentSession {
  if (session.total_amount === 0) return session;
  const ms = world.switches.values.holdDays * 86_400_000;
  const hold_expires_at = new Date(world.clock.now().getTime() + ms).toISOString();
  return world.store.sessions.put({ ...session, hold_expires_at });
}

/** The payload of the session event. Fields without a value are left out, as section 7.6 marks them not required. */
export function sessionEventData(world: World, session: PaymentSession): Record<string, unknown> {
  const amounts = amountsOf(world, session);
  const toCapture =
    session.kind === 'one_time_payment' && session.status === 'processing' ? session.total_amount : null;
  const capture_amount = amounts.captured ?? toCapture;
  return {
    [world.switches.values.sessionIdFieldInWebhook]: session.id,
    status: session.status,
    created_at: session.created_at,
    order_items: session.order_items.map((item) => {
      const { item_id, name, price, quantity, sku } = item;
      return { item_id, name, price, quantity, sku, ...itemAmounts(world, session, item, amounts) };
    }),
    ...(capture_amount === null ? {} : { capture_amount }),
    ...shownCards(world, session),
    ...(session.metadata === null ? {} : { metadata: session.metadata }),
    ...(session.payment_token === null ? {} : { payment_token: session.payment_token }),
  };
}

function takeMoney(world: World, session: PaymentSession, at: string): void {
  const amount = session.capture_amount ?? session.total_amount;
  // A free trial takes nothing.
  if (amount === 0) return;
  world.store.charges.put({
    id: chargeIdOf(session.id),
    session_id: session.id,
    status: 'captured',
    amount,
    payment_token: session.payment_token,
    customer_email: session.customer_email,
    metadata: session.metadata,
    idempotency_key: session.idempotency_key,
    truemed_fee: feeOf(world, amount),
    payment_methods: takeFromCards(session.payment_methods ?? [], amount, 'hsa_fsa'),
    at,
  });
  if (magicOf(session.customer_email, 'disputed') !== null) openDispute(world, session);
}
