import { API_KEY_HEADER, SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import type { Delivery, DeliveryAttempt, EmittedEvent } from '../records';
import type { Endpoint } from './endpoints';

/** How long an endpoint may take (ASSUMED, section 7.3). */
const TIMEOUT_MS = 10_000;

interface Sending {
  delivery: Delivery;
  event: EmittedEvent;
  endpoint: Endpoint;
  /** The instant that goes into the signature: each attempt has its own. */
  at: Date;
  /** A scripted loss: the request is written down and not sent. */
  lost: boolean;
  closing: AbortSignal;
}

/** Sends one request to one endpoint, signed or unsigned (sections 7.1, 7.2 and 7.5), and tells what came of it. Never throws. */
export async function sendOnce(
  sending: Sending,
): Promise<Pick<DeliveryAttempt, 'request' | 'status' | 'error' | 'ms'>> {
  const { endpoint } = sending;
  const body = bodyOf(sending);
  const headers = { 'content-type': 'application/json', 'user-agent': 'Truemed-Sandbox', ...authOf(sending, body) };
  // The secret of an unsigned delivery travels in clear, and stays out of the ledger.
  const shown = endpoint.signed ? headers : { ...headers, [API_KEY_HEADER]: '***' };
  const request = { headers: shown, body };
  if (sending.lost) return { request, status: null, error: 'Lost on purpose by a delivery fault.', ms: 0 };
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), sending.closing]),
    });
    await response.body?.cancel();
    return { request, status: response.status, error: null, ms: elapsed() };
  } catch (error) {
    return { request, status: null, error: reasonOf(error), ms: elapsed() };
  }
}

function bodyOf({ delivery, event, endpoint }: Sending): string {
  const { event_type, data } = event;
  return JSON.stringify(endpoint.signed ? { webhook_delivery_id: delivery.id, event_type, data } : data);
}

function authOf({ endpoint, at }: Sending, body: string): Record<string, string> {
  if (!endpoint.signed) return { [API_KEY_HEADER]: endpoint.secrets[0] ?? '' };
  const seconds = Math.floor(at.getTime() / 1000);
  return { [SIGNATURE_HEADER]: signatureHeader(endpoint.secrets, seconds, Buffer.from(body)) };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message || cause.name}` : error.message;
}
