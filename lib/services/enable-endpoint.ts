import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { audit } from './audit';
import { beginPendingAnew, releasePending } from './endpoint-health';

export type EnableResult = { ok: true; waiting: number } | { ok: false; reason: 'already_enabled' };

/**
 * Staff tell an endpoint again; all that waited for it goes out, the oldest first, and has three days from now on. Throws
 * `forbidden` without the role, `not_found`.
 */
export async function enableEndpoint(ctx: Context, input: { endpointId: Id<'endpoint'> }): Promise<EnableResult> {
  requireStaff(ctx.principal, 'manage_events');
  return inTransaction(ctx.db, async (tx): Promise<EnableResult> => {
    const [row] = await tx
      .select({ status: eventEndpoints.status })
      .from(eventEndpoints)
      .where(eq(eventEndpoints.id, input.endpointId))
      .for('update');
    if (row === undefined) throw notFound('This endpoint');
    if (row.status === 'enabled') return { ok: false, reason: 'already_enabled' };
    await tx
      .update(eventEndpoints)
      .set({
        status: 'enabled',
        disabledReason: null,
        disabledAt: null,
        failingSince: null,
        failures: 0,
        heldUntil: null,
      })
      .where(eq(eventEndpoints.id, input.endpointId));
    await beginPendingAnew(tx, input.endpointId);
    const waiting = await releasePending(tx, ctx, input.endpointId);
    await audit(tx, ctx, {
      action: 'event_endpoint.enabled',
      subject: input.endpointId,
      customerId: null,
      change: { waiting },
    });
    return { ok: true, waiting };
  });
}
