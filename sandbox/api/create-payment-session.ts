import { z } from 'zod';
import type { OrderItem } from '@/lib/truemed/schemas';
import { newPaymentToken, newUuid } from '../ids';
import { hostedUrl, openRequest } from '../model/hosted-requests';
import { isDeclinedByTag, lateOutcome } from '../model/magic';
import { payersOf } from '../model/payers';
import { putOffOutcome, settleAccepted } from '../model/sessions';
import { liveToken, type RequiredAction, requiredAction, tokenOfEmail } from '../model/tokens';
import type { PaymentSession, PaymentToken } from '../records';
import type { World } from '../world';
import { AmountDetails, explainWrongTotal } from './amounts';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { describeIssue, Email, Id, OrderItems, readFields, SESSION_CODES, State, Text, WebUrl } from './fields';
import { answerOnce } from './idempotency';
import { unknownToken } from './payment-tokens';

const REQUIRED = [
  'total_amount',
  'amount_details',
  'order_items',
  'customer_email',
  'customer_name',
  'success_url',
  'failure_url',
  'idempotency_key',
];

const LongUrl = WebUrl.max(4096, 'must have at most 4096 characters');
const AnyObject = z.looseObject({}).nullish();

const Body = z
  .looseObject({
    total_amount: z.number().int(),
    amount_details: AmountDetails.nullish(),
    order_items: z.unknown(),
    customer_email: z.string(),
    customer_name: z.string(),
    success_url: LongUrl,
    failure_url: LongUrl,
    idempotency_key: Id,
    kind: z.enum(['one_time_payment', 'authorization']).nullish(),
    tokenize: z.boolean().nullish(),
    payment_token: Id.nullish(),
    display_next_bill_info: z.looseObject({ total_amount: z.number().int(), date: z.iso.date() }).nullish(),
    customer_state: State.nullish(),
    metadata: z.string().nullish(),
    use_iframe: z.boolean().nullish(),
    billing_address: AnyObject,
    shipping_address: AnyObject,
    billing_name: z.string().nullish(),
    shipping_name: z.string().nullish(),
    survey_config: AnyObject,
  })
  .superRefine((body, issues) => {
    // With a token the identity is the token's, and these two are ignored (section 3.1).
    if (!body.payment_token) {
      if (!Email.safeParse(body.customer_email).success)
        refuseField(issues, 'customer_email', 'must be an e-mail address');
      if (!Text.safeParse(body.customer_name).success) refuseField(issues, 'customer_name', 'must not be empty');
    }
    if (body.display_next_bill_info && (body.tokenize !== true || body.total_amount !== 0)) {
      refuseField(issues, 'display_next_bill_info', 'requires tokenize=true and total_amount=0');
    }
    if (body.kind === 'authorization' && (body.tokenize === true || body.payment_token)) {
      refuseField(issues, 'kind', 'authorization holds are not supported for subscriptions');
    }
  });

type SessionInput = z.infer<typeof Body>;

function refuseField(issues: z.RefinementCtx, field: string, message: string): void {
  issues.addIssue({ code: 'custom', path: [field], message });
}

/** An address with the session's id where the template stands (section 3.1). */
function withId(url: string, id: string): string {
  return url.replaceAll('{{payment_session_id}}', id);
}

/**
 * Create payment session (section 3.1): a hosted checkout, or an unattended charge with `payment_token`. Checked in this
 * order (ASSUMED): required fields, their form, the idempotency key, `TokenizeNotSupported`, the token, items, amounts,
 * merchant features, what the token needs (422).
 */
export function createPaymentSession(call: ApiCall): ApiAnswer {
  const { world, body } = call;
  const required = world.switches.values.requireAmountDetails
    ? REQUIRED
    : REQUIRED.filter((name) => name !== 'amount_details');
  const fields = readFields(body, Body, required, SESSION_CODES);
  if (!fields.ok) return fields.answer;
  return answerOnce(call, 'createPaymentSession', () => decide(world, fields.value));
}

function decide(world: World, input: SessionInput): ApiAnswer {
  if (input.tokenize === true && input.payment_token) {
    return refuse(400, 'TokenizeNotSupported', 'tokenize=true and payment_token cannot be used together.');
  }
  const token = input.payment_token ? liveToken(world, input.payment_token) : null;
  if (token === undefined) {
    return isPromised(world, input.payment_token) ? pendingToken() : unknownToken();
  }
  if (token?.health === 'pending') return pendingToken();
  const items = OrderItems.safeParse(input.order_items);
  if (!items.success) return refuse(400, 'OrderItemsInvalid', `order_items.${describeIssue(items.error)}`);
  const { discountSign, paymentsEnabled, authorizationEnabled } = world.switches.values;
  const order = { ...input, amount_details: input.amount_details ?? null, order_items: items.data };
  const trial = input.tokenize === true && input.display_next_bill_info != null;
  const wrongTotal = explainWrongTotal(order, { discountSign, trial });
  if (wrongTotal !== null) return refuse(400, 'TotalAmountInvalid', wrongTotal);
  if (!paymentsEnabled) return refuse(400, 'FeatureNotEnabled', 'Payments are not enabled for this merchant.');
  if (input.kind === 'authorization' && !authorizationEnabled) {
    return refuse(400, 'FeatureNotEnabled', 'kind=authorization is not enabled for this merchant.');
  }
  if (token === null) return openCheckout(world, newSession(world, input, items.data, null));
  const needed = requiredAction(world, token, order);
  const action = needed === null && isDeclinedByTag(world, token.customer_email) ? 'UpdatePaymentMethod' : needed;
  const session = newSession(world, input, items.data, token);
  return action === null
    ? accept(world, { ...session, payment_methods: payersOf(world, token, order) ?? [] })
    : demandAction(world, session, token, action);
}

