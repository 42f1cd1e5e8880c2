import { draw, readChaos } from '../chaos';
import { json, type Reply } from '../http';
import { magicOf } from '../magic-values';
import { settleAccepted } from '../model/sessions';
import { API_FAULTS, type ApiFault } from '../records';
import { takeTurn } from '../turns';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { emailOf, identityOf } from './call-identity';
import { answerKey, fingerprintOf, forgetAnswer, storeAnswer } from './idempotency';
import { breakOff, withExtraFields, withoutFields, withRedirect } from './spoiled-answers';

const FOREIGN_URL = 'https://evil.example/steal';
// The address is the fault itself: a client must refuse to follow it.
const SCRIPT_URL = 'javascript:alert(document.domain)';
const GATEWAY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** A call as the conditions of a fault see it. */
export interface FaultTarget extends ApiCall {
  operation: string;
  path: string;
}

/** What is done to one call. */
export type FaultToDo = Pick<ApiFault, 'fault' | 'ms' | 'when' | 'retry_after_seconds' | 'fields'> & {
  /** Which part of an answer chance has chosen, from 0 up to 1. */
  along?: number;
};

const BY_ITSELF: Omit<FaultToDo, 'fault'> = { ms: 30_000, when: 'after', retry_after_seconds: 1, fields: null };

/**
 * The fault that meets this call, which uses up one turn of it: the oldest scripted one whose conditions it meets, else
 * one of a tag in the customer's e-mail, else one by chance. Null for none.
 */
export function takeApiFault(target: FaultTarget): FaultToDo | null {
  return takeScripted(target) ?? takeTagged(target) ?? takeByChance(target);
}

/** The name of a fault in the ledger. */
export function faultName(fault: FaultToDo | null): string | null {
  if (fault === null) return null;
  return typeof fault.fault === 'string' ? fault.fault : `answer ${fault.fault.status}`;
}

/** Answers a call the way its fault wants. `carryOut` does what the call asks; some faults never call it. */
export async function answerWithFault(
  fault: FaultToDo,
  target: FaultTarget,
  carryOut: () => ApiAnswer,
): Promise<Reply> {
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
      return tooManyCalls(fault.retry_after_seconds);
    case 'IdempotencyViolation':
      return send(refuse(400, kind, 'This idempotency_key was used before with other request parameters.'));
    case 'forget_key':
      forgetAnswer(target, target.operation);
      return send(carryOut());
    case 'hang':
      return hang(target.world, fault, carryOut);
    case 'drip':
      return { ...send(carryOut()), dripMs: fault.ms };
    case 'reset_before':
      return { kind: 'reset' };
    case 'reset_after':
      return { kind: 'reset', ...afterSent(carryOut()) };
    case 'malformed':
      return breakOff(send(carryOut()));
    case 'not_json':
      return { kind: 'send', status: 502, headers: { 'content-type': 'text/html' }, body: GATEWAY_PAGE };
    case 'extra_fields':
      return send(withExtraFields(carryOut()));
    case 'missing_fields':
      return send(withoutFields(carryOut(), fault.fields, fault.along ?? 0));
    case 'foreign_redirect':
      return send(withRedirect(carryOut(), () => FOREIGN_URL));
    case 'http_redirect':
      return send(withRedirect(carryOut(), () => FOREIGN_URL.replace('https:', 'http:')));
    case 'javascript_redirect':
      return send(withRedirect(carryOut(), () => SCRIPT_URL));
    case 'webhook_first':
      return webhookFirst(target.world, carryOut());
  }
}

/** 429 with the time after which the client may come back. */
export function tooManyCalls(retryAfterSeconds: number): Reply {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return json(429, { error: 'TooManyRequests', message: 'Slow down.' }, headers);
}

/** An answer as it goes out. */
export function send(answer: ApiAnswer): Reply & { kind: 'send' } {
  return { ...json(answer.status, answer.body), ...afterSent(answer) };
}

function afterSent({ afterSent }: ApiAnswer): Pick<Reply, 'afterSent'> {
  return afterSent === undefined ? {} : { afterSent };
}

