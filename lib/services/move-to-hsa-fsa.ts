import { and, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { REUSE_MS } from '@/lib/core/provisioning';
import { createTokenBytes, updateTokenBytes } from '@/lib/truemed/bodies';
import { type Led, leadToTruemed, type RequestToLead } from './lead-to-truemed';
import { linesOnToken } from './order-lines';
import { provisionFrame, storeProvisionRequest } from './store-provision-request';

/** Where the customer goes next: to Truemed, or to the waiting page, which says what happened. */
export type MoveResult = Led | { ok: false; reason: 'already_on_hsa_fsa' | 'subscription_canceled' };

/**
 * A customer moves one of their subscriptions to HSA/FSA (design.md section 3). Stores the provision request with its exact
 * body, then calls Truemed: create payment token, or update where the customer has a token. A subscription that has moved
 * already and whose token is gone at Truemed gets a new one, for everything that the old one paid. Pressing again within 30
 * minutes returns the open request. Throws `not_found` for a subscription that is not theirs.
 */
export async function moveToHsaFsa(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; embedded: boolean },
): Promise<MoveResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => planMove(tx, ctx, customerId, input));
  if ('reason' in planned) return { ok: false, reason: planned.reason };
  return leadToTruemed(ctx, planned);
}

type Planned = RequestToLead | { reason: 'already_on_hsa_fsa' | 'subscription_canceled' };

async function planMove(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  input: { subscriptionId: Id<'subscription'>; embedded: boolean },
): Promise<Planned> {
  // The customer's row is the queue: two presses at once are answered one after the other.
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId)).for('no key update');
  const [subscription] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId)));
  if (customer === undefined || subscription === undefined) throw notFound('This subscription');
  if (subscription.status === 'canceled') return { reason: 'subscription_canceled' };
  const [token] = await tx
    .select()
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  // Null: nothing joins the token, which is only replaced.
  const joining = subscription.billingMethod === 'hsa_fsa' ? null : subscription.id;
  if (joining === null && token !== undefined) return { reason: 'already_on_hsa_fsa' };

  const [running] = await tx
    .select()
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.customerId, customerId),
        joining === null
          ? and(isNull(provisionRequests.subscriptionId), eq(provisionRequests.kind, 'create'))
          : eq(provisionRequests.subscriptionId, joining),
        eq(provisionRequests.embedded, input.embedded),
        inArray(provisionRequests.status, ['planned', 'open']),
        gt(provisionRequests.createdAt, new Date(ctx.now.getTime() - REUSE_MS)),
      ),
    )
    .orderBy(desc(provisionRequests.createdAt))
    .limit(1);
  if (running !== undefined) return { request: running, isNew: false };

  const id = newId('provisionRequest');
  const frame = provisionFrame(ctx, id);
  const lines = await linesOnToken(tx, customerId, joining);
  const body =
    token === undefined
      ? createTokenBytes(customer, lines, frame, input.embedded)
      : updateTokenBytes(lines, false, frame, input.embedded);
  const request = await storeProvisionRequest(tx, ctx, {
    id,
    customerId,
    subscriptionId: joining,
    kind: token === undefined ? 'create' : 'update',
    purpose: joining === null ? 'reconnect' : 'move',
    embedded: input.embedded,
    body,
  });
  return { request, isNew: true };
}
