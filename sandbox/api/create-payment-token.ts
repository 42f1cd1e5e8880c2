import { z } from 'zod';
import { magicOf } from '../magic-values';
import { hostedUrl, isBeingReviewed, openRequest } from '../model/hosted-requests';
import { issueToken, sampleCard, tokenOfEmail } from '../model/tokens';
import type { HostedRequest } from '../records';
import { takeTurn } from '../turns';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Email, Id, OrderItems, readFields, State, Text, TOKEN_CODES, WebUrl } from './fields';
import { answerOnce } from './idempotency';

const REQUIRED = ['customer_email', 'customer_name', 'order_items', 'success_url', 'failure_url', 'idempotency_key'];

const Body = z.looseObject({
  customer_email: Email,
  customer_name: Text,
  order_items: OrderItems,
  success_url: WebUrl,
  failure_url: WebUrl,
  idempotency_key: Id,
  customer_state: State.nullish(),
  metadata: z.string().nullish(),
  use_iframe: z.boolean().optional(),
});

/**
 * Create payment token (section 4.1): opens a provision token request, not a token. Checked in this order (ASSUMED):
 * required fields, their form, the idempotency key, then what the e-mail already has.
 */
export function createPaymentToken(call: ApiCall): ApiAnswer {
  const { world, body } = call;
  const fields = readFields(body, Body, REQUIRED, TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  return answerOnce(call, 'createPaymentToken', () => provision(world, fields.value));
}

function provision(world: World, input: z.infer<typeof Body>): ApiAnswer {
  prepareTagged(world, input);
  if (hasToken(world, input.customer_email)) {
    return refuse(
      400,
      'IdempotencyViolation',
      'This customer e-mail already has a payment token provisioned. Use the update_payment_token endpoint.',
    );
  }
  if (isBeingReviewed(world, input.customer_email)) {
    return refuse(
      400,
      'WaitingForVerification',
      'LMN verification has started for this customer e-mail. Wait for the payment_token_updated webhook, then use update_payment_token.',
    );
  }
  const request = openProvision(world, input);
  return { status: 200, body: { provision_token_request_id: request.id, redirect_url: hostedUrl(world, request) } };
}

function openProvision(world: World, input: z.infer<typeof Body>): HostedRequest {
  return openRequest(world, {
    kind: 'provision',
    steps: ['survey', 'card'],
    customer_email: input.customer_email,
    customer_name: input.customer_name,
    customer_state: input.customer_state ?? null,
    order_items: input.order_items,
    success_url: input.success_url,
    failure_url: input.failure_url,
    use_iframe: input.use_iframe ?? false,
    metadata: input.metadata ?? null,
    payment_token: null,
    failed_payment_session_id: null,
  });
}

/** What the tags of an e-mail say was there before this call: a token, or a review (magic-values.ts). Once for each e-mail. */
function prepareTagged(world: World, input: z.infer<typeof Body>): void {
  const { customer_email: email, customer_name: name } = input;
  const isFirst = (tag: string) => takeTurn(world.store, 'tag', tag, email.toLowerCase()) === 1;
  if (magicOf(email, 'already_has_token') !== null && isFirst('already_has_token')) {
    issueToken(world, { email, name, cards: [sampleCard(world.clock.now())], skus: null });
  }
  if (magicOf(email, 'waiting_verification') !== null && isFirst('waiting_verification')) {
    const request = openProvision(world, input);
    world.store.requests.put({ ...request, status: 'verifying', survey: 'reviewed_later' });
  }
}

function hasToken(world: World, email: string): boolean {
  if (tokenOfEmail(world, email) !== undefined) return true;
  if (world.switches.values.reprovisionAfterDelete) return false;
  return world.store.tokens.count('owner', email.toLowerCase()) > 0;
}
