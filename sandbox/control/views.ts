import type {
  CallSeen,
  Charge,
  Delivery,
  DeliveryAttempt,
  DisputeStep,
  EmittedEvent,
  HostedRequest,
  PaymentSession,
  PaymentToken,
  Refund,
} from '../records';
import type { World } from '../world';

/** What exists now, oldest first. */
export interface StateView {
  tokens: PaymentToken[];
  requests: HostedRequest[];
  sessions: PaymentSession[];
}

/** What happened, oldest first; nothing in it is ever changed, except that deliveries gain attempts. */
export interface LedgerView {
  charges: Charge[];
  refunds: Refund[];
  disputes: DisputeStep[];
  events: EmittedEvent[];
  deliveries: (Delivery & { log: DeliveryAttempt[] })[];
  requests: CallSeen[];
}

/** The state, of one e-mail where it is given. */
export function viewState({ store }: World, email: string | null): StateView {
  const isWanted = (record: { customer_email: string }) =>
    email === null || record.customer_email === email.toLowerCase();
  return {
    tokens: store.tokens.all().filter(isWanted),
    requests: store.requests.all().filter(isWanted),
    sessions: store.sessions.all().filter(isWanted),
  };
}

/** The whole ledger. */
export function viewLedger({ store }: World): LedgerView {
  return {
    charges: store.charges.all(),
    refunds: store.refunds.all(),
    disputes: store.disputes.all(),
    events: store.events.all(),
    deliveries: store.deliveries
      .all()
      .map((delivery) => ({ ...delivery, log: store.attempts.find('delivery', delivery.id) })),
    requests: store.calls.all(),
  };
}