function newSession(world: World, input: SessionInput, items: OrderItem[], token: PaymentToken | null): PaymentSession {
  const id = newUuid();
  return {
    id,
    status: 'pending',
    kind: input.kind ?? 'one_time_payment',
    created_at: world.clock.nowIso(),
    idempotency_key: input.idempotency_key,
    customer_email: token?.customer_email ?? input.customer_email.toLowerCase(),
    customer_name: token?.customer_name ?? input.customer_name,
    total_amount: input.total_amount,
    amount_details: input.amount_details ?? null,
    order_items: items.map((item) => ({ ...item, item_id: newUuid() })),
    metadata: input.metadata ?? null,
    payment_token:
      token?.payment_token ?? (input.tokenize === true ? promisedToken(world, input.customer_email) : null),
    tokenize: input.tokenize ?? false,
    display_next_bill_info: input.display_next_bill_info ?? null,
    customer_state: input.customer_state ?? null,
    use_iframe: input.use_iframe ?? false,
    success_url: withId(input.success_url, id),
    failure_url: withId(input.failure_url, id),
    next_action: null,
    settles_as: null,
    settles_at: null,
    authorized_on: null,
    captured_on: null,
    capture_amount: null,
    hold_expires_at: null,
    payment_methods: [],
  };
}

function pendingToken(): ApiAnswer {
  return refuse(400, 'SessionPending', 'The customer has not finished the first checkout of this payment_token yet.');
}

/** Whether this token is to come out of a first checkout that is not finished. */
function isPromised({ store }: World, paymentToken: string | null | undefined): boolean {
  return store.sessions.count('unfinished', paymentToken ?? '') > 0;
}

/** The token that a checkout will bring, where its answer names it: that of the customer, or a new one (section 13, C4). */
function promisedToken(world: World, email: string): string | null {
  if (!world.switches.values.tokenInCheckoutAnswer) return null;
  return tokenOfEmail(world, email)?.payment_token ?? newPaymentToken();
}

/** A session whose customer is present and pays on the hosted page. */
function openCheckout(world: World, session: PaymentSession): ApiAnswer {
  world.store.sessions.put(session);
  const request = openRequest(world, {
    id: session.id,
    kind: 'checkout',
    steps: ['survey', 'card'],
    customer_email: session.customer_email,
    customer_name: session.customer_name,
    customer_state: session.customer_state,
    order_items: session.order_items,
    success_url: session.success_url,
    failure_url: session.failure_url,
    use_iframe: session.use_iframe,
    metadata: session.metadata,
    payment_token: null,
    failed_payment_session_id: null,
  });
  return { status: 200, body: createReply(session, hostedUrl(world, request)) };
}

/** An unattended charge that nothing stands in the way of; 200 says accepted, the event says captured (section 5.4). */
function accept(world: World, session: PaymentSession): ApiAnswer {
  const { captureAs, captureDelayMs } = world.switches.values;
  const late = lateOutcome(world, session.customer_email);
  world.store.sessions.put({ ...session, settles_as: captureAs });
  const answer = { status: 200, body: createReply(session, null) };
  if (late !== null) {
    const eventIds = putOffOutcome(world, session, captureAs, late);
    return { ...answer, afterSent: () => world.webhooks.release(eventIds) };
  }
  if (captureDelayMs > 0) {
    world.timers.after(captureDelayMs, () => settleAccepted(world, session.id));
    return answer;
  }
  const eventIds = settleAccepted(world, session.id, 'hold');
  return { ...answer, afterSent: () => world.webhooks.release(eventIds) };
}

/** 422: the session stays pending (ASSUMED, section 5.4), and a link leads the customer to what must be done. */
function demandAction(world: World, session: PaymentSession, token: PaymentToken, action: RequiredAction): ApiAnswer {
  world.store.sessions.put({ ...session, next_action: action });
  const repair = openRequest(world, {
    kind: 'repair',
    steps: [action === 'TakeHealthSurvey' ? 'survey' : 'card'],
    customer_email: token.customer_email,
    customer_name: token.customer_name,
    customer_state: session.customer_state,
    order_items: session.order_items,
    success_url: session.success_url,
    failure_url: session.failure_url,
    use_iframe: session.use_iframe,
    metadata: session.metadata,
    payment_token: token.payment_token,
    failed_payment_session_id: session.id,
  });
  const body = { next_action: action, redirect_url: hostedUrl(world, repair) };
  if (!world.switches.values.includeIdIn422) return { status: 422, body };
  return {
    status: 422,
    body: { ...body, id: session.id, message: 'The customer must act before this token can be charged.' },
  };
}

function createReply(session: PaymentSession, redirectUrl: string | null) {
  return {
    id: session.id,
    redirect_url: redirectUrl,
    payment_token: session.payment_token,
    next_action: null,
    message: null,
    authorization_expires_at: null,
  };
}
