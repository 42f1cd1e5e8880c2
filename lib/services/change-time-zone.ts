import { asc, eq } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { isTimeZone } from '@/lib/core/calendar';
import { notFound } from '@/lib/core/errors';
import { requireCustomer } from '@/lib/core/principal';
import { chargeInstant } from '@/lib/core/subscription';
import { inZone } from '@/lib/core/zone-change';
import { audit } from './audit';
import type { SubscriptionRow } from './plan-invoice';
import { spacedUntil } from './space-next-charge';

export type ChangeZoneResult = { ok: true; changed: number } | { ok: false; reason: 'not_a_zone' };

/**
 * A customer names the time zone that they live in: every subscription of theirs that has not ended keeps its days, and is
 * charged at the merchant's billing hour of that zone. A charge that is under way stays one.
 */
export async function changeTimeZone(ctx: Context, input: { timeZone: string }): Promise<ChangeZoneResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const { timeZone } = input;
  if (!isTimeZone(timeZone)) return { ok: false, reason: 'not_a_zone' };
  return inTransaction(ctx.db, async (tx): Promise<ChangeZoneResult> => {
    const [customer] = await tx
      .select({ id: customers.id })
      .from(customers)
      .where(eq(customers.id, customerId))
      .for('no key update');
    if (customer === undefined) throw notFound('This account');
    const rows = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.customerId, customerId))
      .orderBy(asc(subscriptions.id))
      .for('no key update');
    let changed = 0;
    for (const row of rows) {
      const notBefore = await notBeforeOf(tx, ctx, row, timeZone);
      const columns = inZone(row, timeZone, ctx.env.merchant.billingHour, notBefore);
      if (columns === null) continue;
      changed += 1;
      await tx
        .update(subscriptions)
        .set({ ...columns, leaseUntil: null, updatedAt: ctx.now })
        .where(eq(subscriptions.id, row.id));
    }
    if (changed > 0)
      await audit(tx, ctx, {
        action: 'customer.time_zone_changed',
        subject: customerId,
        customerId,
        change: { timeZone, subscriptions: changed },
      });
    return { ok: true, changed };
  });
}

// Only where its next charge waits by now: one that was moved by hand is charged on its day.
async function notBeforeOf(tx: Queryable, ctx: Context, row: SubscriptionRow, timeZone: string): Promise<Date | null> {
  const starts = chargeInstant(row.nextChargeOn, row.timeZone, ctx.env.merchant.billingHour);
  if (row.nextChargeAt === null || row.nextChargeAt <= starts) return null;
  return spacedUntil(tx, ctx, row.id, timeZone);
}
