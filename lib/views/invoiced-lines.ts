import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoiceLines, invoices } from '@/db/schema/billing';
import type { ShownLine } from './subscription-facts';

/** What an order was made of, in order, as a lateral join on invoices; `list` is null where it has no lines. */
export function invoicedLinesOf(db: Queryable) {
  return db
    .select({
      list: sql<
        ShownLine[] | null
      >`jsonb_agg(jsonb_build_object('position', ${invoiceLines.position}, 'name', ${invoiceLines.name}, 'quantity',
        ${invoiceLines.quantity}, 'unitPriceCents', ${invoiceLines.unitPriceCents}, 'isOnce', ${invoiceLines.isOnce})
        order by ${invoiceLines.position})`.as('list'),
    })
    .from(invoiceLines)
    .where(eq(invoiceLines.invoiceId, invoices.id))
    .as('lines');
}
