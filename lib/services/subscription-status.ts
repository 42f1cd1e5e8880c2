import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { nextStatus, type SubscriptionEvent, type SubscriptionStatus } from '@/lib/core/subscription';
import { audit } from './audit';
import { closePausedCases } from './close-recovery';
import { dropOnceItems } from './once-items';

/**
 * The one function that changes `subscriptions.status`. Locks the row, asks the table in core, writes the status and the
 * audit entry; what a recovery still asks of a paused one ends with the pause. Returns the status now in force, or null where the event is refused in the present one.
 */
export async function changeSubscriptionStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  subscriptionId: Id<'subscription'>,
  event: SubscriptionEvent,
  cause: string | null,
): Promise<SubscriptionStatus | null> {
  const [row] = await tx
    .select({
      status: subscriptions.status,
      customerId: subscriptions.customerId,
      cancelOn: subscriptions.cancelOn,
      changeAt: subscriptions.changeAt,
    })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId))
    .for('no key update');
  if (row === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  const status = nextStatus(row.status, event);
  if (status === null || status === row.status) return status;
  // A day that was set for an earlier status is over with it; a cancellation to come outlives a failed payment.
  const cancelOn = status === 'paused' || status === 'canceled' ? null : row.cancelOn;
  await tx
    .update(subscriptions)
    .set({
      status,
      pauseUntil: null,
      heldFor: null,
      cancelOn,
      changeAt: cancelOn === null ? null : row.changeAt,
      canceledAt: status === 'canceled' ? ctx.now : null,
      updatedAt: ctx.now,
    })
    .where(eq(subscriptions.id, subscriptionId));
  await audit(tx, ctx, {
    action: 'subscription.status_changed',
    subject: subscriptionId,
    customerId: row.customerId,
    cause,
    change: { event, from: row.status, to: status },
  });
  if (status === 'canceled') await dropOnceItems(tx, ctx, subscriptionId);
  if (row.status === 'paused') await closePausedCases(tx, ctx, subscriptionId);
  return status;
}
