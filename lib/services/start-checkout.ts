import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { checkouts } from '@/db/schema/checkouts';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import {
  type CheckoutTerms,
  checkoutTerms,
  LIVE_CHECKOUT_STATUSES,
  MOST_OF_A_PLAN,
  SAME_ORDER_MS,
  type WantedOrder,
} from '@/lib/core/checkout';
import { CONSENT_VERSION } from '@/lib/core/checkout-consent';
import { AppError, notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import {
  type AddressProblems,
  isSameAddress,
  type PostalAddress,
  readAddress,
  typedLine,
} from '@/lib/core/postal-address';
import { type BuyerPrincipal, requireBuyer } from '@/lib/core/principal';
import { MAX_LENGTH } from '@/lib/core/subscriber-row';
import { audit } from './audit';
import { endCheckout } from './cancel-checkout';
import type { CheckoutRow } from './checkout-status';
import { buyerZone, type OfferedPlan, planFor, readOfferedPlans } from './offered-plan';
import { sendCheckout } from './send-checkout';
import { sendProvisionRequest } from './send-provision-request';
import { storeCheckout } from './store-checkout';

/** An order as it was pressed: what is wanted, what the page had shown, and who orders. */
export interface CheckoutInput extends WantedOrder {
  /** Made with the form, so that one form makes one order. */
  checkoutId: Id<'checkout'>;
  planId: Id<'plan'>;
  /** Where it is to be sent, as it was typed. Its state is taken for the one they live in where that is not known. */
  sentTo: Record<keyof PostalAddress, string>;
  /** First and last name, of somebody who is no customer yet; a customer's own is kept. */
  name: string;
  /** Whether they agreed to what the page had said. */
  isAgreed: boolean;
  /** What the page had said would follow. */
  shown: { totalCents: number; dueNowCents: number; firstChargeOn: LocalDate; consentVersion: string };
}

/** Where the customer goes next: to Truemed, or to the page of the order, which says what happened. */
export type CheckoutResult =
  | { ok: true; next: 'truemed'; checkoutId: Id<'checkout'>; redirectUrl: string }
  | { ok: true; next: 'waiting'; checkoutId: Id<'checkout'> }
  | { ok: false; reason: CheckoutRefusal }
  /** What is wrong with which field: all of it, so that it is mended at once. */
  | { ok: false; reason: 'form_incomplete'; problems: CheckoutProblems };

export type CheckoutRefusal = 'not_offered' | 'terms_changed' | 'earlier_in_review';
export type CheckoutProblems = AddressProblems & { name?: 'missing' | 'too_long'; consent?: 'missing' };

type Planned =
  | { kind: 'new' | 'known'; checkout: CheckoutRow }
  /** Another order is open at Truemed; its link must be closed first. */
  | { kind: 'in_the_way'; checkout: CheckoutRow }
  | { kind: 'refused'; refusal: Extract<CheckoutResult, { ok: false }> };

/** An order that is in the way is closed and looked at again so often. */
const ROUNDS = 2;

/**
 * Somebody orders a new subscription: a customer, or a newcomer whose e-mail is proven, who becomes one by it. Stores the
 * intent with its exact body and the consent, then calls Truemed: a checkout with `tokenize` that takes the first payment or
 * begins the trial, or update payment token where the customer has a token, which then pays. One form makes one order; the
 * same order again, from another tab too, is the one that is open; another one takes its place once its link is closed at
 * Truemed. Throws `not_found` for a form of another customer's, `provider_unavailable` where that link cannot be closed now.
 */
export async function startCheckout(ctx: Context, input: CheckoutInput): Promise<CheckoutResult> {
  requireBuyer(ctx.principal);
  for (let round = 0; round < ROUNDS; round += 1) {
    const planned = await inTransaction(ctx.db, (tx) => planCheckout(tx, ctx, input));
    switch (planned.kind) {
      case 'refused':
        return planned.refusal;
      case 'in_the_way':
        if ((await endCheckout(ctx, planned.checkout, input.checkoutId)) === 'unavailable') throw unavailable();
        break;
      case 'new':
        return send(ctx, planned.checkout);
      case 'known':
        return whereTo(ctx, planned.checkout);
    }
  }
  throw unavailable();
}

async function planCheckout(tx: Queryable, ctx: Context, input: CheckoutInput): Promise<Planned> {
  const { quantity, interval, planId } = input;
  const form = readWho(requireBuyer(ctx.principal), input);
  if (!form.ok) return { kind: 'refused', refusal: form };
  const { name, address } = form;
  const isNumber = Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= MOST_OF_A_PLAN;
  const [plan] = await readOfferedPlans(tx, { planId });
  const isOffered = plan?.intervals.some(({ unit, count }) => unit === interval.unit && count === interval.count);
  if (plan === undefined || !isOffered || !isNumber) return refused('not_offered');
  const known = await lockBuyer(tx, ctx);
  // By an order that is refused nobody becomes a customer.
  if (known === null && !isAsShown((await termsOf(tx, ctx, plan, input, null)).terms, input))
    return refused('terms_changed');
  const customer = known ?? (await join(tx, ctx, name, address));
  const [pressed] = await tx.select().from(checkouts).where(eq(checkouts.id, input.checkoutId));
  if (pressed !== undefined && pressed.customerId !== customer.id) throw notFound('This order');
  if (pressed !== undefined) return { kind: 'known', checkout: pressed };
  const own = isSameAddress(address, customer.address) ? null : address;
  const earlier = await earlierOf(tx, ctx, customer.id, plan, { ...input, own });
  if (earlier !== null) return earlier;
  const { offered, terms, timeZone } = await termsOf(tx, ctx, plan, input, customer.id);
  if (!isAsShown(terms, input)) return refused('terms_changed');
  const by = asCustomer(ctx, customer.id);
  const buyer = await withState(tx, by, customer, address);
  const [token] = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customer.id), eq(paymentTokens.status, 'live')));
  const path = token === undefined ? 'session' : 'token';
  return {
    kind: 'new',
    checkout: await storeCheckout(tx, by, {
      input,
      customer: buyer,
      plan: offered,
      terms,
      timeZone,
      address: own,
      path,
    }),
  };
}

