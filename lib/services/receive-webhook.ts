import { createHash } from 'node:crypto';
import { storeDelivery } from '@/db/inbox';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { readSignedHead, readUnsignedType } from '@/lib/truemed/events';
import { API_KEY_HEADER, isKnownSecret, SIGNATURE_HEADER, verifySignature } from '@/lib/truemed/signature';

/** What a receiver's answer rests on. `stored` and `known` are acknowledged; the others leave no row. */
export type Receipt =
  | { kind: 'stored' | 'known' }
  | { kind: 'unauthorized'; reason: string }
  | { kind: 'not_an_envelope' };

/** The headers of a delivery, by lower-case name. */
export type SentHeaders = Pick<Headers, 'get'>;

interface Delivery {
  deliveryKey: string;
  eventType: string;
  isSigned: boolean;
  isLate: boolean;
}

/**
 * Takes one delivery: verifies its raw bytes, stores them sealed, and nothing else; the tick does the rest. Signed ones by
 * `x-truemed-signature`; unsigned ones by a shared secret in `x-truemed-api-key`, where one is configured. Throws when the
 * delivery could not be stored: then it must not be acknowledged.
 */
export async function receiveWebhook(
  ctx: Context,
  request: { headers: SentHeaders; body: Uint8Array },
): Promise<Receipt> {
  requireSystem(ctx.principal);
  const read = readDelivery(ctx, request.headers, request.body);
  if ('kind' in read) return read;
  const id = newId('webhook');
  const kind = await storeDelivery(ctx.db, {
    ...read,
    id,
    body: ctx.vault.seal(request.body, `webhook_inbox.body:${id}`),
    receivedAt: ctx.now,
  });
  return { kind };
}

function readDelivery(
  ctx: Context,
  headers: SentHeaders,
  body: Uint8Array,
): Delivery | Exclude<Receipt, { kind: 'stored' | 'known' }> {
  const signature = headers.get(SIGNATURE_HEADER);
  if (signature !== null) {
    const verdict = verifySignature(signature, body, ctx.env.truemed.signingSecrets, ctx.now);
    if (!verdict.ok) return { kind: 'unauthorized', reason: verdict.reason };
    const head = readSignedHead(body);
    if (head === null) return { kind: 'not_an_envelope' };
    return {
      deliveryKey: `signed:${head.deliveryId}`,
      eventType: head.eventType,
      isSigned: true,
      isLate: verdict.late,
    };
  }
  const secret = headers.get(API_KEY_HEADER);
  if (secret === null || !isKnownSecret(secret, ctx.env.truemed.sharedSecrets))
    return { kind: 'unauthorized', reason: 'no_signature' };
  const eventType = readUnsignedType(body);
  if (eventType === null) return { kind: 'not_an_envelope' };
  const digest = createHash('sha256').update(body).digest('hex');
  return { deliveryKey: `unsigned:${digest}`, eventType, isSigned: false, isLate: false };
}
