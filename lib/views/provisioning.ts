import { and, eq, sql } from 'drizzle-orm';
import { checkouts } from '@/db/schema/checkouts';
import { paymentTokens, pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import {
  type ProvisionPurpose,
  type ProvisionStatus,
  purposeOf,
  type WaitingState,
  waitingState,
} from '@/lib/core/provisioning';
import type { ReadinessInput } from '@/lib/core/readiness';
import { isUnderWay } from './charge-state';
import { type ChargeFacts, readCharges } from './customer-charges';
import { type CustomerFile, readCustomerFile, type ShellFacts } from './customer-file';
import { askedAgain, askedItems, type ItemsAgain } from './own-subscription';
import { type PaymentFacts, readinessInput, type SubscriptionFacts } from './subscription-facts';

/** What the waiting page says of one request to Truemed. It only reads our database, so it is right on any device. */
export interface WaitingPage {
  shell: ShellFacts;
  requestId: Id<'provisionRequest'>;
  state: WaitingState;
  /** Changes whenever the page has something else to say. */
  revision: string;
  status: ProvisionStatus;
  /** The customer chose to complete it inside our page. */
  embedded: boolean;
  createdAt: Date;
  /** When the customer last came back, to the success or the failure URL. */
  cameBackAt: Date | null;
  /** Came back to the failure URL last. */
  declined: boolean;
  lastAskedAt: Date | null;
  connectedAt: Date | null;
  now: Date;
  timeZone: string;
  /** What it was asked for. */
  purpose: ProvisionPurpose;
  /** The order of a new subscription that it was asked for, which has a page of its own; null for other requests. */
  checkoutId: Id<'checkout'> | null;
  /** Truemed gave a page to go to; it had nothing to ask where it did not. */
  hadPage: boolean;
  /** The items that Truemed was asked about; null for other purposes. */
  items: ItemsAsked | null;
  /** The subscription that moves; null where nothing does. */
  subscription: SubscriptionFacts | null;
  payment: PaymentFacts | null;
  /** Truemed had confirmed it, and no card is connected any more. */
  isCardGone: boolean;
  /** The card pays for a charge to come. */
  isCharged: boolean;
  /** Drawn once the card is connected. */
  readiness: ReadinessInput | null;
  /** A subscription that has moved and has no card any more, where this request brings one; null otherwise. */
  withoutCard: Id<'subscription'> | null;
  /** Further subscriptions that are still billed elsewhere. */
  others: Pick<SubscriptionFacts, 'id' | 'name'>[];
  /** Where nothing moves: the orders that waited for it, and those that were paid since. */
  waitingOrders: WaitingOrder[];
}

type WaitingOrder = Pick<ChargeFacts, 'invoiceId' | 'totalCents' | 'state' | 'recovery'>;

/** New items of a subscription, as they stand at Truemed. */
export interface ItemsAsked {
  subscriptionId: Id<'subscription'>;
  items: Pick<Line, 'name' | 'quantity'>[];
  /** They are to come with the next order only. */
  isOnce: boolean;
  /** They still wait for Truemed. */
  isHeld: boolean;
  /** Another change has taken their place, or the customer has taken them back: nothing comes of them, whatever Truemed says. */
  isReplaced: boolean;
  isWithdrawn: boolean;
  /** No order is to come that could have them: the subscription is canceled, or about to end. */
  isOver: boolean;
  /** Where just these are asked for, to go on with them; null where they have to be chosen anew. */
  again: ItemsAgain | null;
}

/** Orders that are still open come first, so these are enough. */
const ORDERS = 4;

const REQUEST = {
  id: provisionRequests.id,
  kind: provisionRequests.kind,
  purpose: provisionRequests.purpose,
  subscriptionId: provisionRequests.subscriptionId,
  status: provisionRequests.status,
  embedded: provisionRequests.embedded,
  createdAt: provisionRequests.createdAt,
  returnedAt: provisionRequests.returnedAt,
  declinedAt: provisionRequests.declinedAt,
  lastAskedAt: provisionRequests.lastAskedAt,
  connectedAt: provisionRequests.connectedAt,
  redirectUrl: provisionRequests.redirectUrl,
  checkoutId: checkouts.id,
  changeStatus: pendingItemChanges.status,
  hasCard: sql<boolean>`exists (select from ${paymentTokens}
    where ${paymentTokens.customerId} = ${provisionRequests.customerId} and ${paymentTokens.status} = 'live')`,
};

/**
 * Reads the waiting page, in queries made at once. Throws `not_found` for a request that is not theirs, `forbidden` for
 * everybody who is not a customer.
 */
export async function waitingPage(ctx: Context, input: { requestId: Id<'provisionRequest'> }): Promise<WaitingPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [request, file, charges, items] = await Promise.all([
    readRequest(ctx, customerId, input.requestId),
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, limit: ORDERS }),
    readItemsAsked(ctx, customerId, input.requestId),
  ]);
  const { shell, payment, subscriptions } = file;
  const subscription = subscriptions.find(({ id }) => id === request.subscriptionId) ?? null;
  const { status, embedded, createdAt, returnedAt, declinedAt, lastAskedAt, connectedAt } = request;
  const state = stateOf(request, ctx.now);
  const orders = ordersWaiting(request, charges);
  const declined = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
  return {
    shell,
    requestId: request.id,
    state,
    revision: revisionOf(request, state, orders),
    status,
    purpose: purposeOf(request),
    checkoutId: request.checkoutId,
    hadPage: request.redirectUrl !== null,
    items,
    embedded,
    createdAt,
    cameBackAt: declined ? declinedAt : returnedAt,
    declined,
    lastAskedAt,
    connectedAt,
    now: ctx.now,
    timeZone: subscription?.timeZone ?? subscriptions[0]?.timeZone ?? ctx.env.merchant.timeZone,
    subscription,
    payment,
    isCardGone: isCardGone(request),
    isCharged: payment !== null && subscriptions.some(isChargedByUs),
    readiness: state === 'Connected' && subscription !== null ? readinessInput(subscription, payment) : null,
    withoutCard: withoutCardIn(file),
    others: subscriptions.filter(
      (one) => one !== subscription && one.billingMethod === 'external' && one.status !== 'canceled',
    ),
    waitingOrders: orders,
  };
}

