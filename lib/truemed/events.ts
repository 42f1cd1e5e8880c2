import { CatalogEventData } from './catalog-schemas';
import { QualificationEventData } from './qualification-schemas';
import { SessionEventData, TokenEventData, WebhookEnvelope } from './schemas';

/** What a delivery says, in our words: only ids to read again. Money and entitlement never come from the payload. */
export type TruemedEvent =
  | { kind: 'session'; sessionId: string; metadata: string | null }
  | {
      kind: 'token';
      provisionTokenRequestId: string | null;
      failedPaymentSessionId: string | null;
      paymentSessionId: string | null;
      paymentToken: string;
      metadata: string | null;
    }
  | { kind: 'ignored' };

/** What the receiver needs to store a delivery. */
export interface DeliveryHead {
  deliveryId: string;
  eventType: string;
}

// Dotted names are on the wire, classic names in Truemed's prose (truemed-api.md section 7.4, C2).
const EVENT_KINDS = new Map<string, 'session' | 'token'>([
  ['payment_session.updated', 'session'],
  ['payment_session_complete', 'session'],
  ['payment_token.updated', 'token'],
  ['payment_token_updated', 'token'],
  ['payment_token_callback', 'token'],
]);

const SESSION_ID_FIELDS = ['payment_session_id', 'payment_id', 'id'] as const;

/** Reads the envelope of a signed delivery from its raw bytes; null where it is not JSON or not an envelope (section 7.5). */
export function readSignedHead(body: Uint8Array): DeliveryHead | null {
  const parsed = WebhookEnvelope.safeParse(parseJson(body));
  return parsed.success ? { deliveryId: parsed.data.webhook_delivery_id, eventType: parsed.data.event_type } : null;
}

/** Reads the type of an unsigned, flat payload by its fields; null where it is not a JSON object (section 7.1). */
export function readUnsignedType(body: Uint8Array): string | null {
  const data = parseJson(body);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const isSession = SESSION_ID_FIELDS.some((name) => name in data);
  if (!isSession && QualificationEventData.safeParse(data).success) return 'qualification_session_complete';
  if (CatalogEventData.safeParse(data).success) return 'product_catalog_item_eligibility_updated';
  if (TokenEventData.safeParse(data).success && !('status' in data)) return 'payment_token_updated';
  return SessionEventData.safeParse(data).success ? 'payment_session_complete' : 'unknown';
}

/** Reads a stored delivery. Unknown types are `ignored`; a known type without the fields it must have throws. */
export function readEvent(eventType: string, isSigned: boolean, body: Uint8Array): TruemedEvent {
  const kind = EVENT_KINDS.get(eventType);
  if (kind === undefined) return { kind: 'ignored' };
  const data = isSigned ? WebhookEnvelope.parse(parseJson(body)).data : parseJson(body);
  return kind === 'session' ? readSession(data) : readToken(data);
}

function readSession(data: unknown): TruemedEvent {
  const event = SessionEventData.parse(data);
  const sessionId = SESSION_ID_FIELDS.map((name) => event[name]).find(Boolean);
  if (!sessionId) throw new Error('A session event names no session.');
  return { kind: 'session', sessionId, metadata: event.metadata ?? null };
}

function readToken(data: unknown): TruemedEvent {
  const event = TokenEventData.parse(data);
  return {
    kind: 'token',
    paymentToken: event.payment_token,
    provisionTokenRequestId: event.provision_token_request_id || null,
    failedPaymentSessionId: event.failed_payment_session_id || null,
    paymentSessionId: event.payment_session_id || null,
    metadata: event.metadata ?? null,
  };
}

/** JSON of raw bytes; null where they are none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
