import { API_KEY_HEADER, isKnownSecret } from '@/lib/truemed/signature';
import { errorReply, type HttpRequest, isObject, type Reply, readJsonObject } from '../http';
import { newUuid } from '../ids';
import type { CallSeen } from '../records';
import type { World } from '../world';
import { type ApiAnswer, refuse } from './answers';
import {
  answerWithFault,
  type FaultTarget,
  type FaultToDo,
  faultName,
  send,
  takeApiFault,
  tooManyCalls,
} from './faults';
import { type Match, matchOperation, type Operation } from './operations';

/** Answers a call of Truemed's API and writes it into the ledger: path, method, key, JSON, then the operation itself. */
export async function handleApi(world: World, request: HttpRequest): Promise<Reply> {
  const start = performance.now();
  const match = matchOperation(request.method, request.url.pathname);
  const prepared = prepare(world, request, match);
  const fault = prepared.ok ? takeApiFault(prepared.target) : null;
  const reply = await answer(prepared, fault);
  const id = newUuid();
  world.recentCalls.keep(id, request.body, reply);
  world.store.calls.put({
    id,
    at: world.clock.nowIso(),
    method: request.method,
    path: request.url.pathname + request.url.search,
    operation: match.kind === 'found' ? match.operation.name : null,
    idempotency_key: prepared.ok ? textOrNull(prepared.target.body.idempotency_key) : null,
    ...describeReply(reply),
    fault: faultName(fault),
    ms: Math.round(performance.now() - start),
  });
  return reply;
}

type Prepared = { ok: true; target: FaultTarget; operation: Operation } | { ok: false; reply: Reply };

function prepare(world: World, request: HttpRequest, match: Match): Prepared {
  const path = request.url.pathname;
  if (match.kind === 'unknown')
    return { ok: false, reply: errorReply(404, 'NotFound', `There is nothing at ${path}.`) };
  if (match.kind === 'wrong_method') {
    const allow = match.allowed.join(', ');
    return { ok: false, reply: errorReply(405, 'MethodNotAllowed', `${path} answers ${allow} only.`, { allow }) };
  }
  const key = request.headers[API_KEY_HEADER];
  if (typeof key !== 'string' || !isKnownSecret(key, [world.apiKey])) {
    const message = `The ${API_KEY_HEADER} header is missing or not a key of this environment.`;
    return { ok: false, reply: errorReply(401, 'Unauthorized', message) };
  }
  if (request.body === null) return { ok: false, reply: errorReply(413, 'PayloadTooLarge', 'The body is too large.') };
  const body = readJsonObject(request.body);
  if (!world.limit.take(world.switches.values.maxCallsPerSecond)) return { ok: false, reply: tooManyCalls(1) };
  const { operation, id } = match;
  if (body === null) {
    return {
      ok: false,
      reply: errorReply(400, operation.codes.invalid, 'The body must be a JSON object of at most 100 levels.'),
    };
  }
  return {
    ok: true,
    operation,
    target: { world, operation: operation.name, path, id, query: request.url.searchParams, body },
  };
}

async function answer(prepared: Prepared, fault: FaultToDo | null): Promise<Reply> {
  if (!prepared.ok) return prepared.reply;
  const { target } = prepared;
  return fault === null ? send(carryOut(prepared)) : answerWithFault(fault, target, () => carryOut(prepared));
}

function carryOut({ operation, target }: Extract<Prepared, { ok: true }>): ApiAnswer {
  return (
    operation.answer?.(target) ?? refuse(501, 'NotImplemented', `The sandbox does not have ${operation.name} yet.`)
  );
}

function describeReply(reply: Reply): Pick<CallSeen, 'status' | 'error'> {
  if (reply.kind === 'reset') return { status: null, error: null };
  if (reply.status < 400) return { status: reply.status, error: null };
  const body = readJsonObject(Buffer.from(reply.body));
  return { status: reply.status, error: isObject(body) ? textOrNull(body.error) : null };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
