import { and, eq } from 'drizzle-orm';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { type ProvisionStatus, type WaitingState, waitingState } from '@/lib/core/provisioning';
import type { ReadinessInput } from '@/lib/core/readiness';
import { type ChargeFacts, readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
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
  /** The subscription that moves; null where card or survey were only brought up to date. */
  subscription: SubscriptionFacts | null;
  payment: PaymentFacts | null;
  /** Drawn once the card is connected. */
  readiness: ReadinessInput | null;
  /** A subscription that has moved and has no card any more, where this request brings one; null otherwise. */
  withoutCard: Id<'subscription'> | null;
  /** Further subscriptions that are still billed elsewhere. */
  others: Pick<SubscriptionFacts, 'id' | 'name'>[];
  /** Where only card or survey were brought up to date: the orders that waited for it. */
  waitingOrders: Pick<ChargeFacts, 'totalCents' | 'state' | 'recovery'>[];
}

const REQUEST = {
  id: provisionRequests.id,
  subscriptionId: provisionRequests.subscriptionId,
  status: provisionRequests.status,
  embedded: provisionRequests.embedded,
  createdAt: provisionRequests.createdAt,
  returnedAt: provisionRequests.returnedAt,
  declinedAt: provisionRequests.declinedAt,
  lastAskedAt: provisionRequests.lastAskedAt,
  connectedAt: provisionRequests.connectedAt,
  redirectUrl: provisionRequests.redirectUrl,
};

/**
 * Reads the waiting page, in three queries made at once. Throws `not_found` for a request that is not theirs, `forbidden` for
 * everybody who is not a customer.
 */
export async function waitingPage(ctx: Context, input: { requestId: Id<'provisionRequest'> }): Promise<WaitingPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [request, file, charges] = await Promise.all([
    readRequest(ctx, customerId, input.requestId),
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, limit: 4 }),
  ]);
  const { shell, payment, subscriptions } = file;
  const subscription = subscriptions.find(({ id }) => id === request.subscriptionId) ?? null;
  const { status, embedded, createdAt, returnedAt, declinedAt, lastAskedAt, connectedAt } = request;
  const state = waitingState(request, ctx.now);
  const declined = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
  return {
    shell,
    requestId: request.id,
    state,
    revision: revisionOf(request, state),
    status,
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
    readiness: state === 'Connected' && subscription !== null ? readinessInput(subscription, payment) : null,
    withoutCard: payment === null ? (subscriptions.find(isOursToCharge)?.id ?? null) : null,
    others: subscriptions.filter(
      (one) => one !== subscription && one.billingMethod === 'external' && one.status !== 'canceled',
    ),
    waitingOrders: subscription === null ? charges.filter(({ recovery }) => recovery !== null) : [],
  };
}

function isOursToCharge({ billingMethod, status }: SubscriptionFacts): boolean {
  return billingMethod === 'hsa_fsa' && status !== 'canceled';
}

/** What the waiting page asks for while it is open: whether there is something else to say. */
export interface WaitingPoll {
  state: WaitingState;
  revision: string;
}

/** Reads it in one query. Throws like `waitingPage`. */
export async function waitingPoll(ctx: Context, input: { requestId: Id<'provisionRequest'> }): Promise<WaitingPoll> {
  const { customerId } = requireCustomer(ctx.principal);
  const request = await readRequest(ctx, customerId, input.requestId);
  const state = waitingState(request, ctx.now);
  return { state, revision: revisionOf(request, state) };
}

/** Truemed's page inside ours; null where the request has no page that may be framed any more. */
export interface TruemedFrame {
  shell: ShellFacts;
  requestId: Id<'provisionRequest'>;
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
    subscriptionId: request.subscriptionId,
    name: file.subscriptions.find(({ id }) => id === request.subscriptionId)?.name ?? null,
    page: url === null ? null : { url, origin: new URL(url).origin },
  };
}

type RequestRow = Awaited<ReturnType<typeof readRequest>>;

async function readRequest(ctx: Context, customerId: Id<'customer'>, requestId: Id<'provisionRequest'>) {
  const [request] = await ctx.db
    .select(REQUEST)
    .from(provisionRequests)
    .where(and(eq(provisionRequests.id, requestId), eq(provisionRequests.customerId, customerId)));
  if (request === undefined) throw notFound('This request');
  return request;
}

function revisionOf(request: RequestRow, state: WaitingState): string {
  const instants = [request.returnedAt, request.declinedAt, request.lastAskedAt].map((at) => at?.getTime() ?? 0);
  return [state, request.status, ...instants].join('.');
}
