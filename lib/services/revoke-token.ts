import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

/**
 * Truemed no longer knows a customer's token: it is never used again. Subscriptions keep their billing method (design.md
 * section 4). `tokenId` is the one of which that was said: one that has taken its place meanwhile stays live. Null: whichever
 * is live.
 */
export async function revokeToken(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  customerId: Id<'customer'>,
  tokenId: Id<'paymentToken'> | null,
  cause: string,
): Promise<void> {
  const revoked = await tx
    .update(paymentTokens)
    .set({ status: 'revoked', updatingUntil: null })
    .where(
      and(
        eq(paymentTokens.customerId, customerId),
        eq(paymentTokens.status, 'live'),
        ...(tokenId === null ? [] : [eq(paymentTokens.id, tokenId)]),
      ),
    )
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
