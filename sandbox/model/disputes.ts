import { newUuid } from '../ids';
import type { DisputeStep, PaymentSession } from '../records';
import type { World } from '../world';
import { amountsOf, disputeOf } from './money';

/** Lets the customer's bank dispute all that is left of a captured session. Null where nothing is, or a dispute is open. */
export function openDispute(world: World, session: PaymentSession): DisputeStep | null {
  const { refundable } = amountsOf(world, session);
  if (refundable === null || refundable === 0 || disputeOf(world, session) === 'opened') return null;
  return step(world, session, 'opened', refundable);
}

/** Settles an open dispute: for the merchant, or for the customer, who then has the money back. Null where none is open. */
export function settleDispute(world: World, session: PaymentSession, state: 'won' | 'lost'): DisputeStep | null {
  const last = world.store.disputes.find('session', session.id).at(-1);
  return last?.state === 'opened' ? step(world, session, state, last.amount) : null;
}

function step(world: World, session: PaymentSession, state: DisputeStep['state'], amount: number): DisputeStep {
  const { id: session_id, customer_email } = session;
  return world.store.disputes.put({
    id: newUuid(),
    session_id,
    state,
    amount,
    customer_email,
    at: world.clock.nowIso(),
  });
}
