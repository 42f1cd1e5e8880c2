import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import type { Queryable } from '@/db/client';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import type { BodyFrame } from '@/lib/truemed/bodies';
import { audit } from './audit';
import { CALL_LEASE_SECONDS } from './call-truemed';
import type { ProvisionRow } from './provision-status';

/** What every provision request says of itself: its own key, and the waiting page, to which its customer returns either way. */
export function provisionFrame({ env }: Pick<Context, 'env'>, id: Id<'provisionRequest'>): BodyFrame {
  const page = `${env.appUrl}/account/hsa-fsa/${id}/return`;
  return {
    successUrl: `${page}?outcome=success`,
    failureUrl: `${page}?outcome=failure`,
    idempotencyKey: id,
    metadata: id,
  };
}

/**
 * Stores a provision request with its exact bytes, leased to the caller, who sends it once the transaction has ended; where
 * another request is its cause, it is left to the tick.
 */
export async function storeProvisionRequest(
  tx: Queryable,
  ctx: Context,
  request: Pick<ProvisionRow, 'id' | 'customerId' | 'subscriptionId' | 'kind' | 'purpose' | 'embedded'> & {
    body: Uint8Array;
  },
  cause: Id<'provisionRequest'> | null = null,
): Promise<ProvisionRow> {
  const { body, ...columns } = request;
  const [row] = await tx
    .insert(provisionRequests)
    .values({
      ...columns,
      status: 'planned',
      idempotencyKey: request.id,
      requestBody: ctx.vault.seal(body, `provision_requests.request_body:${request.id}`),
      requestSha256: createHash('sha256').update(body).digest('hex'),
      dueAt: ctx.now,
      leaseUntil: cause === null ? sql`${databaseNow} + make_interval(secs => ${CALL_LEASE_SECONDS})` : null,
      leaseEpoch: 1,
      createdAt: ctx.now,
    })
    .returning();
  if (row === undefined) throw new Error('The provision request was not stored.');
  await audit(tx, ctx, {
    action: 'provision_request.planned',
    subject: request.id,
    customerId: request.customerId,
    cause,
    change: {
      kind: request.kind,
      purpose: request.purpose,
      subscriptionId: request.subscriptionId,
      embedded: request.embedded,
    },
  });
  return row;
}
