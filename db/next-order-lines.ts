import { type SQL, sql } from 'drizzle-orm';
import type { OrderLine } from '../lib/core/draft-invoice';
import type { Queryable } from './client';
import { onceItems } from './schema/once-items';
import { subscriptionItems, subscriptions } from './schema/subscriptions';

/** One line of the next order, as it is shown. */
export type NextOrderLine = OrderLine & { position: number; name: string; isOnce: boolean };

/**
 * What the next order of a subscription has, in order: the items of every order, then those that come with it only. A lateral
 * join on the subscription whose id is `subscriptionId`; `list` is null where it has none.
 */
export function nextOrderLinesOf(db: Queryable, subscriptionId: SQL | typeof subscriptions.id = subscriptions.id) {
  return db
    .select({
      list: sql<NextOrderLine[] | null>`jsonb_agg(jsonb_build_object('position', line.position, 'name', line.name,
        'quantity', line.quantity, 'unitPriceCents', line.unit_price_cents, 'isOnce', line.is_once) order by line.position)`.as(
        'order_lines',
      ),
    })
    .from(sql`(
      select name, quantity, unit_price_cents, is_once, (row_number() over (order by is_once, position, id))::int - 1 as position
      from (
        select id, name, quantity, unit_price_cents, position, false as is_once
        from ${subscriptionItems} where subscription_id = ${subscriptionId}
        union all
        select id, name, quantity, unit_price_cents, 0, true
        from ${onceItems} where subscription_id = ${subscriptionId} and status = 'waiting'
      ) as item
    ) as line`)
    .as('next_order_lines');
}
