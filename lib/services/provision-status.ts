import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { ProvisionStatus } from '@/lib/core/provisioning';
import { audit } from './audit';
import { settleHeldChange } from './item-changes';
import { settleTokenCheckout } from './settle-token-checkout';

export type ProvisionRow = typeof provisionRequests.$inferSelect;

/** The one function that changes `provision_requests.status`, with whatever goes with the change, and writes the audit entry. */
export async function changeProvisionStatus(
  tx: Queryable,
  ctx: Context,
  request: Pick<ProvisionRow, 'id' | 'status' | 'customerId'>,
  status: ProvisionStatus,
  fields: Partial<Pick<ProvisionRow, 'truemedRequestId' | 'redirectUrl' | 'errorCode' | 'dueAt' | 'connectedAt'>> = {},
  cause: string | null = null,
): Promise<void> {
  await tx
    .update(provisionRequests)
    .set({ dueAt: null, leaseUntil: null, ...fields, status })
    .where(eq(provisionRequests.id, request.id));
  if (status === request.status) return;
  await audit(tx, ctx, {
    action: 'provision_request.status_changed',
    subject: request.id,
    customerId: request.customerId,
    cause,
    change: { from: request.status, to: status, ...(fields.errorCode ? { errorCode: fields.errorCode } : {}) },
  });
  await settleHeldChange(tx, ctx, request.id, status);
  await settleTokenCheckout(tx, ctx, request.id, status);
}
