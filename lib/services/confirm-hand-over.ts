import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { firstStartOnOrAfter, localDateAt } from '@/lib/core/calendar';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { chargeInstant } from '@/lib/core/subscription';
import { audit } from './audit';

export type HandOverResult = { ok: true } | { ok: false; reason: 'nothing_to_hand_over' | 'already_confirmed' };

/**
 * Staff say that the former processor no longer bills a moved subscription. With HAND_OVER=confirmed this also schedules its
 * first charge, at the first of its dates from today on. Throws `forbidden` without the role, `not_found` for an unknown id.
 */
export async function confirmHandOver(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<HandOverResult> {
  requireStaff(ctx.principal, 'hand_over');
  return inTransaction(ctx.db, async (tx): Promise<HandOverResult> => {
    const [row] = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.id, input.subscriptionId))
      .for('no key update');
    if (row === undefined) throw notFound('This subscription');
    if (row.movedAt === null) return { ok: false, reason: 'nothing_to_hand_over' };
    if (row.handOverConfirmedAt !== null) return { ok: false, reason: 'already_confirmed' };
    const schedule = { anchor: row.anchorDate, interval: { unit: row.intervalUnit, count: row.intervalCount } };
    // What was canceled is not due either, and keeps its dates for a reactivation.
    const isToSchedule = row.nextChargeAt === null && row.status !== 'canceled';
    const nextChargeOn = isToSchedule
      ? firstStartOnOrAfter(schedule, row.nextChargeOn, localDateAt(ctx.now, row.timeZone))
      : row.nextChargeOn;
    await tx
      .update(subscriptions)
      .set({
        handOverConfirmedAt: ctx.now,
        nextChargeOn,
        nextChargeAt: isToSchedule
          ? chargeInstant(nextChargeOn, row.timeZone, ctx.env.merchant.billingHour)
          : row.nextChargeAt,
        updatedAt: ctx.now,
      })
      .where(eq(subscriptions.id, row.id));
    await audit(tx, ctx, {
      action: 'subscription.hand_over_confirmed',
      subject: row.id,
      customerId: row.customerId,
      change: { nextChargeOn: { from: row.nextChargeOn, to: nextChargeOn } },
    });
    return { ok: true };
  });
}
