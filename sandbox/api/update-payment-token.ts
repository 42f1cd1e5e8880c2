import { z } from 'zod';
import { hostedUrl, isBeingReviewed, openRequest } from '../model/hosted-requests';
import { liveToken, needsSurvey } from '../model/tokens';
import type { HostedStep, PaymentToken } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Id, OrderItems, readFields, TOKEN_CODES, WebUrl } from './fields';
import { answerOnce } from './idempotency';
import { unknownToken } from './payment-tokens';

/** All of them ASSUMED, from the parallel with create payment token. */
const REQUIRED = ['order_items', 'success_url', 'failure_url', 'idempotency_key'];

const Body = z.looseObject({
  order_items: OrderItems,
  update_card_info: z.boolean().default(false),
  success_url: WebUrl,
  failure_url: WebUrl,
  idempotency_key: Id,
  metadata: z.string().nullish(),
  use_iframe: z.boolean().optional(),
});

/**
 * Update payment token (section 4.5). A survey is asked for when the letter does not cover the items or has ended, a card
 * when `update_card_info` says so; where nothing is needed the change holds at once, and no event tells of it (ASSUMED).
 */
export function updatePaymentToken(call: ApiCall): ApiAnswer {
  const { world, id, body } = call;
  const fields = readFields(body, Body, REQUIRED, TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  return answerOnce(call, 'updatePaymentToken', () => {
    const token = liveToken(world, id);
    return token === undefined ? unknownToken() : update(world, token, fields.value);
  });
}

function update(world: World, token: PaymentToken, input: z.infer<typeof Body>): ApiAnswer {
  if (isBeingReviewed(world, token.customer_email)) {
    return refuse(
      400,
      'WaitingForVerification',
      'LMN verification is under way. Wait for the payment_token_updated webhook.',
    );
  }
  const steps: HostedStep[] = [];
  if (needsSurvey(world, token, input.order_items)) steps.push('survey');
  if (input.update_card_info) steps.push('card');
  const request = openRequest(world, {
    kind: 'update',
    steps,
    customer_email: token.customer_email,
    customer_name: token.customer_name,
    customer_state: null,
    order_items: input.order_items,
    success_url: input.success_url,
    failure_url: input.failure_url,
    use_iframe: input.use_iframe ?? false,
    metadata: input.metadata ?? null,
    payment_token: token.payment_token,
    failed_payment_session_id: null,
  });
  const [first] = steps;
  if (first === undefined) {
    world.store.requests.put({ ...request, status: 'completed' });
    return answer(request.id, null, null);
  }
  const survey = world.switches.values.updateSurveyAction;
  return answer(request.id, first === 'survey' ? survey : 'UpdatePaymentMethod', hostedUrl(world, request));
}

function answer(requestId: string, nextAction: string | null, redirectUrl: string | null): ApiAnswer {
  return {
    status: 200,
    body: { provision_token_request_id: requestId, next_action: nextAction, redirect_url: redirectUrl },
  };
}
