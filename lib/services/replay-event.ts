import { and, eq, sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { eventDeliveries, eventEndpoints, events } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { audit } from './audit';

export type ReplayResult = { ok: true; endpoints: number } | { ok: false; reason: 'no_endpoint' };

/**
 * Staff have an event sent again, with the same id and bytes, to each enabled endpoint, also to one that was added later, or
 * to one of them. A receiver that has it knows the id. Throws `forbidden` without the role, `not_found`.
 */
export async function replayEvent(
  ctx: Context,
  input: { eventId: Id<'event'>; endpointId?: Id<'endpoint'> },
): Promise<ReplayResult> {
  requireStaff(ctx.principal, 'manage_events');
  return inTransaction(ctx.db, async (tx): Promise<ReplayResult> => {
    const [event] = await tx.select().from(events).where(eq(events.id, input.eventId));
    if (event === undefined) throw notFound('This event');
    const chosen = input.endpointId === undefined ? undefined : eq(eventEndpoints.id, input.endpointId);
    const endpoints = await tx
      .select({ id: eventEndpoints.id })
      .from(eventEndpoints)
      .where(and(eq(eventEndpoints.status, 'enabled'), chosen));
    if (endpoints.length === 0) return { ok: false, reason: 'no_endpoint' };
    const again = { status: 'pending', tries: 0, dueAt: ctx.now, firstTriedAt: null, deliveredAt: null } as const;
    await tx
      .insert(eventDeliveries)
      .values(
        endpoints.map(({ id }) => ({
          ...again,
          id: newId('delivery'),
          endpointId: id,
          eventId: event.id,
          subject: event.subject,
          position: event.position,
          createdAt: ctx.now,
        })),
      )
      .onConflictDoUpdate({
        target: [eventDeliveries.endpointId, eventDeliveries.eventId],
        // A worker that has it in hand lets go of it, or the end of its try would be taken for that of the replay.
        set: { ...again, leaseUntil: null, leaseEpoch: sql`${eventDeliveries.leaseEpoch} + 1` },
      });
    await audit(tx, ctx, {
      action: 'event.replayed',
      subject: event.id,
      customerId: null,
      change: { endpoints: endpoints.map(({ id }) => id) },
    });
    return { ok: true, endpoints: endpoints.length };
  });
}
