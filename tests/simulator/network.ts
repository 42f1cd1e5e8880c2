import { matchOperation } from '@/sandbox/api/operations';
import type { SandboxInProcess } from '@/sandbox/server';
import { InjectedFailure } from './database';
import type { CallFault, Faults } from './faults';
import { Actor, type Scheduler } from './scheduler';

/** The hosts of the simulated network. Each process of ours calls the provider by a name of its own, so it is known who calls. */
export const PROVIDER = 'provider.test';
export const RECEIVER_URL = 'http://receiver.test/api/webhooks/truemed';

export interface NetworkParts {
  sandbox: () => SandboxInProcess;
  scheduler: Scheduler;
  faults: Faults;
  /** The process behind `NAME.provider.test`. */
  actorOf(name: string): Actor;
  /** The web server's process, which may be another one by the time of the next delivery. */
  receiver(): { actor: Actor; answer(request: Request): Promise<Response> };
  /** Calls whose answer is on its way. */
  onTheWire: string[];
  /** Told of every call before and after it. */
  onCall(call: CallSeen): void;
  broken(invariant: string, detail: string): void;
  isProviderOut(): boolean;
  areAnswersLost(): boolean;
}

/** A call of ours to the provider: what was sent, and what came back to us. */
export interface CallSeen {
  actor: Actor;
  operation: string;
  body: string | null;
  phase: 'sent' | 'answered' | 'lost';
  status: number | null;
  answer: string;
}

/** A fetch that reaches the sandbox and our receiver without sockets, and lets the seed lose what it likes. */
export function openNetwork(parts: NetworkParts): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    const body = init?.body === undefined || init.body === null ? null : await bytesOf(init.body);
    const headers = Object.fromEntries(new Headers(init?.headers));
    if (url.host === new URL(RECEIVER_URL).host) return deliver(parts, url, headers, body);
    const [name = ''] = url.host.split(`.${PROVIDER}`);
    if (url.host === PROVIDER) return answerOf(await ask(parts, url, method, headers, body), url);
    if (!url.host.endsWith(`.${PROVIDER}`)) throw new TypeError(`There is no host ${url.host}.`);
    return call(parts, parts.actorOf(name), url, method, headers, body);
  };
}

async function call(
  parts: NetworkParts,
  actor: Actor,
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: Buffer | null,
): Promise<Response> {
  const { scheduler, faults, onTheWire } = parts;
  const operation = operationOf(method, url.pathname);
  if (actor.isInTransaction) {
    parts.broken('8', `${operation} was called inside a transaction`);
    throw new TypeError('fetch failed', { cause: new InjectedFailure('ECONNREFUSED') });
  }
  const seen = { actor, operation, body: body?.toString() ?? null };
  const fault = faultOf(parts, actor, operation);
  const reply = await scheduler.operate(actor, `call ${operation}`, async () => {
    if (fault === 'die before') return die(parts, actor, `before call ${operation}`);
    if (fault === 'lost before' || fault === 'timeout before') return null;
    parts.onCall({ ...seen, phase: 'sent', status: null, answer: '' });
    const answered = await ask(parts, url, method, headers, body);
    if (fault === 'die after') {
      parts.onCall({ ...seen, phase: 'lost', status: null, answer: '' });
      return die(parts, actor, `after call ${operation}`);
    }
    return answered;
  });
  faults.freezeOnTheWire(actor);
  onTheWire.push(operation);
  return scheduler.operate(actor, `answer ${operation}`, async () => {
    onTheWire.splice(onTheWire.indexOf(operation), 1);
    const isLost = reply === null || reply.kind === 'reset' || fault === 'lost after' || fault === 'timeout after';
    const sent = reply !== null && reply.kind === 'send' ? reply : null;
    parts.onCall({
      ...seen,
      phase: isLost ? 'lost' : 'answered',
      status: sent?.status ?? null,
      answer: sent === null ? '' : sent.body.toString(),
    });
    if (fault === 'timeout before' || fault === 'timeout after')
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    if (isLost || reply === null) throw new TypeError('fetch failed', { cause: new InjectedFailure('ECONNRESET') });
    return answerOf(reply, url);
  });
}

function faultOf(parts: NetworkParts, actor: Actor, operation: string): CallFault | null {
  if (parts.isProviderOut()) return 'lost before';
  if (parts.areAnswersLost() && operation === 'createPaymentSession') return 'lost after';
  return parts.faults.ofCall(actor, operation);
}

type Answer = Awaited<ReturnType<SandboxInProcess['answer']>>;

async function ask(
  parts: NetworkParts,
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: Buffer | null,
): Promise<Answer> {
  const { world, answer } = parts.sandbox();
  const reply = await answer({
    method,
    url: new URL(`http://${PROVIDER}${url.pathname}${url.search}`),
    headers,
    body: body ?? Buffer.alloc(0),
  });
  world.store.flush();
  reply.afterSent?.();
  return reply;
}

function answerOf(reply: Answer, url: URL): Response {
  if (reply.kind === 'reset') throw new TypeError('fetch failed');
  const text = reply.body.toString();
  const response = new Response(text === '' ? null : text, { status: reply.status, headers: reply.headers });
  Object.defineProperty(response, 'url', { value: url.href });
  return response;
}

async function die(parts: NetworkParts, actor: Actor, point: string): Promise<null> {
  parts.faults.died(actor, point);
  parts.scheduler.kill(actor);
  return null;
}

/** A delivery of the provider's: when it arrives is the seed's choice, and the receiver may die over it. */
async function deliver(
  parts: NetworkParts,
  url: URL,
  headers: Record<string, string>,
  body: Buffer | null,
): Promise<Response> {
  await parts.scheduler.operate(NETWORK, 'deliver', async () => {});
  if (parts.onTheWire.includes('createPaymentSession')) parts.faults.count('F15');
  if (parts.onTheWire.includes('retrievePaymentSession')) parts.faults.count('F38');
  const { actor, answer } = parts.receiver();
  const request = new Request(url, { method: 'POST', headers, body: body === null ? null : new Uint8Array(body) });
  return new Promise<Response>((resolve, reject) => {
    actor.whenDead(() => reject(new TypeError('other side closed')));
    answer(request).then(resolve, reject);
  });
}

/** Nobody's process: the wire. */
const NETWORK = new Actor('network');

async function bytesOf(body: NonNullable<RequestInit['body']>): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (body instanceof URLSearchParams) return Buffer.from(body.toString());
  throw new TypeError('The simulated network takes text and bytes.');
}

/** The name of an API call, as the sandbox has it. */
function operationOf(method: string, path: string): string {
  const found = matchOperation(method, path);
  return found.kind === 'found' ? found.operation.name : `${method} ${path}`;
}
