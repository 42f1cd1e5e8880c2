import type { Card, HostedRequest, PaymentSession, PaymentToken } from '../records';
import type { EmitMode } from '../webhooks/dispatcher';
import type { World } from '../world';
import { reviewOf } from './magic';
import { moveSession, placeHold } from './sessions';
import { issueToken, liveToken, renewLetter, replaceCards, sampleCard, skusOf, tokenOfEmail } from './tokens';

/** Ends the customer's part of a request: in a review where the survey leads to one, else in its completion. Returns the ids of the events. */
export function submitRequest(world: World, request: HostedRequest, emit: EmitMode): string[] {
  const session = request.kind === 'checkout' ? world.store.sessions.get(request.id) : undefined;
  const processing =
    session === undefined
      ? []
      : [moveSession(world, placeHold(world, withCards(session, request)), 'processing', emit)];
  const review = reviewOf(world, request);
  if (review === null) return [...processing, ...completeRequest(world, request, emit)];
  const verifying = world.store.requests.put({ ...request, status: 'verifying', review_ends_at: review.endsAt });
  const isOver = review.endsAt !== null && review.endsAt <= world.clock.nowIso();
  return isOver ? [...processing, ...decideReview(world, verifying, review.outcome, emit)] : processing;
}

/** A checkout's session with the cards that pay it. */
function withCards(session: PaymentSession, { card, second_card }: HostedRequest): PaymentSession {
  if (card === null) return session;
  const second = second_card == null ? [] : [second_card];
  const rest = second.reduce((left, { amount }) => left - amount, session.total_amount);
  return { ...session, payment_methods: [{ ...card, amount: rest }, ...second] };
}

/** Ends a review. Only a session's rejection is told of: for a token request there is no event (ASSUMED, section 5.1). Returns the ids of the events. */
export function decideReview(
  world: World,
  request: HostedRequest,
  outcome: 'approve' | 'reject',
  emit: EmitMode = lostOr(world, 'send'),
): string[] {
  if (outcome === 'approve') return completeRequest(world, request, emit);
  world.store.requests.put({ ...request, status: 'rejected' });
  const session = request.kind === 'checkout' ? world.store.sessions.get(request.id) : undefined;
  return session?.status === 'processing' ? [moveSession(world, session, 'rejected', emit)] : [];
}

/** How a token event is sent in the scene that is set: where the webhook is lost, it is lost for reviews too. */
export function lostOr(world: World, mode: EmitMode): EmitMode {
  return world.switches.values.webhookBeforeRedirect === 'never' ? 'drop' : mode;
}

function completeRequest(world: World, request: HostedRequest, emit: EmitMode): string[] {
  if (request.kind === 'checkout') return completeCheckout(world, request, emit);
  const token = request.kind === 'provision' ? tokenFor(world, request) : refreshToken(world, request);
  world.store.requests.put({ ...request, status: 'completed', payment_token: token.payment_token });
  const about =
    request.kind === 'repair'
      ? { failed_payment_session_id: request.failed_payment_session_id }
      : { provision_token_request_id: request.id };
  return [emitTokenEvent(world, token, about, request.metadata, emit)];
}

/** A first checkout: the money, or the hold; and with `tokenize` the token, told of by an event of its own (section 5.2). */
function completeCheckout(world: World, request: HostedRequest, emit: EmitMode): string[] {
  const session = world.store.sessions.get(request.id);
  if (session === undefined) throw new Error('A checkout has a session.');
  const token = session.tokenize ? tokenFor(world, request, session.payment_token) : null;
  world.store.requests.put({ ...request, status: 'completed', payment_token: token?.payment_token ?? null });
  const paid: PaymentSession = { ...session, payment_token: token?.payment_token ?? null };
  const sessionEvent = moveSession(world, paid, session.kind === 'authorization' ? 'authorized' : 'captured', emit);
  if (token === null) return [sessionEvent];
  return [sessionEvent, emitTokenEvent(world, token, { payment_session_id: session.id }, request.metadata, emit)];
}

/** The token of a customer who had none; a second open request of one e-mail ends at the same token (ASSUMED: there is one for each). */
function tokenFor(world: World, request: HostedRequest, promised: string | null = null): PaymentToken {
  const cards = request.card === null ? [sampleCard(world.clock.now())] : cardsOf(request);
  const existing = tokenOfEmail(world, request.customer_email);
  if (existing !== undefined) return renewLetter(world, replaceCards(world, existing, cards), request.order_items);
  const { customer_email: email, customer_name: name } = request;
  // A promised token that was deleted in the meantime cannot be revived.
  const isFree = promised !== null && world.store.tokens.get(promised) === undefined;
  const paymentToken = isFree ? promised : undefined;
  return issueToken(world, { email, name, cards, skus: skusOf(request.order_items), paymentToken });
}

/** The cards that the customer has entered, without what each pays. */
function cardsOf({ card, second_card }: HostedRequest): Card[] {
  if (card === null) return [];
  if (second_card == null) return [card];
  const { amount: _, ...second } = second_card;
  return [card, second];
}

/** The token of an update or a repair, with what the customer has just done. */
function refreshToken(world: World, request: HostedRequest): PaymentToken {
  const token = request.payment_token === null ? undefined : liveToken(world, request.payment_token);
  if (token === undefined) throw new Error('The token of this request no longer exists.');
  const lettered = request.steps.includes('survey') ? renewLetter(world, token, request.order_items) : token;
  return request.card === null ? lettered : replaceCards(world, lettered, cardsOf(request));
}

function emitTokenEvent(
  world: World,
  token: PaymentToken,
  about: Record<string, string | null>,
  metadata: string | null,
  emit: EmitMode,
): string {
  return world.webhooks.emit('payment_token.updated', tokenEventData(world, token, about, metadata), emit).id;
}

/** The payload of the token event (section 7.7); one of three ids says what it is about. */
export function tokenEventData(
  { switches }: World,
  token: PaymentToken,
  about: Record<string, string | null>,
  metadata: string | null,
): Record<string, unknown> {
  const { payment_token, customer_email, customer_name, lmn_expires_at } = token;
  const { customerFieldsInTokenEvent, letterFieldInTokenEvent } = switches.values;
  return {
    payment_token,
    ...about,
    ...(customerFieldsInTokenEvent === 'email'
      ? { email: customer_email, name: customer_name }
      : { customer_email, customer_name }),
    ...(metadata === null ? {} : { metadata }),
    ...(lmn_expires_at === null ? {} : { [letterFieldInTokenEvent]: lmn_expires_at }),
  };
}
