import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { onceItems } from '@/db/schema/once-items';
import type { OnceItem } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { audit } from './audit';
import { writeItemMail } from './change-mail';

/** So many different items may wait for one order. */
export const ONCE_AT_MOST = 10;

/** Truemed has agreed to an item for one order: it waits for the next that is planned. */
export async function addAgreed(
  tx: Queryable,
  ctx: Context,
  agreed: {
    subscriptionId: Id<'subscription'>;
    customerId: Id<'customer'>;
    requestId: Id<'provisionRequest'>;
    item: OnceItem;
  },
): Promise<void> {
  const { subscriptionId, customerId, requestId, item } = agreed;
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId)).for('no key update');
  if (row === undefined) throw new Error(`No subscription ${subscriptionId}.`);
  // It has ended meanwhile, so there is no order for it to come with.
  if (row.status === 'canceled') return;
  const { sku, name, quantity, unitPriceCents, priceId } = item;
  const onceItemId = newId('onceItem');
  const added = await tx
    .insert(onceItems)
    .values({
      id: onceItemId,
      subscriptionId,
      requestId,
      sku,
      name,
      quantity,
      unitPriceCents,
      priceId,
      status: 'waiting',
      createdAt: ctx.now,
    })
    .onConflictDoNothing()
    .returning({ id: onceItems.id });
  // Two requests for one item that were agreed to together add it once.
  if (added.length === 0) return;
  await audit(tx, ctx, {
    action: 'subscription.once_item_added',
    subject: subscriptionId,
    customerId,
    cause: requestId,
    change: { sku, name, quantity, unitPriceCents },
  });
  await writeItemMail(tx, ctx, row, { kind: 'once_added', onceItemId });
}

/** Notes on which order each item came, in the transaction that plans it; throws where one has gone, or come with another. */
export async function putOnOrders(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  placed: readonly { id: Id<'onceItem'>; invoiceId: Id<'invoice'> }[],
): Promise<void> {
  if (placed.length === 0) return;
  const done = await tx.execute(sql`
    update ${onceItems} set status = 'invoiced', invoice_id = placed."invoiceId", closed_at = ${ctx.now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(placed)}::text::json) as placed (id text, "invoiceId" text)
    where ${onceItems.id} = placed.id and ${onceItems.status} = 'waiting' returning ${onceItems.id}`);
  if (done.length !== placed.length) throw new Error('An item for one order is not there any more.');
}

/** A subscription has ended: what waits for its next order waits for nothing. */
export async function dropOnceItems(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  subscriptionId: Id<'subscription'>,
): Promise<void> {
  await tx
    .update(onceItems)
    .set({ status: 'removed', closedAt: ctx.now })
    .where(and(eq(onceItems.subscriptionId, subscriptionId), eq(onceItems.status, 'waiting')));
}
