import { newUuid } from '../ids';
import type { Card, CardPayment, HostedRequest, HostedStep } from '../records';
import type { World } from '../world';
import { liveToken } from './tokens';

/** What a new hosted request starts with; the rest is the same for all of them. */
export type NewHostedRequest = Omit<
  HostedRequest,
  'id' | 'status' | 'survey' | 'review_ends_at' | 'card' | 'second_card' | 'created_at'
> & {
  /** Given where the request must share its id with something else, such as a checkout with its session. */
  id?: string;
};

/** Opens a request that a customer can be sent to. */
export function openRequest(world: World, request: NewHostedRequest): HostedRequest {
  return world.store.requests.put({
    id: newUuid(),
    ...request,
    customer_email: request.customer_email.toLowerCase(),
    status: 'open',
    survey: null,
    review_ends_at: null,
    card: null,
    second_card: null,
    created_at: world.clock.nowIso(),
  });
}

/** Where the customer does what a request is for, as the API tells it. */
export function hostedUrl(world: World, request: HostedRequest): string {
  return world.publicUrl + hostedPath(request);
}

/** The path of a request's page. */
export function hostedPath(request: HostedRequest): string {
  const page = { provision: 'provision', update: 'repair', repair: 'repair', checkout: 'checkout' }[request.kind];
  return `/${page}/${request.id}`;
}

/** The step that comes next for the customer; null when there is none left. */
export function nextStep(request: HostedRequest): HostedStep | null {
  if (request.status !== 'open') return null;
  const left = request.steps.filter((step) => (step === 'survey' ? request.survey === null : request.card === null));
  return left[0] ?? null;
}

/** Whether a review is under way for this e-mail, so that it cannot begin anew (section 4.1). */
export function isBeingReviewed(world: World, email: string): boolean {
  return world.store.requests.find('verifying', email.toLowerCase()).length > 0;
}

/** Remembers what the customer has done so far. */
export function recordProgress(
  world: World,
  request: HostedRequest,
  progress: { survey?: HostedRequest['survey']; card?: Card; second_card?: CardPayment | null },
): HostedRequest {
  return world.store.requests.put({ ...request, ...progress });
}

/** Whether a request that is not completed never can be: it was rejected, its token deleted, or its session decided otherwise. */
export function isClosed(world: World, request: HostedRequest): boolean {
  if (request.status === 'completed') return false;
  if (request.status === 'rejected') return true;
  if (request.kind === 'checkout') {
    const expected = request.status === 'open' ? 'pending' : 'processing';
    return world.store.sessions.get(request.id)?.status !== expected;
  }
  return request.payment_token !== null && liveToken(world, request.payment_token) === undefined;
}

/** Whether the link of an open request is older than the switch `hostedLinkHours` allows (ASSUMED, section 15.9). */
export function isLinkExpired(world: World, request: HostedRequest): boolean {
  const { hostedLinkHours } = world.switches.values;
  if (hostedLinkHours === 0 || request.status !== 'open') return false;
  return world.clock.now().getTime() - new Date(request.created_at).getTime() >= hostedLinkHours * 3_600_000;
}