// What Truemed has confirmed may have been undone since, but for items: they are as they were agreed with or without a card.
function isCardGone(request: RequestRow): boolean {
  return request.status === 'connected' && !request.hasCard && purposeOf(request) !== 'items';
}

function stateOf(request: RequestRow, now: Date): WaitingState {
  return isCardGone(request) ? 'Needs attention' : waitingState(request, now);
}

const isChargedByUs = ({ billingMethod, nextChargeOn }: SubscriptionFacts) =>
  billingMethod === 'hsa_fsa' && nextChargeOn !== null;

function withoutCardIn({ payment, subscriptions }: CustomerFile): Id<'subscription'> | null {
  if (payment !== null) return null;
  return subscriptions.find((one) => one.billingMethod === 'hsa_fsa' && one.status !== 'canceled')?.id ?? null;
}

/** What the waiting page asks for while it is open: whether there is something else to say. */
export interface WaitingPoll {
  state: WaitingState;
  revision: string;
}

/** Reads it in two queries made at once. Throws like `waitingPage`. */
export async function waitingPoll(ctx: Context, input: { requestId: Id<'provisionRequest'> }): Promise<WaitingPoll> {
  const { customerId } = requireCustomer(ctx.principal);
  const [request, charges] = await Promise.all([
    readRequest(ctx, customerId, input.requestId),
    readCharges(ctx, { customerId, limit: ORDERS }),
  ]);
  const state = stateOf(request, ctx.now);
  return { state, revision: revisionOf(request, state, ordersWaiting(request, charges)) };
}

/** Truemed's page inside ours; null where the request has no page that may be framed any more. */
export interface TruemedFrame {
  shell: ShellFacts;
  requestId: Id<'provisionRequest'>;
  purpose: ProvisionPurpose;
  /** The one that moves, or that is without a card: with it the customer goes on in a tab instead. Null where a card is stored. */
  subscriptionId: Id<'subscription'> | null;
  name: string | null;
  /** Truemed's own address, which only this customer may see. */
  page: { url: string; origin: string } | null;
}

