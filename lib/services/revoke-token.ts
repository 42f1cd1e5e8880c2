import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

/** Truemed no longer knows a customer's token: it is never used again. Subscriptions keep their billing method (design.md section 4). */
export async function revokeToken(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  customerId: Id<'customer'>,
  cause: string,
): Promise<void> {
  const revoked = await tx
    .update(paymentTokens)
    .set({ status: 'revoked', updatingUntil: null })
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')))
    .returning({ id: paymentTokens.id });
  await audit(
    tx,
    ctx,
    ...revoked.map(({ id }) => ({
      action: 'payment_token.revoked',
      subject: id,
      customerId,
      cause,
      change: { from: 'live', to: 'revoked' },
    })),
  );
}
