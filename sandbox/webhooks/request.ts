import { API_KEY_HEADER, SIGNATURE_HEADER } from '@/lib/truemed/signature';
import { uuidOf } from '../ids';
import type { Delivery, DeliveryAttempt, EmittedEvent } from '../records';
import type { SwitchValues } from '../switches';
import type { AttemptFault } from './delivery-faults';
import type { Endpoint } from './endpoints';
import { signatureHeaderOf } from './signing';

/** More than any endpoint should take. */
const OVERSIZED_BYTES = 2 * 1_048_576;
const WRONG_SECRET = 'not-the-secret-of-this-endpoint';
const SHOWN_BYTES = 100_000;

/** One request as it goes out. */
export interface WebhookRequest {
  headers: Record<string, string>;
  body: string;
}

/** What a request is made of. */
export interface RequestParts {
  delivery: Pick<Delivery, 'id'>;
  event: EmittedEvent;
  endpoint: Endpoint;
  /** The instant that goes into the signature: each attempt has its own. */
  at: Date;
  fault: AttemptFault | null;
  switches: SwitchValues;
}

/** Writes the request for an attempt, signed or unsigned (sections 7.1, 7.2 and 7.5), with what is to be wrong with it. */
export function writeRequest(parts: RequestParts): WebhookRequest {
  const { endpoint, fault, switches } = parts;
  const signed = endpoint.signed && switches.signedWebhooks && fault?.kind !== 'unsigned';
  const body = beforeSigning(bodyOf(parts, signed), parts);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Truemed-Sandbox',
    ...(signed ? signatureOf(parts, body) : { [API_KEY_HEADER]: secretOf(parts) }),
  };
  return { headers, body: afterSigning(body, parts) };
}

/** The request as the ledger shows it: without the secret of an unsigned one, which travels in clear, and of bounded length. */
export function shownRequest({ headers, body }: WebhookRequest): WebhookRequest {
  return {
    headers: API_KEY_HEADER in headers ? { ...headers, [API_KEY_HEADER]: '***' } : headers,
    body: body.length > SHOWN_BYTES ? `${body.slice(0, SHOWN_BYTES)}… (${body.length} characters)` : body,
  };
}

/** Whether a request of the ledger can be sent again as it was. */
export function isWhole({ headers, body }: DeliveryAttempt['request']): boolean {
  return headers[API_KEY_HEADER] === undefined && body.length <= SHOWN_BYTES;
}

function bodyOf({ delivery, event, switches }: RequestParts, signed: boolean): string {
  const { event_type: type, data } = event;
  if (!signed) return JSON.stringify(data);
  const webhook_delivery_id = switches.deliveryIdPerEndpoint ? delivery.id : uuidOf('event', event.id);
  const event_type = nameOf(type, switches);
  // The payload of an eligibility event is an envelope of its own (section 7.9).
  const isEnvelope = data.event_type === type && data.data !== undefined && !switches.catalogEventNested;
  return JSON.stringify({ webhook_delivery_id, ...(isEnvelope ? data : { event_type, data }) });
}

/** The two names that are not documented, as the switches have them (section 7.4). */
function nameOf(type: string, switches: SwitchValues): string {
  if (type === 'payment_token.updated') return switches.tokenEventName;
  return type === 'qualification_session.updated' ? switches.qualificationEventName : type;
}

function signatureOf(parts: RequestParts, body: string): Record<string, string> {
  const { endpoint, event, at, fault, switches } = parts;
  const secrets = fault?.kind === 'wrong_signature' ? [WRONG_SECRET] : endpoint.secrets;
  const isOriginal = !switches.freshRetryTimestamp || fault?.kind === 'original_timestamp';
  const instant = isOriginal ? Date.parse(event.at) : at.getTime();
  const age = fault?.kind === 'stale' ? fault.ageSeconds : 0;
  const seconds = Math.max(0, Math.floor(instant / 1000) - age);
  return { [SIGNATURE_HEADER]: signatureHeaderOf(secrets, seconds, body, switches) };
}

function secretOf({ endpoint, fault }: RequestParts): string {
  return fault?.kind === 'wrong_signature' ? WRONG_SECRET : (endpoint.secrets[0] ?? '');
}

/** `truncate` and `oversized` are signed as they are, so that they get past the signature. */
function beforeSigning(body: string, { fault }: RequestParts): string {
  if (fault?.kind === 'truncate') return body.slice(0, Math.ceil(body.length / 2));
  if (fault?.kind !== 'oversized') return body;
  return `${body.slice(0, -1)},"padding":"${'x'.repeat(OVERSIZED_BYTES)}"}`;
}

/** `corrupt` is what an attacker changes on the way, `reencode` what a proxy does that means well. */
function afterSigning(body: string, { fault }: RequestParts): string {
  if (fault?.kind === 'corrupt') return `${body.slice(0, -1)},"corrupted":true}`;
  if (fault?.kind !== 'reencode') return body;
  const fields: Record<string, unknown> = JSON.parse(body);
  return JSON.stringify(Object.fromEntries(Object.entries(fields).reverse()), null, 2);
}
