import { type CatalogItem, readItem } from './catalog';
import { CatalogEventData } from './catalog-schemas';
import { parseJson, readEvent, type TruemedEvent } from './events';
import { QualificationEventData, type QualificationStatus, readQualificationStatus } from './qualification-schemas';
import { SessionEventData, type SessionStatus, WebhookEnvelope } from './schemas';
import { readSessionStatus } from './session-schemas';

/**
 * What a delivery of any of Truemed's four kinds says (truemed-api.md section 7). Where money or entitlement hangs on it,
 * the object is read again: a payload is a hint, and an unsigned one no more than that (section 11).
 */
export type TruemedNotice =
  | (Extract<TruemedEvent, { kind: 'session' }> & { status: SessionStatus | 'unknown' })
  | Extract<TruemedEvent, { kind: 'token' }>
  | {
      kind: 'qualification';
      qualificationSessionId: string;
      status: QualificationStatus | 'unknown';
      email: string | null;
      expiresAt: string | null;
      userId: string | null;
      source: string | null;
    }
  | { kind: 'catalog_item'; item: Pick<CatalogItem, 'sku' | 'name' | 'eligibility' | 'createdAt' | 'reviewedAt'> }
  /** A type that we do not know: to be answered 204 and written down (section 7.4). */
  | { kind: 'ignored' };

// Dotted names are on the wire, classic names in Truemed's prose (section 7.4, C2).
const OTHER_KINDS = new Map<string, 'qualification' | 'catalog_item'>([
  ['qualification_session.updated', 'qualification'],
  ['qualification_session_complete', 'qualification'],
  ['product_catalog.item.eligibility_updated', 'catalog_item'],
  ['product_catalog_item_eligibility_updated', 'catalog_item'],
]);

/** Reads a delivery of any kind from its raw bytes. Throws where a known type has not the fields that it must have. */
export function readNotice(eventType: string, isSigned: boolean, body: Uint8Array): TruemedNotice {
  const kind = OTHER_KINDS.get(eventType);
  const json = parseJson(body);
  if (kind === 'qualification') return readQualification(isSigned ? WebhookEnvelope.parse(json).data : json);
  // The page of this event shows an envelope of its own (section 7.9), signed or not.
  if (kind === 'catalog_item') return readCatalogItem(json);
  const event = readEvent(eventType, isSigned, body);
  if (event.kind !== 'session') return event;
  const { status } = SessionEventData.parse(isSigned ? WebhookEnvelope.parse(json).data : json);
  return { ...event, status: readSessionStatus(status) };
}

function readQualification(data: unknown): TruemedNotice {
  const event = QualificationEventData.parse(data);
  return {
    kind: 'qualification',
    qualificationSessionId: event.qualification_session_id,
    status: readQualificationStatus(event.status),
    email: event.email ?? null,
    expiresAt: event.expires_at ?? null,
    userId: event.user_id ?? null,
    source: event.source ?? null,
  };
}

/** `data.object`; or, where the envelope holds the whole payload of section 7.9, `data.data.object`. */
function readCatalogItem(json: unknown): TruemedNotice {
  const { sku, name, eligibility, createdAt, reviewedAt } = readItem(CatalogEventData.parse(json));
  return { kind: 'catalog_item', item: { sku, name, eligibility, createdAt, reviewedAt } };
}
