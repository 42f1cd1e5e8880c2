import type { DeliveryAttempt } from '../records';
import { shownRequest, type WebhookRequest } from './request';

/** How much of an answer's body is kept. */
const ANSWER_BYTES = 512;

/** What came of one request. */
export type Outcome = Pick<DeliveryAttempt, 'request' | 'status' | 'answer' | 'error' | 'ms'>;

/** Sends one request to an endpoint and tells what came of it. Never throws. */
export async function sendOnce(
  url: string,
  request: WebhookRequest,
  { timeoutMs, closing }: { timeoutMs: number; closing: AbortSignal },
): Promise<Outcome> {
  const shown = shownRequest(request);
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), closing]),
    });
    const answer = await firstBytes(response);
    return { request: shown, status: response.status, answer, error: null, ms: elapsed() };
  } catch (error) {
    return { request: shown, status: null, answer: '', error: reasonOf(error), ms: elapsed() };
  }
}

/** A request that is lost on purpose: written down and not sent. */
export function loseOnce(request: WebhookRequest): Outcome {
  const error = 'Lost on purpose by a delivery fault.';
  return { request: shownRequest(request), status: null, answer: '', error, ms: 0 };
}

/** The beginning of an answer; the status alone says what it means, so a body that breaks off does no harm. */
async function firstBytes(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    // What came until then is shown.
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message || cause.name}` : error.message;
}
