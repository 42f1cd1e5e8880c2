import { amountsOf } from '../model/money';
import { moveSession } from '../model/sessions';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { sessionFields, sessionItems, sessionRefunds } from './session-detail';

/** Retrieve payment session (section 3.2); 404 for an unknown id is ASSUMED. */
export function retrievePaymentSession({ world, id }: ApiCall): ApiAnswer {
  const session = world.store.sessions.get(id);
  if (session === undefined) return refuse(404, 'NotFound', 'This payment session does not exist.');
  const amounts = amountsOf(world, session);
  return {
    status: 200,
    body: {
      ...sessionFields(world, session, amounts),
      order_items: sessionItems(world, session, amounts),
      refund_amount: amounts.refunded,
      refunds: sessionRefunds(world, session),
    },
  };
}

/** Cancel payment session (section 3.6, its answers ASSUMED): for a session that nobody has paid yet. */
export function cancelPaymentSession({ world, id }: ApiCall): ApiAnswer {
  const session = world.store.sessions.get(id);
  if (session === undefined) return unknownSession();
  if (session.status === 'captured')
    return refuse(400, 'SessionCaptured', 'This payment session was captured already.');
  if (session.status !== 'pending' && session.status !== 'canceled') {
    return refuse(400, 'SessionProcessing', 'Payment data was entered for this payment session already.');
  }
  if (session.status === 'pending') moveSession(world, session, 'canceled');
  return { status: 200, body: { id, status: 'canceled' } };
}

/** What capture, void and cancel answer for an id that they do not know (sections 3.4 to 3.6). */
export function unknownSession(): ApiAnswer {
  return refuse(400, 'PaymentSessionDoesNotExist', 'This payment session does not exist.');
}
