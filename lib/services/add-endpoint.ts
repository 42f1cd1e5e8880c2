import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { ENDPOINTS_AT_MOST } from '@/lib/core/shop-events';
import type { AddressRefusal } from '@/lib/outgoing/post';
import { audit } from './audit';

export type AddEndpointResult =
  | { ok: true; endpointId: Id<'endpoint'>; secret: string }
  | { ok: false; reason: AddressRefusal | 'known' | 'too_many' };

/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** The lock under which endpoints are counted and added. */
const ENDPOINT_LOCK = 7_304;

/**
 * Staff add an address that is told of events from now on. Its secret is returned this once, and sealed. Refuses an address
 * that is known, and in `live` one that is not https on the public internet. Throws `forbidden` without the role.
 */
export async function addEndpoint(ctx: Context, input: { url: string }): Promise<AddEndpointResult> {
  requireStaff(ctx.principal, 'manage_events');
  const refusal = ctx.outgoing.refusalOf(input.url);
  if (refusal !== null) return { ok: false, reason: refusal };
  const url = new URL(input.url).href;
  const endpointId = newId('endpoint');
  const secret = newSecret();
  return inTransaction(ctx.db, async (tx): Promise<AddEndpointResult> => {
    await tx.execute(sql`select pg_advisory_xact_lock(${ENDPOINT_LOCK})`);
    const known = await tx.select({ url: eventEndpoints.url }).from(eventEndpoints);
    if (known.some((one) => one.url === url)) return { ok: false, reason: 'known' };
    if (known.length >= ENDPOINTS_AT_MOST) return { ok: false, reason: 'too_many' };
    await tx.insert(eventEndpoints).values({
      id: endpointId,
      url,
      secret: ctx.vault.seal(secret, `event_endpoints.secret:${endpointId}`),
      status: 'enabled',
      createdAt: ctx.now,
    });
    await audit(tx, ctx, {
      action: 'event_endpoint.added',
      subject: endpointId,
      customerId: null,
      change: { origin: new URL(url).origin },
    });
    return { ok: true, endpointId, secret };
  });
}

/** A new secret of the Standard Webhooks scheme. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