/**
 * Opens the link of a request that is to be completed inside our page. Throws `not_found` for a request that is not theirs,
 * `forbidden` for everybody who is not a customer.
 */
export async function truemedFrame(ctx: Context, input: { requestId: Id<'provisionRequest'> }): Promise<TruemedFrame> {
  const { customerId } = requireCustomer(ctx.principal);
  const [request, file] = await Promise.all([
    readRequest(ctx, customerId, input.requestId),
    readCustomerFile(ctx, customerId),
  ]);
  const sealed = request.status === 'open' && request.embedded ? request.redirectUrl : null;
  const url =
    sealed === null ? null : ctx.vault.open(sealed, `provision_requests.redirect_url:${request.id}`).toString();
  return {
    shell: file.shell,
    requestId: request.id,
    purpose: purposeOf(request),
    subscriptionId: request.subscriptionId ?? (purposeOf(request) === 'reconnect' ? withoutCardIn(file) : null),
    name: file.subscriptions.find(({ id }) => id === request.subscriptionId)?.name ?? null,
    page: url === null ? null : { url, origin: new URL(url).origin },
  };
}

type RequestRow = Awaited<ReturnType<typeof readRequest>>;

async function readRequest(ctx: Context, customerId: Id<'customer'>, requestId: Id<'provisionRequest'>) {
  const [request] = await ctx.db
    .select(REQUEST)
    .from(provisionRequests)
    .leftJoin(checkouts, eq(checkouts.provisionRequestId, provisionRequests.id))
    .leftJoin(pendingItemChanges, eq(pendingItemChanges.requestId, provisionRequests.id))
    .where(and(eq(provisionRequests.id, requestId), eq(provisionRequests.customerId, customerId)));
  if (request === undefined) throw notFound('This request');
  return request;
}

// Orders are told of where nothing moves: a moved subscription is first charged on a later day.
function ordersWaiting(request: RequestRow, charges: readonly ChargeFacts[]): WaitingOrder[] {
  if (request.subscriptionId !== null) return [];
  const isPaidSince = ({ paidAt }: ChargeFacts) => paidAt !== null && paidAt >= request.createdAt;
  return charges
    .filter((charge) => charge.recovery !== null || isUnderWay(charge.state) || isPaidSince(charge))
    .map(({ invoiceId, totalCents, state, recovery }) => ({ invoiceId, totalCents, state, recovery }));
}

async function readItemsAsked(
  ctx: Context,
  customerId: Id<'customer'>,
  requestId: Id<'provisionRequest'>,
): Promise<ItemsAsked | null> {
  const [change] = await ctx.db
    .select({
      subscriptionId: pendingItemChanges.subscriptionId,
      items: pendingItemChanges.items,
      onceItem: pendingItemChanges.onceItem,
      status: pendingItemChanges.status,
      isOver: sql<boolean>`${subscriptions.status} = 'canceled' or ${subscriptions.cancelOn} is not null`,
    })
    .from(pendingItemChanges)
    .innerJoin(subscriptions, eq(subscriptions.id, pendingItemChanges.subscriptionId))
    .where(and(eq(pendingItemChanges.requestId, requestId), eq(pendingItemChanges.customerId, customerId)));
  if (change === undefined) return null;
  const { subscriptionId, status, isOver } = change;
  return {
    subscriptionId,
    isOver,
    ...askedItems(change),
    isHeld: status === 'held',
    isReplaced: status === 'replaced',
    isWithdrawn: status === 'withdrawn',
    again: await askedAgain(ctx, subscriptionId, change),
  };
}

function revisionOf(request: RequestRow, state: WaitingState, orders: readonly WaitingOrder[]): string {
  const instants = [request.returnedAt, request.declinedAt, request.lastAskedAt].map((at) => at?.getTime() ?? 0);
  const change = request.changeStatus ?? 'none';
  const waiting = orders.map(({ invoiceId, state: at }) => `${invoiceId}-${at}`);
  return [state, request.status, change, ...instants, ...waiting].join('.');
}
