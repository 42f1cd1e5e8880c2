import type { SessionStatus } from '@/lib/truemed/schemas';
import { moveSession } from '../model/sessions';
import type { PaymentSession } from '../records';
import { type ApiAnswer, type ApiCall, refuse } from './answers';

/** Retrieve payment session (section 3.2); 404 for an unknown id is ASSUMED. */
export function retrievePaymentSession({ world, id }: ApiCall): ApiAnswer {
  const session = world.store.sessions.get(id);
  if (session === undefined) return refuse(404, 'NotFound', 'This payment session does not exist.');
  return { status: 200, body: detailOf(session) };
}

/** Cancel payment session (section 3.6, its answers ASSUMED): for a session that nobody has paid yet. */
export function cancelPaymentSession({ world, id }: ApiCall): ApiAnswer {
  const session = world.store.sessions.get(id);
  if (session === undefined) return refuse(400, 'PaymentSessionDoesNotExist', 'This payment session does not exist.');
  if (session.status === 'captured')
    return refuse(400, 'SessionCaptured', 'This payment session was captured already.');
  if (session.status !== 'pending' && session.status !== 'canceled') {
    return refuse(400, 'SessionProcessing', 'Payment data was entered for this payment session already.');
  }
  if (session.status === 'pending') moveSession(world, session, 'canceled');
  return { status: 200, body: { id, status: 'canceled' } };
}

function detailOf(session: PaymentSession): Record<string, unknown> {
  const { id, status, kind, created_at, customer_email, customer_name, total_amount, amount_details } = session;
  const { order_items, metadata, payment_token, authorized_on, captured_on } = session;
  return {
    id,
    status,
    status_summary: summaryOf(status),
    kind,
    created_at,
    customer_email,
    customer_name,
    total_amount,
    amount_details,
    order_items,
    metadata,
    payment_token,
    authorized_on,
    captured_on,
    authorize_amount: authorized_on === null ? null : total_amount,
    capture_amount: captured_on === null ? null : total_amount,
    refunds: [],
  };
}

/** `status_summary` in the words that are documented for the API (section 3.2). */
function summaryOf(status: SessionStatus): string {
  if (status === 'captured') return 'Captured';
  return status === 'authorized' ? 'Authorized' : 'Incomplete';
}
