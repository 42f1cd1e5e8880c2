import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Id } from '@/lib/core/id';

/** Whether a customer has a token that a charge may be tried with. */
export async function hasLiveToken(tx: Queryable, customerId: Id<'customer'>): Promise<boolean> {
  const rows = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  return rows.length > 0;
}
