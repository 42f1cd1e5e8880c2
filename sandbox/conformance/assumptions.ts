import { without } from '../test-world';
import { aCheckout, aProvision, requestPath, SESSION, sessionPath, TOKEN, TOKENS, tokenPath } from './bodies';
import type { Check, CheckWorld } from './check';

/** Something that Truemed's documents leave open and that the sandbox and our client had to assume. */
export interface Assumption {
  readonly id: string;
  readonly section: string;
  /** What is assumed. */
  readonly text: string;
  /** The switch of the sandbox that changes it, where there is one. */
  readonly switchName: string | null;
  /** How Truemed's own can be asked without a customer and without a charge; null where it cannot. */
  readonly probe: { effect: Check['effect']; run: (world: CheckWorld) => Promise<boolean> } | null;
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Whether an error has the envelope of section 1.1. */
const isEnvelope = (body: Record<string, unknown>, error?: string) =>
  typeof body.error === 'string' && typeof body.message === 'string' && (error === undefined || body.error === error);

/** Every assumption of truemed-api.md, by section. */
export const ASSUMPTIONS: readonly Assumption[] = [
  probed('unauthorized', '1', 'a wrong key is answered 401 with error and message', 'reads', async ({ api }) => {
    const { status, body } = await api.call('GET', TOKENS, { key: 'not-a-key' });
    return status === 401 && isEnvelope(body);
  }),
  probed('not_found_envelope', '1.1', '404 has error NotFound and message', 'reads', async ({ api }) => {
    const { status, body } = await api.get(requestPath(UNKNOWN_ID));
    return status === 404 && isEnvelope(body, 'NotFound');
  }),
  probed('method_envelope', '1.1', '405 has error MethodNotAllowed and message', 'reads', async ({ api }) => {
    const { status, body } = await api.call('PUT', SESSION, { body: '{}' });
    return status === 405 && isEnvelope(body, 'MethodNotAllowed');
  }),
  silent('rate_limit', '1', 'calls are not limited; a limit would be 429 with Retry-After', 'maxCallsPerSecond'),
  silent('idempotency_scope', '1.2', 'a key is unique in one endpoint and for ever', 'idempotencyKeyLifetimeHours'),
  probed('key_of_refusal', '1.2', 'a malformed body does not use up its key', 'writes', async ({ api, fresh }) => {
    const key = fresh();
    const refused = await api.post(SESSION, aCheckout(key, { customer_email: 'ada' }));
    return refused.status === 400 && (await api.post(SESSION, aCheckout(key))).status === 200;
  }),
  probed(
    'field_order',
    '1.2',
    'the order of the fields of a body means nothing to its key',
    'writes',
    async ({ api, fresh }) => {
      const key = fresh();
      const body = aCheckout(key);
      const first = await api.post(SESSION, body);
      const second = await api.post(SESSION, Object.fromEntries(Object.entries(body).reverse()));
      return first.status === 200 && second.status === 200 && first.body.id === second.body.id;
    },
  ),
  probed('unknown_fields', '1', 'unknown fields of a body are ignored', 'writes', async ({ api, fresh }) => {
    return (await api.post(SESSION, aCheckout(fresh(), { order_id: 'their own' }))).status === 200;
  }),
  probed('page_size', '1.3', 'page_size of 100 is taken', 'reads', async ({ api }) => {
    return (await api.get(`${TOKENS}?page_size=100`)).status === 200;
  }),
  probed(
    'missing_before_invalid',
    '3.1',
    'an absent field is told before a malformed one',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, without(aCheckout(fresh(), { customer_email: 'ada' }), 'total_amount'));
      return body.error === 'MissingRequiredParameter';
    },
  ),
  probed(
    'tokenize_before_token',
    '3.1',
    'tokenize beside a token is told before that the token is unknown',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh(), { tokenize: true, payment_token: 'pt_nobody' }));
      return body.error === 'TokenizeNotSupported';
    },
  ),
  probed(
    'unknown_token',
    '3.1',
    'an unknown payment_token is answered 404 NotFound',
    'reads',
    async ({ api, fresh }) => {
      const { status, body } = await api.post(SESSION, aCheckout(fresh(), { payment_token: 'pt_nobody' }));
      return status === 404 && body.error === 'NotFound';
    },
  ),
  probed('items_rules', '3.1', 'a quantity of 0 is refused with OrderItemsInvalid', 'reads', async ({ api, fresh }) => {
    const order_items = [{ name: 'a', sku: 'a', quantity: 0, price: 1 }];
    return (await api.post(SESSION, aCheckout(fresh(), { order_items }))).body.error === 'OrderItemsInvalid';
  }),
  probed(
    'holds_and_tokens',
    '3.1',
    'kind=authorization with tokenize is an InvalidRequestParameter',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh(), { kind: 'authorization', tokenize: true }));
      return body.error === 'InvalidRequestParameter';
    },
  ),
  probed(
    'next_bill',
    '3.1',
    'display_next_bill_info outside a trial is an InvalidRequestParameter',
    'reads',
    async ({ api, fresh }) => {
      const display_next_bill_info = { total_amount: 4900, date: '2027-01-15' };
      return (
        (await api.post(SESSION, aCheckout(fresh(), { display_next_bill_info }))).body.error ===
        'InvalidRequestParameter'
      );
    },
  ),
  probed(
    'discount_sign',
    '6',
    'discounts are sent negative and added',
    'writes',
    async ({ api, fresh }) => {
      const positive = { amount_details: { total_additional_charges: 830, total_discounts: 900 } };
      const asSent = await api.post(SESSION, aCheckout(fresh()));
      return asSent.status === 200 && (await api.post(SESSION, aCheckout(fresh(), positive))).status === 400;
    },
    'discountSign',
  ),
  probed(
    'amount_details_required',
    '13, C5',
    'amount_details is required',
    'writes',
    async ({ api, fresh }) => {
      const body = without(aCheckout(fresh(), { total_amount: 4900 }), 'amount_details');
      return (await api.post(SESSION, body)).body.error === 'MissingRequiredParameter';
    },
    'requireAmountDetails',
  ),
  probed(
    'detail_lists',
    '6',
    'a detail list that does not add up to its total is refused',
    'writes',
    async ({ api, fresh }) => {
      const amount_details = {
        total_additional_charges: 830,
        total_discounts: -900,
        discounts_details: [{ name: 'Ten', amount: -10 }],
      };
      return (await api.post(SESSION, aCheckout(fresh(), { amount_details }))).status === 400;
    },
  ),
  silent('id_in_422', '3.1', 'a 422 has the id of the failed session and a message', 'includeIdIn422'),
  probed('unknown_session', '3.2', 'an unknown payment session is answered 404', 'reads', async ({ api }) => {
    return (await api.get(sessionPath(UNKNOWN_ID))).status === 404;
  }),
  probed(
    'session_detail',
    '3.2',
    'the detail of a session has kind, created_at, customer_email and total_amount',
    'writes',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      const detail = (await api.get(sessionPath(body.id))).body;
      return ['kind', 'created_at', 'customer_email', 'total_amount'].every((name) => name in detail);
    },
  ),
  silent('void_body', '3.5', 'void takes idempotency_key alone; a second void with another key is SessionVoided'),
  probed(
    'cancel_answer',
    '3.6',
    'cancel answers 200 with id and status canceled, and again',
    'writes',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      const answers = [await api.post(sessionPath(body.id, 'cancel')), await api.post(sessionPath(body.id, 'cancel'))];
      return answers.every(
        (answer) => answer.status === 200 && answer.body.status === 'canceled' && answer.body.id === body.id,
      );
    },
  ),
  probed(
    'cancel_unknown',
    '3.6',
    'cancelling an unknown session is 400 PaymentSessionDoesNotExist',
    'reads',
    async ({ api }) => {
      const { status, body } = await api.post(sessionPath(UNKNOWN_ID, 'cancel'));
      return status === 400 && body.error === 'PaymentSessionDoesNotExist';
    },
  ),
  silent('refund_items', '3.7', 'item_details of a refund are item_id, quantity and amount'),
  silent('refund_silence', '3.7', 'no webhook tells of refunds and disputes'),
  probed(
    'several_requests',
    '4.1',
    'an e-mail may have several open token requests',
    'writes',
    async ({ api, fresh }) => {
      const customer_email = `${fresh()}@example.com`;
      const first = await api.post(TOKEN, aProvision(fresh(), { customer_email }));
      const second = await api.post(TOKEN, aProvision(fresh(), { customer_email }));
      return first.status === 200 && second.status === 200;
    },
  ),
  silent('reprovision', '4.1', 'an e-mail whose token was deleted may get a new one', 'reprovisionAfterDelete'),
  probed('unknown_payment_token', '4.3', 'retrieving an unknown token is 404 NotFound', 'reads', async ({ api }) => {
    const { status, body } = await api.get(tokenPath('pt_nobody_has_this'));
    return status === 404 && body.error === 'NotFound';
  }),
  silent('payment_methods', '4.3', 'a payment method has last4, exp_month, exp_year, brand and type'),
  silent('update_fields', '4.5', 'update takes success_url, failure_url, idempotency_key, metadata and use_iframe'),
  silent('update_survey_word', '4.5', 'an update asks for the survey with the word HealthSurvey', 'updateSurveyAction'),
  silent('update_silence', '4.5', 'an update that needs nothing is not told by webhook'),
  silent('delete_silence', '4.6', 'deleting a token is not told by webhook'),
  silent('failed_verification', '5.1', 'no webhook tells that the verification of a token request failed'),
  silent('redirect_order', '5.1', 'webhook and redirect come in any order', 'webhookBeforeRedirect'),
  silent('trial_path', '5.3', 'a trial is processing, then captured with a capture_amount of 0'),
  silent('failed_session', '5.4', 'a session that was answered 422 stays pending and is not told of'),
  silent('same_token', '5.5', 'an update leaves the token string as it was'),
  silent('overdue_review', '5.6', 'a review that outlives the hold ends as rejected'),
  silent('renewal_processing', '5.6', 'an unattended charge goes from pending to captured', 'renewalEmitsProcessing'),
  silent('signature_time', '7.2', 't in the signature header is in seconds', 'signatureTimeUnit'),
  silent('signature_grammar', '7.2', 'the header is t=…,v1=hex[,v1=hex]', 'signatureEncoding'),
  silent('signature_tolerance', '7.2', 'a timestamp is tolerated for 300 s'),
  silent('retry_timestamp', '7.2', 'each attempt is signed anew with its own time', 'freshRetryTimestamp'),
  silent('signature_secret', '7.2', 'the secret signs as UTF-8 bytes, its prefix included', 'signingSecretAs'),
  silent('success_codes', '7.3', 'only 204 counts as delivered', 'webhookSuccess204Only'),
  silent(
    'retry_schedule',
    '7.3',
    'retries come after 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, then every 12 h',
    'retryScheduleScale',
  ),
  silent('delivery_ids', '7.3', 'two endpoints get different delivery ids for one event', 'deliveryIdPerEndpoint'),
  silent('event_names', '7.4', 'the token event is payment_token.updated', 'tokenEventName'),
  silent(
    'qualification_event_name',
    '7.4',
    'the qualification event is qualification_session.updated',
    'qualificationEventName',
  ),
  silent(
    'eligibility_envelope',
    '7.9',
    'the signed envelope of an eligibility event has timestamp and data.object beside its id',
    'catalogEventNested',
  ),
  silent('eligibility_words', '13, C18', 'an item is ineligible, not not_eligible', 'ineligibleWord'),
  silent('eligibility_field', '13, C18', 'an item has eligibility, not eligibility_status', 'eligibilityField'),
  silent('catalog_update_review', '13, C19', 'an updated item is classified again', 'catalogUpdateReviews'),
  silent('catalog_update_fields', '8', 'update catalog item requires all five fields', 'catalogUpdateNeedsAll'),
  silent('catalog_item_form', '8', 'create and detail answer with the item itself', 'catalogItemInObject'),
  silent('qualification_fields', '8', 'a session has the fields of the newer revision', 'qualificationFields'),
  silent('qualification_statuses', '8', 'the status filter takes several statuses', 'qualificationStatusList'),
  silent('qualification_reuse', '8', 'a link of somebody who holds a letter leads to that', 'reuseQualifications'),
  silent('qualification_link', '8', 'a session starts from /qualify with user_id, source, skus and two addresses'),
  silent('user_id_once', '8', 'setting user_id again is refused with 409 even for the same value'),
  silent('session_id_field', '7.6', 'the session event names the session payment_id', 'sessionIdFieldInWebhook'),
  silent(
    'token_event_customer',
    '7.7',
    'the token event has customer_email and customer_name',
    'customerFieldsInTokenEvent',
  ),
  silent('token_event_letter', '7.7', 'the token event has lmn_expires_at', 'letterFieldInTokenEvent'),
  silent('webhook_timeout', '7.3', 'an endpoint has ten seconds to answer', 'webhookTimeoutMs'),
  silent(
    'message_key',
    '9',
    'the message of a frame has redirectUrl from token pages, redirect_url from checkout',
    'postMessageKey',
  ),
  silent('survey_first', '10.4', 'the survey is asked for before the card where both are needed'),
  silent('letters_cover_items', '10.4', 'items outside the letter ask for the survey', 'lettersCoverItems'),
  silent('link_lifetime', '15.9', 'the link of a hosted page does not expire', 'hostedLinkHours'),
];

function probed(
  id: string,
  section: string,
  text: string,
  effect: Check['effect'],
  run: (world: CheckWorld) => Promise<boolean>,
  switchName: string | null = null,
): Assumption {
  return { id, section, text, switchName, probe: { effect, run } };
}

/** One that only a customer, a webhook or the merchant's own account can tell about. */
function silent(id: string, section: string, text: string, switchName: string | null = null): Assumption {
  return { id, section, text, switchName, probe: null };
}
