import { and, count, eq, gt } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import type { Id } from '@/lib/core/id';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How often a customer has pressed `Try again` on an invoice in the last 24 hours. */
export async function countRecentRetries(tx: Queryable, invoiceId: Id<'invoice'>, now: Date): Promise<number> {
  const [row] = await tx
    .select({ value: count() })
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, invoiceId),
        eq(chargeAttempts.cause, 'customer'),
        gt(chargeAttempts.createdAt, new Date(now.getTime() - DAY_MS)),
      ),
    );
  return row?.value ?? 0;
}
