import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { eventDeliveries, eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { endpointHeldUntil, hasFailedTooLong } from '@/lib/core/shop-events';
import { audit } from './audit';

export type EndpointRow = typeof eventEndpoints.$inferSelect;

/** Locks an endpoint; who also locks its deliveries does this first. */
export async function lockEndpoint(tx: Queryable, endpointId: Id<'endpoint'>): Promise<EndpointRow> {
  const [row] = await tx.select().from(eventEndpoints).where(eq(eventEndpoints.id, endpointId)).for('update');
  if (row === undefined) throw new Error(`No endpoint ${endpointId}.`);
  return row;
}

/** A locked endpoint took an event: it is no longer failing, and what waited for it goes out. */
export async function endpointTakes(tx: Queryable, ctx: Pick<Context, 'now'>, endpoint: EndpointRow): Promise<void> {
  if (endpoint.failingSince === null) return;
  await tx
    .update(eventEndpoints)
    .set({ failingSince: null, failures: 0, heldUntil: null })
    .where(eq(eventEndpoints.id, endpoint.id));
  await releasePending(tx, ctx, endpoint.id);
}

/**
 * A locked endpoint failed: nothing goes out to it for a while, longer with each failure in a row, and after three days it is
 * disabled. Failures of one wave count once, or a burst would hold it for long.
 */
export async function endpointFails(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  endpoint: EndpointRow,
): Promise<void> {
  if (endpoint.status === 'disabled' || isLeftAlone(endpoint, ctx.now)) return;
  const failingSince = endpoint.failingSince ?? ctx.now;
  const failures = endpoint.failures + 1;
  const heldUntil = endpointHeldUntil(endpoint.id, ctx.now, failures);
  await tx.update(eventEndpoints).set({ failures, failingSince, heldUntil }).where(eq(eventEndpoints.id, endpoint.id));
  if (hasFailedTooLong(failingSince, ctx.now))
    return disableEndpointRow(tx, ctx, endpoint.id, 'It took nothing for three days.');
  await tx
    .update(eventDeliveries)
    .set({ dueAt: heldUntil })
    .where(and(isPendingFor(endpoint.id), sql`${eventDeliveries.dueAt} < ${heldUntil.toISOString()}::timestamptz`));
}

/** Whether nothing goes out to an endpoint yet, because it failed a moment ago. */
export function isLeftAlone(endpoint: EndpointRow, now: Date): boolean {
  return endpoint.heldUntil !== null && endpoint.heldUntil > now;
}

/** All that waits for a locked endpoint is tried as if it never had been; a worker that still has one of them in hand lets go of it. */
export async function beginPendingAnew(tx: Queryable, endpointId: Id<'endpoint'>): Promise<void> {
  const anew = { tries: 0, firstTriedAt: null, leaseEpoch: sql`${eventDeliveries.leaseEpoch} + 1` };
  await tx.update(eventDeliveries).set(anew).where(isPendingFor(endpointId));
}

/** All that waits for a locked endpoint is due, in the order in which it happened. Returns how much. */
export async function releasePending(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  endpointId: Id<'endpoint'>,
): Promise<number> {
  const now = sql`${ctx.now.toISOString()}::timestamptz`;
  const released = await tx
    .update(eventDeliveries)
    .set({ dueAt: sql`least(${eventDeliveries.createdAt}, ${now})` })
    .where(and(isPendingFor(endpointId), or(isNull(eventDeliveries.dueAt), sql`${eventDeliveries.dueAt} > ${now}`)))
    .returning({ id: eventDeliveries.id });
  return released.length;
}

/** Writes that an endpoint is told nothing any more, for a reason in words; what is on its way to it waits. */
export async function disableEndpointRow(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  endpointId: Id<'endpoint'>,
  reason: string,
): Promise<void> {
  const [disabled] = await tx
    .update(eventEndpoints)
    .set({ status: 'disabled', disabledReason: reason, disabledAt: ctx.now })
    .where(and(eq(eventEndpoints.id, endpointId), eq(eventEndpoints.status, 'enabled')))
    .returning({ id: eventEndpoints.id });
  if (disabled === undefined) return;
  await tx.update(eventDeliveries).set({ dueAt: null, leaseUntil: null }).where(isPendingFor(endpointId));
  await audit(tx, ctx, {
    action: 'event_endpoint.disabled',
    subject: endpointId,
    customerId: null,
    change: { reason },
  });
}

const isPendingFor = (endpointId: Id<'endpoint'>) =>
  and(eq(eventDeliveries.endpointId, endpointId), eq(eventDeliveries.status, 'pending'));
