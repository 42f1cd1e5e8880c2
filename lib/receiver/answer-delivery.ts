import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '@/lib/context';
import { withDeadline } from '@/lib/deadline';
import { receiveWebhook, type SentHeaders } from '@/lib/services/receive-webhook';
import { type BodyLimits, type BodyRead, readBody, readIncoming } from './read-body';

/** The path of the receiver (contract.md). */
export const RECEIVER_PATH = '/api/webhooks/truemed';

/** 65,536 bytes (contract.md), within ten seconds. */
const LIMITS: BodyLimits = { maxBytes: 65_536, timeoutMs: 10_000 };
/** Truemed gives up a delivery after some ten seconds (truemed-api.md section 7.3); it must hear 503 before. */
const STORE_WITHIN_MS = 8_000;
const TRY_AGAIN_AFTER_SECONDS = '10';

/** What became of one delivery: the answer, and the word for the log. `reason` never repeats what was sent. */
interface Outcome {
  status: 204 | 400 | 401 | 408 | 413 | 503;
  outcome: string;
  reason?: string;
  error?: unknown;
}

/** One delivery, however it came in. */
interface Delivery {
  headers: SentHeaders;
  read(): Promise<BodyRead>;
}

/**
 * Answers one delivery as contract.md says: 204 only when it is stored, or known already. `openContext` gives the receiver's
 * context; whatever fails in it or in storing is 503, and Truemed delivers again.
 */
export async function answerDelivery(
  request: Request,
  openContext: () => Promise<Context>,
  log: Context['log'],
  limits: BodyLimits = LIMITS,
): Promise<Response> {
  const { headers } = request;
  const status = await take({ headers, read: () => readBody(request, limits) }, openContext, log);
  return new Response(null, { status, headers: headersFor(status) });
}

/** The same for a delivery that comes to a plain HTTP server of Node's. */
export async function answerIncoming(
  incoming: IncomingMessage,
  response: ServerResponse,
  openContext: () => Promise<Context>,
  log: Context['log'],
  limits: BodyLimits = LIMITS,
): Promise<void> {
  const headers = { get: (name: string) => incoming.headers[name]?.toString() ?? null };
  const status = await take({ headers, read: () => readIncoming(incoming, limits) }, openContext, log);
  response.writeHead(status, headersFor(status)).end();
}

async function take(
  delivery: Delivery,
  openContext: () => Promise<Context>,
  log: Context['log'],
): Promise<Outcome['status']> {
  const startedAt = performance.now();
  const { status, ...result } = await store(delivery, openContext);
  const line = { event: 'webhook.received', status, ms: Math.round(performance.now() - startedAt), ...result };
  if (status === 503) log.error(line);
  else if (status === 204) log.info(line);
  else log.warn(line);
  return status;
}

async function store({ headers, read }: Delivery, openContext: () => Promise<Context>): Promise<Outcome> {
  const body = await read();
  if (body.kind === 'too_large') return { status: 413, outcome: 'too_large' };
  if (body.kind === 'incomplete') return { status: 408, outcome: 'incomplete', error: body.error };
  try {
    const receive = async () => receiveWebhook(await openContext(), { headers, body: body.bytes });
    const receipt = await withDeadline(STORE_WITHIN_MS, receive());
    if (receipt.kind === 'unauthorized') return { status: 401, outcome: receipt.kind, reason: receipt.reason };
    return { status: receipt.kind === 'not_an_envelope' ? 400 : 204, outcome: receipt.kind };
  } catch (error) {
    return { status: 503, outcome: 'not_stored', error };
  }
}

/** Every refused method, OPTIONS too: there is nothing here for a browser. */
export function refuseMethod(): Response {
  return new Response(null, { status: 405, headers: { allow: 'POST', 'cache-control': 'no-store' } });
}

function headersFor(status: Outcome['status']): Record<string, string> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (status === 503) headers['retry-after'] = TRY_AGAIN_AFTER_SECONDS;
  // What is left of a refused body is not waited for.
  if (status === 413 || status === 408) headers.connection = 'close';
  return headers;
}