function takeScripted(target: FaultTarget): ApiFault | null {
  const { store } = target.world;
  const fault = store.apiFaults.all().find((candidate) => matches(candidate.match, target));
  if (fault === undefined) return null;
  if (fault.times > 1) store.apiFaults.put({ ...fault, times: fault.times - 1 });
  else store.apiFaults.remove(fault.id);
  return fault;
}

/** `server_error_once` and `timeout_after_charge`: each meets the first call with a key that reaches it. */
function takeTagged(target: FaultTarget): FaultToDo | null {
  const { world, operation, body } = target;
  const { idempotency_key: key } = body;
  const email = emailOf(target);
  if (typeof key !== 'string' || !email.includes('+')) return null;
  const isFirst = (tag: string) => takeTurn(world.store, 'tag', tag, operation, target.id, key) === 1;
  if (magicOf(email, 'server_error_once') !== null && isFirst('server_error_once')) {
    return { ...BY_ITSELF, fault: 'ServerError' };
  }
  const isCharge = operation === 'createPaymentSession' && typeof body.payment_token === 'string';
  if (isCharge && magicOf(email, 'timeout_after_charge') !== null && isFirst('timeout_after_charge')) {
    return { ...BY_ITSELF, fault: 'reset_after' };
  }
  return null;
}

/** One draw decides for a call, and stays the same whenever the run is repeated (chaos.ts). */
function takeByChance(target: FaultTarget): FaultToDo | null {
  const { store } = target.world;
  const chaos = readChaos(store);
  if (chaos === null || Object.keys(chaos.calls).length === 0) return null;
  const identity = identityOf(target);
  const ordinal = takeTurn(store, 'chaos', 'call', target.operation, identity);
  let left = draw(chaos.seed, 'call', target.operation, identity, ordinal);
  for (const fault of API_FAULTS) {
    left -= chaos.calls[fault] ?? 0;
    if (left >= 0) continue;
    const along = draw(chaos.seed, 'along', target.operation, identity, ordinal);
    return { ...BY_ITSELF, fault, ms: chaos.ms, along };
  }
  return null;
}

/** 500 for this key, now and for ever: some providers store their failures too. */
function rememberFailure(target: FaultTarget): ApiAnswer {
  const failure = refuse(500, 'ServerError', 'There was an internal server error.');
  storeAnswer(target.world, answerKey(target, target.operation), fingerprintOf(target.body), failure);
  return failure;
}

async function hang(world: World, fault: FaultToDo, carryOut: () => ApiAnswer): Promise<Reply> {
  const isOver = await (fault.when === 'before' ? world.timers.pause(fault.ms) : true);
  // A reset or the end of the sandbox came first: nobody is to be charged in the world after it.
  if (!isOver) return { kind: 'reset' };
  const answer = carryOut();
  if (fault.when === 'after') await world.timers.pause(fault.ms);
  return send(answer);
}

/** The events of a call arrive before its answer does: the endpoint is told inside the request. */
async function webhookFirst(world: World, answer: ApiAnswer): Promise<Reply> {
  const id = typeof answer.body === 'object' && answer.body !== null && 'id' in answer.body ? answer.body.id : '';
  const eventIds = settleAccepted(world, String(id));
  answer.afterSent?.();
  await Promise.all(eventIds.map((eventId) => world.webhooks.attemptsOf(eventId)));
  await world.webhooks.allAttempts();
  return send({ status: answer.status, body: answer.body });
}

function matches(match: ApiFault['match'], target: FaultTarget): boolean {
  const { operation, path, id, body } = target;
  const metadata = typeof body.metadata === 'string' ? body.metadata : '';
  return (
    (match.operation === undefined || match.operation === operation) &&
    (match.path_prefix === undefined || path.startsWith(match.path_prefix)) &&
    (match.idempotency_key === undefined || match.idempotency_key === body.idempotency_key) &&
    (match.payment_token === undefined || match.payment_token === (body.payment_token ?? id)) &&
    (match.email === undefined || match.email.toLowerCase() === emailOf(target)) &&
    (match.metadata === undefined || metadata.includes(match.metadata))
  );
}
