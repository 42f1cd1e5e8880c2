import { sql } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Queryable } from '@/db/client';
import { invoiceDiscounts, invoices } from '@/db/schema/billing';
import { discounts } from '@/db/schema/catalog';
import { subscriptionDiscounts } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';

/**
 * Counts anew how many orders are left to the discounts of some orders whose status has changed: an order uses a discount
 * while it is open and once it is paid, and one that was given up does not. A discount that was used up then runs again, unless
 * its subscription has been given it anew; one that staff have taken away stays away.
 */
export async function countDiscountUses(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  invoiceIds: readonly Id<'invoice'>[],
): Promise<void> {
  const { id, subscriptionId, discountId, remainingPeriods, endedAt } = subscriptionDiscounts;
  // Locked first: an order that is being planned at this moment is counted too.
  const counted = await tx.execute<{ id: string }>(sql`
    select ${id} from ${subscriptionDiscounts} where ${remainingPeriods} is not null and ${id} in (
      select ${invoiceDiscounts.subscriptionDiscountId} from ${invoiceDiscounts}
      where ${isAmong(invoiceDiscounts.invoiceId, invoiceIds)}) order by ${id} for update`);
  if (counted.length === 0) return;
  await tx.execute(sql`
    update ${subscriptionDiscounts} set remaining_periods = counted.remaining, ended_at = case
        when counted.remaining = 0 then coalesce(${endedAt}, ${ctx.now.toISOString()}::timestamptz)
        when ${remainingPeriods} = 0 and not exists (select from ${subscriptionDiscounts} anew
          where anew.subscription_id = ${subscriptionId} and anew.discount_id = ${discountId} and anew.ended_at is null) then null
        else ${endedAt} end
    from (
      select given.id, greatest(0, coalesce(${discounts.periods}, 1) - (
        select count(*)::int from ${invoices}
        join ${invoiceDiscounts} on ${invoiceDiscounts.invoiceId} = ${invoices.id} and ${invoiceDiscounts.subscriptionDiscountId} = given.id
        where ${invoices.subscriptionId} = given.subscription_id and ${invoices.status} in ('open', 'paid'))) as remaining
      from ${subscriptionDiscounts} given join ${discounts} on ${discounts.id} = given.discount_id
      where given.id = any(${sql.param(counted.map((row) => row.id))}::text[])
    ) counted where ${id} = counted.id`);
}
