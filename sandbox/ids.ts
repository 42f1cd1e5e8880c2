import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Sessions, requests, events and the like: UUIDs, as the documents say. */
export const newUuid = randomUUID;

/** A payment token: an opaque string. */
export function newPaymentToken(): string {
  return `pt_${randomBytes(16).toString('hex')}`;
}

/** The UUID that these parts always give, for ids that must not depend on chance. */
export function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  // Version 8 is RFC 9562's for ids of one's own making; the variant bits are those of every RFC 9562 UUID.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
