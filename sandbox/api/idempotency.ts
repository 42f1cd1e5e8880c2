import { hash } from 'node:crypto';
import { isObject } from '../http';
import type { StoredAnswer } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';

/**
 * Answers a call once for each key (section 1.2): the same body gets the stored answer again, another body
 * `IdempotencyViolation`, or the code that the endpoint has for it. Keys are kept for ever, or for their lifetime where the switch gives them one; after it they
 * count as new. `ServerError` is never stored.
 */
export function answerOnce(
  call: ApiCall,
  operation: string,
  answer: () => ApiAnswer,
  violation = 'IdempotencyViolation',
): ApiAnswer {
  const { world } = call;
  const key = answerKey(call, operation);
  const fingerprint = fingerprintOf(call.body);
  const stored = world.store.answers.get(key);
  if (stored !== undefined && !isOver(world, stored)) {
    if (stored.fingerprint === fingerprint) return { status: stored.status, body: stored.body };
    return refuse(400, violation, 'This idempotency_key was used before with other request parameters.');
  }
  const fresh = answer();
  if (!isServerError(fresh)) storeAnswer(world, key, fingerprint, fresh);
  return fresh;
}

/** Makes an answer the only one that a key ever gets. */
export function storeAnswer(world: World, key: string, fingerprint: string, { status, body }: ApiAnswer): void {
  world.store.answers.put({ scope: key, fingerprint, status, body, at: world.clock.nowIso() });
}

/** Makes the key of a call a new one, as a provider does that no longer has it. */
export function forgetAnswer(call: ApiCall, operation: string): void {
  call.world.store.answers.remove(answerKey(call, operation));
}

function isOver(world: World, stored: StoredAnswer): boolean {
  const { idempotencyKeyLifetimeHours: hours } = world.switches.values;
  return hours !== null && world.clock.now().getTime() >= Date.parse(stored.at) + hours * 3_600_000;
}

/** Under what an answer is stored: keys are unique within one operation, and within one object where its path names one. */
export function answerKey(call: Pick<ApiCall, 'id' | 'body'>, operation: string): string {
  // A refund names its object in the body; in any other body the name means nothing.
  const object = operation === 'createRefund' ? String(call.body.payment_id ?? '') : call.id;
  return [operation, object, String(call.body.idempotency_key)].join(' ');
}

/** The same for bodies that differ only in their key or in the order of their fields. */
export function fingerprintOf(body: Record<string, unknown>): string {
  const { idempotency_key: _, ...rest } = body;
  return hash('sha256', canonicalJson(rest));
}

/** JSON with the fields of every object in the order of their names. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  let fields = '';
  for (const name of Object.keys(value).sort()) {
    fields += `${fields === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(value[name])}`;
  }
  return `{${fields}}`;
}

function isServerError(answer: ApiAnswer): boolean {
  return isObject(answer.body) && answer.body.error === 'ServerError';
}
