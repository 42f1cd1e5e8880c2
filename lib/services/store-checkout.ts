import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { databaseNow } from '@/db/claims';
import type { Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import type { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import { CHECKOUT_OPEN_MS, type CheckoutPath, type CheckoutTerms } from '@/lib/core/checkout';
import { CONSENT_VERSION, consentText } from '@/lib/core/checkout-consent';
import { type Id, newId } from '@/lib/core/id';
import type { PostalAddress } from '@/lib/core/postal-address';
import { updateTokenBytes } from '@/lib/truemed/bodies';
import { checkoutBytes } from '@/lib/truemed/session-bodies';
import { audit } from './audit';
import { CALL_LEASE_SECONDS } from './call-truemed';
import type { CheckoutRow } from './checkout-status';
import type { OfferedPlan } from './offered-plan';
import { linesOnToken } from './order-lines';
import type { CheckoutInput } from './start-checkout';
import { storeProvisionRequest } from './store-provision-request';

/** Everything that is decided of an order before it is stored. */
export interface CheckoutToStore {
  input: CheckoutInput;
  customer: typeof customers.$inferSelect;
  plan: OfferedPlan;
  terms: CheckoutTerms;
  timeZone: string;
  /** Where it is to be sent; null: to its customer's address. */
  address: PostalAddress | null;
  path: CheckoutPath;
}

/**
 * Stores an order with its exact bytes and the sentences that were agreed to, leased to the caller, who sends it once the
 * transaction has ended. For a customer with a token it is an update payment token, with the items of everything on it.
 */
export async function storeCheckout(tx: Queryable, ctx: Context, order: CheckoutToStore): Promise<CheckoutRow> {
  const { input, customer, plan, terms, timeZone, address, path } = order;
  const { checkoutId: id, interval } = input;
  const { sku, name, quantity, unitPriceCents } = terms.line;
  const body = path === 'session' ? sessionBody(ctx, order) : null;
  const requestId = path === 'token' ? await askForToken(tx, ctx, order) : null;
  const today = localDateAt(ctx.now, timeZone);
  const [row] = await tx
    .insert(checkouts)
    .values({
      id,
      customerId: customer.id,
      status: 'planned',
      path,
      planId: plan.id,
      priceId: plan.priceId,
      sku,
      name,
      quantity,
      unitPriceCents,
      shippingCents: terms.order.extras.shippingCents,
      intervalUnit: interval.unit,
      intervalCount: interval.count,
      timeZone,
      address,
      totalCents: terms.order.totalCents,
      trialEndsOn: terms.trialEndsOn,
      consentVersion: CONSENT_VERSION,
      consentText: consentText(ctx.env.merchant.name, terms, interval, today, path === 'token'),
      consentedAt: ctx.now,
      requestBody: body === null ? null : ctx.vault.seal(body, `checkouts.request_body:${id}`),
      requestSha256: body === null ? null : createHash('sha256').update(body).digest('hex'),
      provisionRequestId: requestId,
      // An update payment token has look-ups of its own; the order itself only ends in its time.
      dueAt: requestId === null ? ctx.now : new Date(ctx.now.getTime() + CHECKOUT_OPEN_MS),
      leaseUntil: requestId === null ? sql`${databaseNow} + make_interval(secs => ${CALL_LEASE_SECONDS})` : null,
      leaseEpoch: 1,
      createdAt: ctx.now,
    })
    .returning();
  if (row === undefined) throw new Error('The order was not stored.');
  await audit(tx, ctx, {
    action: 'checkout.planned',
    subject: id,
    customerId: customer.id,
    change: {
      path,
      totalCents: terms.order.totalCents,
      dueNowCents: terms.dueNowCents,
      trialEndsOn: terms.trialEndsOn,
      consentVersion: CONSENT_VERSION,
    },
  });
  return row;
}

function sessionBody(ctx: Context, { input, customer, terms }: CheckoutToStore): Uint8Array {
  const { lines, extras, totalCents } = terms.order;
  const { trialEndsOn } = terms;
  // The items of a trial keep their price; a discount of all of it makes the sum 0 (truemed-api.md section 6, example 3).
  const order = trialEndsOn === null ? { lines, extras } : { lines, extras: { ...extras, discountCents: totalCents } };
  return checkoutBytes(
    customer,
    order,
    trialEndsOn === null ? { kind: 'subscription' } : { kind: 'trial', nextBill: { totalCents, date: trialEndsOn } },
    frameOf(ctx, input.checkoutId, '&session={{payment_session_id}}', input.checkoutId),
    { discountSign: ctx.env.truemed.discountSign, embedded: false },
  );
}

async function askForToken(
  tx: Queryable,
  ctx: Context,
  { input, customer, terms }: CheckoutToStore,
): Promise<Id<'provisionRequest'>> {
  const id = newId('provisionRequest');
  const lines = [...(await linesOnToken(tx, customer.id, null)), terms.line];
  await storeProvisionRequest(tx, ctx, {
    id,
    customerId: customer.id,
    subscriptionId: null,
    kind: 'update',
    purpose: 'items',
    embedded: false,
    body: updateTokenBytes(lines, false, frameOf(ctx, input.checkoutId, '', id), false),
  });
  return id;
}

function frameOf(ctx: Context, checkoutId: Id<'checkout'>, query: string, key: string) {
  const back = `${ctx.env.appUrl}/account/checkout/${checkoutId}/return?outcome=`;
  return {
    successUrl: `${back}success${query}`,
    failureUrl: `${back}failure${query}`,
    idempotencyKey: key,
    metadata: key,
  };
}
