import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { Context } from '@/lib/context';
import { type CheckoutStatus, checkoutMayBecome } from '@/lib/core/checkout';
import { audit } from './audit';

export type CheckoutRow = typeof checkouts.$inferSelect;

/** What may change with a checkout's status. A missing `dueAt` is null; everything else that is missing stays. */
export type CheckoutFields = Partial<
  Pick<CheckoutRow, 'paymentSessionId' | 'redirectUrl' | 'errorCode' | 'dueAt' | 'subscriptionId' | 'completedAt'>
>;

/**
 * The one function that changes `checkouts.status`, with whatever goes with the change, and writes the audit entry. The row
 * must be locked by the caller; the same status again only writes the fields. Throws on a change that core does not allow: a bug.
 */
export async function changeCheckoutStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  checkout: Pick<CheckoutRow, 'id' | 'status' | 'customerId'>,
  status: CheckoutStatus,
  fields: CheckoutFields,
  cause: string | null,
): Promise<void> {
  if (status !== checkout.status && !checkoutMayBecome(checkout.status, status))
    throw new Error(`Checkout ${checkout.id} may not go from ${checkout.status} to ${status}.`);
  await tx
    .update(checkouts)
    .set({ dueAt: null, leaseUntil: null, ...fields, status })
    .where(eq(checkouts.id, checkout.id));
  if (status === checkout.status) return;
  await audit(tx, ctx, {
    action: 'checkout.status_changed',
    subject: checkout.id,
    customerId: checkout.customerId,
    cause,
    change: {
      from: checkout.status,
      to: status,
      ...(fields.errorCode ? { errorCode: fields.errorCode } : {}),
      ...(fields.subscriptionId ? { subscriptionId: fields.subscriptionId } : {}),
    },
  });
}
