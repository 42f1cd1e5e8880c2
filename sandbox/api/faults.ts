import { isObject, json, type Reply } from '../http';
import type { ApiFault } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { answerKey, fingerprintOf, storeAnswer } from './idempotency';

const FOREIGN_URL = 'https://evil.example/steal';
// The address is the fault itself: a client must refuse to follow it.
const SCRIPT_URL = 'javascript:alert(document.domain)';

/** A call as the conditions of a fault see it. */
export interface FaultTarget extends ApiCall {
  operation: string;
  path: string;
}

/** Uses up one turn of the oldest fault whose conditions this call meets; null where none does. */
export function takeApiFault({ store }: World, target: FaultTarget): ApiFault | null {
  const fault = store.apiFaults.all().find((candidate) => matches(candidate.match, target));
  if (fault === undefined) return null;
  if (fault.times > 1) store.apiFaults.put({ ...fault, times: fault.times - 1 });
  else store.apiFaults.remove(fault.id);
  return fault;
}

/** The name of a fault in the ledger. */
export function faultName(fault: ApiFault | null): string | null {
  if (fault === null) return null;
  return typeof fault.fault === 'string' ? fault.fault : `answer ${fault.fault.status}`;
}

/** Answers a call the way its fault wants. `carryOut` does what the call asks; some faults never call it. */
export async function answerWithFault(fault: ApiFault, target: FaultTarget, carryOut: () => ApiAnswer): Promise<Reply> {
  const kind = fault.fault;
  if (typeof kind === 'object') return json(kind.status, kind.body);
  switch (kind) {
    case 'ServerError':
      return send(refuse(400, 'ServerError', 'There was an internal server error.'));
    case '500':
      return send(refuse(500, 'ServerError', 'There was an internal server error.'));
    case 'sticky500':
      return send(rememberFailure(target));
    case '429':
      return json(
        429,
        { error: 'TooManyRequests', message: 'Slow down.' },
        { 'retry-after': String(fault.retry_after_seconds) },
      );
    case 'hang':
      return hang(target.world, fault, carryOut);
    case 'reset_before':
      return { kind: 'reset' };
    case 'reset_after':
      return { kind: 'reset', ...afterSent(carryOut()) };
    case 'malformed':
      return malformed(carryOut());
    case 'foreign_redirect':
      return send(withRedirect(carryOut(), FOREIGN_URL));
    case 'javascript_redirect':
      return send(withRedirect(carryOut(), SCRIPT_URL));
  }
}

/** An answer as it goes out. */
export function send(answer: ApiAnswer): Reply {
  return { ...json(answer.status, answer.body), ...afterSent(answer) };
}

function afterSent({ afterSent }: ApiAnswer): Pick<Reply, 'afterSent'> {
  return afterSent === undefined ? {} : { afterSent };
}

/** 500 for this key, now and for ever: some providers store their failures too. */
function rememberFailure(target: FaultTarget): ApiAnswer {
  const failure = refuse(500, 'ServerError', 'There was an internal server error.');
  storeAnswer(target.world, answerKey(target, target.operation), fingerprintOf(target.body), failure);
  return failure;
}

async function hang(world: World, fault: ApiFault, carryOut: () => ApiAnswer): Promise<Reply> {
  const pause = () => new Promise<void>((resolve) => world.timers.after(fault.ms, resolve));
  if (fault.when === 'before') await pause();
  const answer = carryOut();
  if (fault.when === 'after') await pause();
  return send(answer);
}

/** A success whose JSON breaks off in the middle. */
function malformed(answer: ApiAnswer): Reply {
  const whole = JSON.stringify(answer.body ?? {});
  return {
    kind: 'send',
    status: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: whole.slice(0, Math.ceil(whole.length / 2)),
    ...afterSent(answer),
  };
}

function withRedirect(answer: ApiAnswer, url: string): ApiAnswer {
  if (!isObject(answer.body) || typeof answer.body.redirect_url !== 'string') return answer;
  return { ...answer, body: { ...answer.body, redirect_url: url } };
}

function matches(match: ApiFault['match'], { world, operation, path, id, body }: FaultTarget): boolean {
  const token = body.payment_token ?? id;
  const email = body.customer_email ?? world.store.tokens.get(String(token))?.customer_email ?? '';
  const metadata = typeof body.metadata === 'string' ? body.metadata : '';
  return (
    (match.operation === undefined || match.operation === operation) &&
    (match.path_prefix === undefined || path.startsWith(match.path_prefix)) &&
    (match.idempotency_key === undefined || match.idempotency_key === body.idempotency_key) &&
    (match.payment_token === undefined || match.payment_token === token) &&
    (match.email === undefined || match.email.toLowerCase() === String(email).toLowerCase()) &&
    (match.metadata === undefined || metadata.includes(match.metadata))
  );
}