function refused(reason: CheckoutRefusal): Planned {
  return { kind: 'refused', refusal: { ok: false, reason } };
}

/** Who orders and where it is sent, as it was typed, by somebody who agreed. A customer's name is known. */
function readWho(
  buyer: BuyerPrincipal,
  input: Pick<CheckoutInput, 'name' | 'sentTo' | 'isAgreed'>,
): { ok: true; name: string; address: PostalAddress } | Extract<CheckoutResult, { reason: 'form_incomplete' }> {
  const name = typedLine(input.name);
  const isFull = buyer.kind !== 'newcomer' || /^\S+ \S/.test(name);
  const wrong: Pick<CheckoutProblems, 'name' | 'consent'> = {
    ...(name.length > MAX_LENGTH ? { name: 'too_long' } : isFull ? {} : { name: 'missing' }),
    ...(input.isAgreed ? {} : { consent: 'missing' }),
  };
  const read = readAddress(input.sentTo);
  if (read.ok && Object.keys(wrong).length === 0) return { ok: true, name, address: read.address };
  return { ok: false, reason: 'form_incomplete', problems: { ...wrong, ...(read.ok ? {} : read.problems) } };
}

function isAsShown(terms: CheckoutTerms, { shown }: CheckoutInput): boolean {
  return (
    shown.totalCents === terms.order.totalCents &&
    shown.dueNowCents === terms.dueNowCents &&
    shown.firstChargeOn === terms.nextCharges[0] &&
    shown.consentVersion === CONSENT_VERSION &&
    terms.order.totalCents > 0
  );
}

async function termsOf(
  tx: Queryable,
  ctx: Context,
  plan: OfferedPlan,
  wanted: WantedOrder,
  customerId: Id<'customer'> | null,
): Promise<{ offered: OfferedPlan; terms: CheckoutTerms; timeZone: string }> {
  const timeZone = await buyerZone(tx, ctx, customerId);
  const offered = await planFor(tx, plan, customerId);
  return { offered, terms: checkoutTerms(offered, wanted, localDateAt(ctx.now, timeZone)), timeZone };
}

type CustomerRow = typeof customers.$inferSelect;

/** The customer's row is the queue: presses at the same moment are answered one after the other. Null for a newcomer without one. */
async function lockBuyer(tx: Queryable, ctx: Context): Promise<CustomerRow | null> {
  const buyer = requireBuyer(ctx.principal);
  const isIt = buyer.kind === 'newcomer' ? eq(customers.email, buyer.email) : eq(customers.id, buyer.customerId);
  // An account that another tab has deleted meanwhile orders nothing.
  const isThere = and(isIt, isNull(customers.deletedAt));
  const [customer] = await tx.select().from(customers).where(isThere).for('no key update');
  if (customer === undefined && buyer.kind === 'customer') throw notFound('This account');
  return customer ?? null;
}

/** A newcomer becomes a customer, by this press or by another one at the same moment. */
async function join(tx: Queryable, ctx: Context, name: string, address: PostalAddress): Promise<CustomerRow> {
  const buyer = requireBuyer(ctx.principal);
  if (buyer.kind === 'newcomer') {
    const at = { createdAt: ctx.now, updatedAt: ctx.now };
    const made = { id: newId('customer'), email: buyer.email, name, state: address.state, address, ...at };
    const created = await tx
      .insert(customers)
      .values(made)
      .onConflictDoNothing({ target: customers.email })
      .returning();
    if (created.length > 0)
      await audit(tx, asCustomer(ctx, made.id), {
        action: 'customer.joined',
        subject: made.id,
        customerId: made.id,
        change: {},
      });
  }
  const customer = await lockBuyer(tx, ctx);
  if (customer === null) throw notFound('This account');
  return customer;
}

