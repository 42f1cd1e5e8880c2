import { z } from 'zod';
import { hostedUrl, isBeingReviewed, openRequest } from '../model/hosted-requests';
import { tokenOfEmail } from '../model/tokens';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Email, OrderItems, readFields, State, Text, TOKEN_CODES, WebUrl } from './fields';
import { answerOnce } from './idempotency';

const REQUIRED = ['customer_email', 'customer_name', 'order_items', 'success_url', 'failure_url', 'idempotency_key'];

const Body = z.looseObject({
  customer_email: Email,
  customer_name: Text,
  order_items: OrderItems,
  success_url: WebUrl,
  failure_url: WebUrl,
  idempotency_key: Text,
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
  const request = openRequest(world, {
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
  return { status: 200, body: { provision_token_request_id: request.id, redirect_url: hostedUrl(world, request) } };
}

function hasToken(world: World, email: string): boolean {
  if (tokenOfEmail(world, email) !== undefined) return true;
  if (world.switches.values.reprovisionAfterDelete) return false;
  return world.store.tokens.all().some((token) => token.customer_email === email.toLowerCase());
}
