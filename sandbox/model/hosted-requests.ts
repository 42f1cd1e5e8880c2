import { newUuid } from '../ids';
import type { Card, HostedRequest, HostedStep, PaymentToken } from '../records';
import type { EmitMode } from '../webhooks/dispatcher';
import type { World } from '../world';
import { issueToken, liveToken, renewLetter, replaceCard, sampleCard, skusOf, tokenOfEmail } from './tokens';

/** What a new hosted request starts with; the rest is the same for all of them. */
export type NewHostedRequest = Omit<HostedRequest, 'id' | 'status' | 'survey' | 'card' | 'created_at'> & {
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
    card: null,
    created_at: world.clock.nowIso(),
  });
}

/** Where the customer does what a request is for. */
export function hostedUrl(world: World, request: HostedRequest): string {
  const page = { provision: 'provision', update: 'repair', repair: 'repair', checkout: 'checkout' }[request.kind];
  return `${world.publicUrl}/${page}/${request.id}`;
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

/**
 * Ends the customer's part of a request: into review where the survey asks for one, else to its completion. Returns the
 * id of the token event, null while there is none.
 */
export function submitRequest(world: World, request: HostedRequest, emit: EmitMode = 'send'): string | null {
  if (request.survey === 'reviewed_later') {
    world.store.requests.put({ ...request, status: 'verifying' });
    return null;
  }
  return completeRequest(world, request, emit);
}

/** Ends a review. Nobody is told of a rejection (ASSUMED, section 5.1). Returns the id of the token event, if there is one. */
export function decideReview(world: World, request: HostedRequest, outcome: 'approve' | 'reject'): string | null {
  if (outcome === 'approve') return completeRequest(world, request, lostOr(world, 'send'));
  world.store.requests.put({ ...request, status: 'rejected' });
  return null;
}

/** How the token event is sent, given the scene that is set for the redirect: a lost webhook is lost for reviews too. */
export function lostOr(world: World, mode: EmitMode): EmitMode {
  return world.switches.values.webhookBeforeRedirect === 'never' ? 'drop' : mode;
}

function completeRequest(world: World, request: HostedRequest, emit: EmitMode): string {
  const token = request.kind === 'provision' ? provisionToken(world, request) : refreshToken(world, request);
  const completed = world.store.requests.put({ ...request, status: 'completed', payment_token: token.payment_token });
  return world.webhooks.emit('payment_token.updated', tokenEventData(completed, token), emit).id;
}

/** A second open request of one e-mail ends at the token that the first one made (ASSUMED: an e-mail has one token). */
function provisionToken(world: World, request: HostedRequest): PaymentToken {
  const card = request.card ?? sampleCard(world.clock.now());
  const existing = tokenOfEmail(world, request.customer_email);
  if (existing !== undefined) {
    return renewLetter(world, replaceCard(world, existing, card), request.order_items);
  }
  const { customer_email: email, customer_name: name } = request;
  return issueToken(world, { email, name, card, skus: skusOf(request.order_items) });
}

/** Throws for a token that is gone: the page of its request is closed then. */
function refreshToken(world: World, request: HostedRequest): PaymentToken {
  const token = request.payment_token === null ? undefined : liveToken(world, request.payment_token);
  if (token === undefined) throw new Error('The token of this request no longer exists.');
  const lettered = request.steps.includes('survey') ? renewLetter(world, token, request.order_items) : token;
  return request.card === null ? lettered : replaceCard(world, lettered, request.card);
}

/** The payload of the token event (section 7.7): one of the ids says what it is about. */
function tokenEventData(request: HostedRequest, token: PaymentToken): Record<string, unknown> {
  const about =
    request.kind === 'repair'
      ? { failed_payment_session_id: request.failed_payment_session_id }
      : { provision_token_request_id: request.id };
  return {
    payment_token: token.payment_token,
    ...about,
    customer_email: token.customer_email,
    customer_name: token.customer_name,
    ...(request.metadata === null ? {} : { metadata: request.metadata }),
    ...(token.lmn_expires_at === null ? {} : { lmn_expires_at: token.lmn_expires_at }),
  };
}

/** Remembers what the customer has done so far. */
export function recordProgress(
  world: World,
  request: HostedRequest,
  progress: { survey?: HostedRequest['survey']; card?: Card },
): HostedRequest {
  return world.store.requests.put({ ...request, ...progress });
}
