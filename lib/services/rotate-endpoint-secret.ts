import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { SECRET_OVERLAP_MS } from '@/lib/core/shop-events';
import { newSecret } from './add-endpoint';
import { audit } from './audit';

/**
 * Staff give an endpoint a new secret, returned this once. For 24 hours the former one signs as well, so that the receiver
 * can change over in between; one that was former already stops at once. Throws `forbidden` without the role, `not_found`.
 */
export async function rotateEndpointSecret(
  ctx: Context,
  input: { endpointId: Id<'endpoint'> },
): Promise<{ secret: string; formerUntil: Date }> {
  requireStaff(ctx.principal, 'manage_events');
  const { endpointId: id } = input;
  const secret = newSecret();
  const formerUntil = new Date(ctx.now.getTime() + SECRET_OVERLAP_MS);
  await inTransaction(ctx.db, async (tx) => {
    const [row] = await tx.select().from(eventEndpoints).where(eq(eventEndpoints.id, id)).for('update');
    if (row === undefined) throw notFound('This endpoint');
    const former = ctx.vault.open(row.secret, `event_endpoints.secret:${id}`);
    await tx
      .update(eventEndpoints)
      .set({
        secret: ctx.vault.seal(secret, `event_endpoints.secret:${id}`),
        previousSecret: ctx.vault.seal(former, `event_endpoints.previous_secret:${id}`),
        previousSecretUntil: formerUntil,
      })
      .where(eq(eventEndpoints.id, id));
    await audit(tx, ctx, {
      action: 'event_endpoint.secret_rotated',
      subject: id,
      customerId: null,
      change: { formerUntil: formerUntil.toISOString() },
    });
  });
  return { secret, formerUntil };
}
