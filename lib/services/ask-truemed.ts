import { and, asc, desc, eq, gt, inArray, isNull, ne } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { type ProvisionPurpose, REUSE_MS } from '@/lib/core/provisioning';
import { createTokenBytes, updateTokenBytes } from '@/lib/truemed/bodies';
import { type Led, leadToTruemed, type RequestToLead } from './lead-to-truemed';
import { linesOnToken } from './order-lines';
import { provisionFrame, storeProvisionRequest } from './store-provision-request';

/** What a customer may ask of Truemed without moving a subscription. */
export type OwnPurpose = Extract<ProvisionPurpose, 'store' | 'card' | 'survey'>;

/**
 * Where the customer goes next: to Truemed, or to the waiting page, which says what happened. `no_token`: there is none to
 * bring up to date; `has_token`: there is one already; `nothing_to_cover`: no order whose items Truemed could be told.
 */
export type AskResult = Led | { ok: false; reason: AskRefusal };
export type AskRefusal = 'no_token' | 'has_token' | 'nothing_to_cover';

/**
 * Stores a provision request that moves nothing and sends it: create payment token where a card is to be stored, update
 * where card or survey are to be brought up to date. Pressing again within 30 minutes returns the open one.
 */
export async function askTruemed(ctx: Context, input: { purpose: OwnPurpose; embedded: boolean }): Promise<AskResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => plan(tx, ctx, customerId, input));
  if ('reason' in planned) return { ok: false, reason: planned.reason };
  return leadToTruemed(ctx, planned);
}

async function plan(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  { purpose, embedded }: { purpose: OwnPurpose; embedded: boolean },
): Promise<RequestToLead | { reason: AskRefusal }> {
  // The customer's row is the queue: two presses at once are answered one after the other.
  const [customer] = await tx
    .select()
    .from(customers)
    .where(and(eq(customers.id, customerId), isNull(customers.deletedAt)))
    .for('no key update');
  if (customer === undefined) throw notFound('This account');
  const [token] = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  if (purpose === 'store' && token !== undefined) return { reason: 'has_token' };
  if (purpose !== 'store' && token === undefined) return { reason: 'no_token' };
  const [running] = await tx
    .select()
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.customerId, customerId),
        eq(provisionRequests.purpose, purpose),
        eq(provisionRequests.embedded, embedded),
        inArray(provisionRequests.status, ['planned', 'open']),
        gt(provisionRequests.createdAt, new Date(ctx.now.getTime() - REUSE_MS)),
      ),
    )
    .orderBy(desc(provisionRequests.createdAt))
    .limit(1);
  if (running !== undefined) return { request: running, isNew: false };
  const lines = await linesToCover(tx, customerId);
  if (lines.length === 0) return { reason: 'nothing_to_cover' };
  const id = newId('provisionRequest');
  const frame = provisionFrame(ctx, id);
  const request = await storeProvisionRequest(tx, ctx, {
    id,
    customerId,
    subscriptionId: null,
    kind: purpose === 'store' ? 'create' : 'update',
    purpose,
    embedded,
    body:
      purpose === 'store'
        ? createTokenBytes(customer, lines, frame, embedded)
        : updateTokenBytes(lines, purpose === 'card', frame, embedded),
  });
  return { request, isNew: true };
}

/** The items that the token pays for; where it pays for none yet, those that it may pay for later: of every order that goes on. */
async function linesToCover(tx: Queryable, customerId: Id<'customer'>): Promise<Line[]> {
  const onToken = await linesOnToken(tx, customerId, null);
  if (onToken.length > 0) return onToken;
  return tx
    .select({
      sku: subscriptionItems.sku,
      name: subscriptionItems.name,
      quantity: subscriptionItems.quantity,
      unitPriceCents: subscriptionItems.unitPriceCents,
    })
    .from(subscriptionItems)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionItems.subscriptionId))
    .where(and(eq(subscriptions.customerId, customerId), ne(subscriptions.status, 'canceled')))
    .orderBy(asc(subscriptions.id), asc(subscriptionItems.position));
}
