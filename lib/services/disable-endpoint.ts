import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { disableEndpointRow } from './endpoint-health';

export type DisableResult = { ok: true } | { ok: false; reason: 'already_disabled' };

/** Staff stop telling an endpoint; what happens meanwhile waits for it. Throws `forbidden` without the role, `not_found`. */
export async function disableEndpoint(ctx: Context, input: { endpointId: Id<'endpoint'> }): Promise<DisableResult> {
  requireStaff(ctx.principal, 'manage_events');
  return inTransaction(ctx.db, async (tx): Promise<DisableResult> => {
    const [row] = await tx
      .select({ status: eventEndpoints.status })
      .from(eventEndpoints)
      .where(eq(eventEndpoints.id, input.endpointId))
      .for('update');
    if (row === undefined) throw notFound('This endpoint');
    if (row.status === 'disabled') return { ok: false, reason: 'already_disabled' };
    await disableEndpointRow(tx, ctx, input.endpointId, 'Disabled by staff.');
    return { ok: true };
  });
}