/** Where they live is theirs to say: what is sent elsewhere, a gift or to work, says it only of somebody who has not. */
async function withState(
  tx: Queryable,
  ctx: Context,
  customer: CustomerRow,
  { state }: PostalAddress,
): Promise<CustomerRow> {
  if (customer.state !== null) return customer;
  await tx.update(customers).set({ state, updatedAt: ctx.now }).where(eq(customers.id, customer.id));
  await audit(tx, ctx, {
    action: 'customer.state_changed',
    subject: customer.id,
    customerId: customer.id,
    change: { changed: ['state'] },
  });
  return { ...customer, state };
}

function asCustomer(ctx: Context, customerId: Id<'customer'>): Context {
  return { ...ctx, principal: { kind: 'customer', customerId } };
}

/** What an earlier order of this customer means for this one; null where there is none that counts. */
async function earlierOf(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  plan: OfferedPlan,
  { quantity, interval, own, shown }: CheckoutInput & { own: PostalAddress | null },
): Promise<Planned | null> {
  const [latest] = await tx
    .select()
    .from(checkouts)
    .where(
      and(eq(checkouts.customerId, customerId), inArray(checkouts.status, [...LIVE_CHECKOUT_STATUSES, 'completed'])),
    )
    .orderBy(desc(checkouts.createdAt), desc(checkouts.id))
    .limit(1);
  if (latest === undefined) return null;
  const isSentThere = isSameAddress(latest.address, own);
  const isSame =
    latest.priceId === plan.priceId &&
    latest.shippingCents === plan.shippingCents &&
    latest.quantity === quantity &&
    latest.intervalUnit === interval.unit &&
    latest.intervalCount === interval.count &&
    isSentThere;
  if (latest.status === 'completed') {
    const isJustNow = ctx.now.getTime() - latest.createdAt.getTime() < SAME_ORDER_MS;
    const isAgain = isJustNow && latest.planId === plan.id && isSentThere && !(await isOver(tx, latest));
    return isAgain ? { kind: 'known', checkout: latest } : null;
  }
  // One that Truemed still has nothing of must keep what the page promises now: the same trial, to the same day.
  const trialShown = shown.dueNowCents === 0 ? shown.firstChargeOn : null;
  const isAsPromised = latest.status === 'processing' || latest.trialEndsOn === trialShown;
  if (isSame && isAsPromised) return { kind: 'known', checkout: latest };
  return latest.status === 'processing' ? refused('earlier_in_review') : { kind: 'in_the_way', checkout: latest };
}

/** Whether what an order has begun has been canceled since. */
async function isOver(tx: Queryable, { subscriptionId }: CheckoutRow): Promise<boolean> {
  if (subscriptionId === null) return false;
  const [row] = await tx
    .select({ status: subscriptions.status })
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId));
  return row?.status === 'canceled';
}

async function send(ctx: Context, checkout: CheckoutRow): Promise<CheckoutResult> {
  const { id, leaseEpoch, provisionRequestId } = checkout;
  if (provisionRequestId === null) await sendCheckout(ctx, { id, epoch: leaseEpoch });
  else await sendProvisionRequest(ctx, { id: provisionRequestId, epoch: 1 });
  const [after] = await ctx.db.select().from(checkouts).where(eq(checkouts.id, id));
  return whereTo(ctx, after ?? checkout);
}

/** The link of an order that is open, of its own or of its update payment token; else its page says what is so. */
async function whereTo(
  ctx: Context,
  { id, status, redirectUrl, provisionRequestId }: CheckoutRow,
): Promise<CheckoutResult> {
  const waiting: CheckoutResult = { ok: true, next: 'waiting', checkoutId: id };
  if (status !== 'open') return waiting;
  const link =
    provisionRequestId === null
      ? redirectUrl && ctx.vault.open(redirectUrl, `checkouts.redirect_url:${id}`)
      : await linkOfRequest(ctx, provisionRequestId);
  return link === null ? waiting : { ok: true, next: 'truemed', checkoutId: id, redirectUrl: link.toString() };
}

async function linkOfRequest(ctx: Context, requestId: Id<'provisionRequest'>): Promise<Buffer | null> {
  const [request] = await ctx.db.select().from(provisionRequests).where(eq(provisionRequests.id, requestId));
  if (request?.status !== 'open' || request.redirectUrl === null) return null;
  return ctx.vault.open(request.redirectUrl, `provision_requests.redirect_url:${requestId}`);
}

function unavailable(): AppError {
  return new AppError('provider_unavailable', 'Truemed does not close the earlier order at the moment.', {
    retryable: true,
  });
}

/** A customer goes on at Truemed where they stopped, or sees what became of it. Throws `not_found` for an order that is not theirs. */
export async function continueCheckout(ctx: Context, input: { checkoutId: Id<'checkout'> }): Promise<CheckoutResult> {
  const buyer = requireBuyer(ctx.principal);
  const [checkout] = await ctx.db.select().from(checkouts).where(eq(checkouts.id, input.checkoutId));
  if (checkout === undefined || buyer.kind !== 'customer' || checkout.customerId !== buyer.customerId)
    throw notFound('This order');
  return whereTo(ctx, checkout);
}
