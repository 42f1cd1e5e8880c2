import type { Documented } from './facts';

/** Payment tokens, as they are documented. */
export const TOKENS: Record<string, Documented> = {
  createPaymentToken: {
    source: 'S0, section 4.1',
    request: `customer_email customer_name order_items success_url failure_url idempotency_key customer_state metadata
      use_iframe`,
    answer: 'provision_token_request_id redirect_url',
    errors: `MissingField ValidationError IdempotencyViolation WaitingForVerification ServerError MethodNotAllowed 404
      500 501`,
    rules: [
      'a request is made and no token',
      'the same key gives the same request',
      'after ServerError the same key is tried again',
      'an error has the fields error and message',
      'an e-mail that has a token is refused',
      'the token comes by webhook',
      'the survey and then the card are asked for',
      'the state of residence is filled in',
      'card details that are wrong are asked for again',
      'who declines, cancels or is ineligible goes to failure_url',
      'webhook and redirect come in no certain order',
      'the page works in a frame and posts success and redirectUrl',
    ],
  },
  retrieveProvisionRequest: {
    source: 'S2, section 4.2',
    request: 'provision_token_request_id',
    answer: 'payment_token metadata',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: [
      'payment_token is null until there is one',
      'a request of update payment token is found too',
      'metadata is null where none was sent',
      'it tells what a lost webhook did not',
    ],
  },
  retrievePaymentToken: {
    source: 'section 4.3',
    request: 'payment_token',
    answer: 'payment_token created_at customer_email customer_name lmn_expires_at payment_methods',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: ['a letter lasts 12 months'],
  },
  listPaymentTokens: {
    source: 'section 4.4',
    request: 'page page_size email name card_expires_before lmn_expires_before',
    answer: 'payment_tokens pagination',
    errors: 'MethodNotAllowed 404 500 501',
    rules: ['newest first'],
  },
  updatePaymentToken: {
    source: 'section 4.5',
    request: 'payment_token order_items update_card_info success_url failure_url idempotency_key metadata use_iframe',
    answer: 'next_action redirect_url provision_token_request_id',
    errors: `MissingField ValidationError IdempotencyViolation WaitingForVerification ServerError NotFound
      MethodNotAllowed 500 501`,
    rules: ['nothing is asked for where nothing is needed', 'the end of an update is told by webhook'],
  },
  deletePaymentToken: {
    source: 'section 4.6',
    request: 'payment_token',
    answer: 'nothing',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: ['a deleted token cannot be charged', 'there is no way back'],
  },
};

/** Events, their delivery, and what holds everywhere. */
export const EVENTS: Record<string, Documented> = {
  'payment_session.updated': {
    source: 'section 7.6',
    request: '',
    answer: 'payment_id status created_at order_items capture_amount metadata payment_token',
    errors: '',
    rules: ['one for each change of status'],
  },
  'payment_token.updated': {
    source: 'section 7.7',
    request: '',
    answer: `payment_token payment_session_id failed_payment_session_id provision_token_request_id customer_email
      customer_name metadata lmn_expires_at`,
    errors: '',
    rules: [],
  },
  'qualification_session.updated': {
    source: 'section 7.8',
    request: '',
    answer: 'qualification_session_id status email expires_at user_id source',
    errors: '',
    rules: ['once for each session, on approved or rejected'],
  },
  'product_catalog.item.eligibility_updated': {
    source: 'section 7.9',
    request: '',
    answer: 'sku name eligibility reviewed_at created_at',
    errors: '',
    rules: [],
  },
  webhooks: {
    source: 'section 7',
    request: '',
    answer: 'webhook_delivery_id event_type data',
    errors: '',
    rules: [
      'a delivery is signed over its raw bytes and its timestamp',
      'several secrets make several signatures',
      'an unsigned delivery is flat and carries the secret',
      'what is not answered 204 is sent again for up to seven days',
      'the delivery id stays the same for every attempt',
      'every endpoint is told',
    ],
  },
  everything: {
    source: 'sections 1 and 2',
    request: 'x-truemed-api-key',
    answer: '',
    errors: 'NotFound',
    rules: [
      'a body that is not a JSON object is refused',
      'fields that are not known are ignored',
      'ids are UUIDs, instants are ISO 8601 in UTC',
      'a path with an id gives way to a literal one',
    ],
  },
};
