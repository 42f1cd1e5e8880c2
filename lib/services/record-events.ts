import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoiceLines, invoices } from '@/db/schema/billing';
import { eventDeliveries, eventEndpoints, events } from '@/db/schema/events';
import { paymentTokens } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { type ShopEventKind, toldBy } from '@/lib/core/shop-events';

/** An entry of the audit log that was just written, with its own id. */
interface WrittenEntry {
  id: Id<'audit'>;
  action: string;
  subject: string;
  change: Record<string, unknown>;
}

interface Made extends Record<string, unknown> {
  id: Id<'event'>;
  subject: string;
  position: string;
  endpoint_id: Id<'endpoint'> | null;
}

/**
 * Tells the merchant of what was just written to the audit log, in its transaction: the event with the facts as they now
 * stand, and its delivery to each endpoint, due at once: whether one is disabled, so that it waits, is seen when it is to go
 * out, since that may change while this is written. Without an endpoint the event is kept all the same. One statement for
 * each kind of object, and none where nothing is told. Called by `audit` alone.
 */
export async function recordEvents(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  entries: readonly WrittenEntry[],
): Promise<void> {
  const told = entries.flatMap((entry) => {
    const event = toldBy(entry);
    if (event === null) return [];
    const { type, kind, isOncePerObject } = event;
    const dedupe = `${type}:${isOncePerObject ? entry.subject : entry.id}`;
    return [{ kind, row: { id: newId('event'), type, object: entry.subject, dedupe } }];
  });
  for (const kind of new Set(told.map((one) => one.kind))) {
    const rows = told.filter((one) => one.kind === kind).map(({ row }) => row);
    const made = await tx.execute<Made>(insertEvents(FACTS[kind], rows, ctx.now));
    const deliveries = made.flatMap(({ id, subject, position, endpoint_id }) =>
      endpoint_id === null
        ? []
        : [
            {
              id: newId('delivery'),
              endpointId: endpoint_id,
              eventId: id,
              subject,
              position: Number(position),
              status: 'pending' as const,
              dueAt: ctx.now,
              createdAt: ctx.now,
            },
          ],
    );
    if (deliveries.length > 0) await tx.insert(eventDeliveries).values(deliveries);
  }
}

function insertEvents(facts: SQL, rows: readonly object[], now: Date): SQL {
  const at = now.toISOString();
  return sql`with told as (
      select * from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (id text, type text, object text, dedupe text))
        with ordinality as told (id, type, object, dedupe, place)
    ), made as (
      insert into ${events} (id, dedupe_key, type, subject, payload, created_at)
      select told.id, told.dedupe, told.type, facts.subject,
        jsonb_build_object('type', told.type, 'timestamp', ${at}::text, 'data', facts.data)::text, ${at}::timestamptz
      from told cross join lateral (${facts}) facts order by told.place
      on conflict (dedupe_key) do nothing returning id, subject, position
    )
    select made.id, made.subject, made.position::text, ${eventEndpoints.id} as endpoint_id
    from made left join ${eventEndpoints} on true order by made.position`;
}

const instant = (column: SQL | typeof invoices.paidAt) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ORDER = sql`jsonb_build_object('id', ${invoices.id}, 'subscription_id', ${invoices.subscriptionId},
    'external_subscription_id', ${subscriptions.externalId}, 'customer_id', ${invoices.customerId},
    'period_start', ${invoices.periodStart}, 'period_end', ${invoices.periodEnd},
    'lines', (select jsonb_agg(jsonb_build_object('sku', ${invoiceLines.sku}, 'quantity', ${invoiceLines.quantity},
        'unit_price_cents', ${invoiceLines.unitPriceCents}) order by ${invoiceLines.position})
      from ${invoiceLines} where ${invoiceLines.invoiceId} = ${invoices.id}),
    'shipping_cents', ${invoices.shippingCents}, 'tax_cents', ${invoices.taxCents},
    'discount_cents', ${invoices.discountCents}, 'total_cents', ${invoices.totalCents},
    'currency', ${invoices.currency}, 'paid_at', ${instant(invoices.paidAt)})`;

/** What is said of an object, and what keeps its order. Neither tokens, links, cards, people nor letters. */
const FACTS: Record<ShopEventKind, SQL> = {
  invoice: sql`select ${invoices.subscriptionId} as subject, ${ORDER} as data
    from ${invoices} join ${subscriptions} on ${subscriptions.id} = ${invoices.subscriptionId}
    where ${invoices.id} = told.object`,
  // A second capture that goes back by itself was never told, and leaves its order paid.
  refund: sql`select ${invoices.subscriptionId} as subject,
      ${ORDER} || jsonb_build_object('refund', jsonb_build_object('id', ${refunds.id},
        'amount_cents', ${refunds.amountCents}, 'currency', ${refunds.currency})) as data
    from ${refunds} join ${invoices} on ${invoices.id} = ${refunds.invoiceId}
      join ${subscriptions} on ${subscriptions.id} = ${invoices.subscriptionId}
    where ${refunds.id} = told.object and not ${refunds.isAutomatic}`,
  subscription: sql`select ${subscriptions.id} as subject,
      jsonb_build_object('id', ${subscriptions.id}, 'external_id', ${subscriptions.externalId},
        'customer_id', ${subscriptions.customerId}, 'status', ${subscriptions.status},
        'billing_method', ${subscriptions.billingMethod}, 'interval_unit', ${subscriptions.intervalUnit},
        'interval_count', ${subscriptions.intervalCount}, 'next_charge_on', ${subscriptions.nextChargeOn},
        'pause_until', ${subscriptions.pauseUntil}, 'cancel_on', ${subscriptions.cancelOn},
        'lines', (select jsonb_agg(jsonb_build_object('sku', ${subscriptionItems.sku},
            'quantity', ${subscriptionItems.quantity}) order by ${subscriptionItems.position})
          from ${subscriptionItems} where ${subscriptionItems.subscriptionId} = ${subscriptions.id})) as data
    from ${subscriptions} where ${subscriptions.id} = told.object`,
  payment_method: sql`select ${paymentTokens.customerId} as subject,
      jsonb_build_object('id', ${paymentTokens.id}, 'customer_id', ${paymentTokens.customerId},
        'status', ${paymentTokens.status}) as data
    from ${paymentTokens} where ${paymentTokens.id} = told.object`,
};
