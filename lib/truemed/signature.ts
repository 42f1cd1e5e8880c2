import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that carries a signed delivery's timestamp and signatures (truemed-api.md section 7.2). */
export const SIGNATURE_HEADER = 'x-truemed-signature';
/** The header that carries the API key of a call, and the shared secret of an unsigned delivery (sections 1 and 7.1). */
export const API_KEY_HEADER = 'x-truemed-api-key';

/** How far a timestamp may be from now before a delivery counts as late (ASSUMED, section 7.2). */
export const TOLERANCE_SECONDS = 300;
/** Retries run for up to 7 days; one more day lets the last of them in (section 7.3, contract.md). */
export const LATE_LIMIT_SECONDS = 8 * 24 * 60 * 60;

export type SignatureVerdict =
  | { ok: true; timestamp: number; late: boolean }
  | { ok: false; reason: 'malformed' | 'no_match' | 'too_old' | 'too_new' };

/**
 * The lower-case hex HMAC-SHA256 of `{t}.{raw body}` under one secret, which is used as UTF-8 bytes, verbatim.
 * `timestamp` is the text that stands in the header. Throws on an empty secret: there is no unsigned fallback.
 */
export function signPayload(secret: string, timestamp: string, body: Uint8Array): string {
  if (secret === '') throw new Error('A webhook signing secret must not be empty.');
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** A whole header: `t=1732100000,v1=<hex>[,v1=<hex>]`, one signature for each secret. `timestamp` is in Unix seconds. */
export function signatureHeader(secrets: readonly string[], timestamp: number, body: Uint8Array): string {
  const t = String(timestamp);
  return [`t=${t}`, ...secrets.map((secret) => `v1=${signPayload(secret, t, body)}`)].join(',');
}

/**
 * Checks the raw bytes of a delivery against any of the secrets. Spaces around elements, unknown keys and unknown
 * versions are ignored; exactly one `t` of digits and at least one `v1` are required. A valid signature that is more
 * than five minutes and at most eight days old passes as `late`.
 */
export function verifySignature(
  header: string,
  body: Uint8Array,
  secrets: readonly string[],
  now: Date,
): SignatureVerdict {
  const parsed = parseHeader(header);
  if (parsed === null) return { ok: false, reason: 'malformed' };
  let matched = false;
  for (const secret of secrets) {
    const expected = Buffer.from(signPayload(secret, parsed.t, body), 'hex');
    for (const signature of parsed.signatures) {
      const given = Buffer.from(signature, 'hex');
      // Every pair is compared, so that the time taken tells nothing about which one matched.
      if (given.length === expected.length && timingSafeEqual(given, expected)) matched = true;
    }
  }
  if (!matched) return { ok: false, reason: 'no_match' };
  const timestamp = Number(parsed.t);
  const age = now.getTime() / 1000 - timestamp;
  if (age < -TOLERANCE_SECONDS) return { ok: false, reason: 'too_new' };
  if (age > LATE_LIMIT_SECONDS) return { ok: false, reason: 'too_old' };
  return { ok: true, timestamp, late: age > TOLERANCE_SECONDS };
}

function parseHeader(header: string): { t: string; signatures: string[] } | null {
  const times: string[] = [];
  const signatures: string[] = [];
  for (const element of header.split(',')) {
    const [key, ...rest] = element.trim().split('=');
    const value = rest.join('=').trim();
    if (key === 't') times.push(value);
    if (key === 'v1' && /^[0-9a-f]{64}$/i.test(value)) signatures.push(value);
  }
  const [t] = times;
  if (t === undefined || times.length !== 1 || !/^\d{1,12}$/.test(t) || signatures.length === 0) return null;
  return { t, signatures };
}

/** Whether a presented secret is one of the configured ones, in constant time for equal lengths (unsigned deliveries, API keys). */
export function isKnownSecret(presented: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(presented);
  return (
    secrets.filter((secret) => {
      const expected = Buffer.from(secret);
      return expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given);
    }).length > 0
  );
}
