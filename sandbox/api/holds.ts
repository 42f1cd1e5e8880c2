import { z } from 'zod';
import { uuidOf } from '../ids';
import { canRenewHold, isHoldOver } from '../model/holds';
import { chargeIdOf } from '../model/money';
import { moveSession } from '../model/sessions';
import type { PaymentSession } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Id, readFields, TOKEN_CODES } from './fields';
import { answerOnce } from './idempotency';
import { unknownSession } from './payment-sessions';

/** The items of a capture are unread in the documents; their shape is ASSUMED to be that of a refund. */
const CaptureBody = z.looseObject({
  total_amount: z.number().int(),
  idempotency_key: Id,
  item_details: z.array(z.looseObject({ amount: z.number().int().nullish() })).nullish(),
});
const VoidBody = z.looseObject({ idempotency_key: Id });

/** Capture (section 3.4): the whole hold or a part of it, once; what is not captured is released. */
export function capturePaymentSession(call: ApiCall): ApiAnswer {
  const fields = readFields(call.body, CaptureBody, ['total_amount', 'idempotency_key'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  return answerOnce(call, 'capturePaymentSession', () => {
    const session = call.world.store.sessions.get(call.id);
    return session === undefined ? unknownSession() : capture(call.world, session, fields.value);
  });
}

/** Void (section 3.5): releases a hold. */
export function voidPaymentSession(call: ApiCall): ApiAnswer {
  const fields = readFields(call.body, VoidBody, ['idempotency_key'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  return answerOnce(call, 'voidPaymentSession', () => {
    const session = call.world.store.sessions.get(call.id);
    return session === undefined ? unknownSession() : release(call.world, session);
  });
}

function capture(world: World, session: PaymentSession, input: z.infer<typeof CaptureBody>): ApiAnswer {
  if (session.status !== 'authorized') return refuseCapture(world, session);
  const { total_amount: amount } = input;
  const items = (input.item_details ?? []).reduce((sum, item) => sum + (item.amount ?? 0), 0);
  if (amount <= 0) return refuse(400, 'TotalAmountInvalid', 'total_amount must be more than 0.');
  if (amount > session.total_amount) {
    return refuse(400, 'TotalAmountInvalid', `total_amount is ${amount}, but the hold is ${session.total_amount}.`);
  }
  if (amount < items) {
    return refuse(400, 'TotalAmountInvalid', `total_amount is ${amount}, but its items add up to ${items}.`);
  }
  if (isHoldOver(world, session) && !canRenewHold(world, session)) {
    const eventId = moveSession(world, session, 'authorization_expired', 'hold');
    const answer = refuse(400, 'SessionExpired', 'The hold has expired, and the card could not be charged again.');
    return { ...answer, afterSent: () => world.webhooks.release([eventId]) };
  }
  const eventId = moveSession(world, session, 'captured', 'hold', amount);
  return {
    status: 200,
    body: { id: chargeIdOf(session.id), payment_session_id: session.id, capture_amount: amount },
    afterSent: () => world.webhooks.release([eventId]),
  };
}

function refuseCapture(world: World, { status }: PaymentSession): ApiAnswer {
  switch (status) {
    case 'captured':
      return refuse(400, 'SessionCaptured', 'This payment session was captured already.');
    case 'authorization_voided':
      return refuse(400, 'SessionVoided', 'The hold of this payment session was voided.');
    case 'authorization_expired':
      return refuse(400, 'SessionExpired', 'The hold has expired, and the card could not be charged again.');
    case 'canceled':
    case 'rejected':
      return refuse(400, world.switches.values.endedSessionError, `This payment session was ${status}.`);
    default:
      return refuse(400, 'SessionPending', 'The customer has not been through the checkout yet.');
  }
}

function release(world: World, session: PaymentSession): ApiAnswer {
  const { voidAfterCapture, voidAgainError, endedSessionError } = world.switches.values;
  if (session.kind !== 'authorization' && !(session.status === 'captured' && voidAfterCapture === 'SessionCaptured')) {
    return refuse(400, 'ImmediateCapture', 'This payment session was not created with kind=authorization.');
  }
  switch (session.status) {
    case 'authorized': {
      const eventId = moveSession(world, session, 'authorization_voided', 'hold');
      return {
        status: 200,
        body: { id: uuidOf('void', session.id) },
        afterSent: () => world.webhooks.release([eventId]),
      };
    }
    case 'captured':
      return refuse(400, 'SessionCaptured', 'This payment session was captured; refund it instead.');
    case 'authorization_voided':
      return refuse(400, voidAgainError, 'The hold of this payment session was voided already.');
    case 'authorization_expired':
      return refuse(400, 'SessionExpired', 'The hold of this payment session has expired.');
    case 'canceled':
    case 'rejected':
      return refuse(400, endedSessionError, `This payment session was ${session.status}.`);
    default:
      return refuse(400, 'SessionPending', 'There is no hold yet.');
  }
}
