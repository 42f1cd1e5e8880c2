/** One thing that the documents say, to be shown by a check. */
export interface Fact {
  /** `subject kind name`, such as `createPaymentSession error TotalAmountInvalid`. */
  readonly id: string;
  /** An operation of the API, or the type of an event. */
  readonly subject: string;
  readonly kind: 'request' | 'answer' | 'error' | 'rule';
  readonly name: string;
  /** Section of truemed-api.md, or the seed page. */
  readonly source: string;
}

/** What the documents list for one endpoint or event: fields sent, fields answered, errors, and rules in words. */
interface Documented {
  source: string;
  request: string;
  answer: string;
  errors: string;
  rules: readonly string[];
}

/** What is documented, by operation or event. Lists are words with blanks between them. */
const DOCUMENTED: Record<string, Documented> = {
  createPaymentSession: {
    source: 'S1, section 3.1',
    request: `total_amount amount_details order_items customer_email customer_name success_url failure_url
      idempotency_key kind tokenize payment_token display_next_bill_info customer_state metadata use_iframe
      billing_address billing_name shipping_address shipping_name survey_config`,
    answer: 'id redirect_url payment_token next_action message authorization_expires_at',
    errors: `MissingRequiredParameter InvalidRequestParameter TotalAmountInvalid OrderItemsInvalid IdempotencyViolation
      ServerError SessionPending TokenizeNotSupported FeatureNotEnabled NotFound UpdatePaymentMethod TakeHealthSurvey
      MethodNotAllowed 404 500 501`,
    rules: [
      'the same key gives the same id',
      'after ServerError the same key is tried again',
      'an error has the fields error and message',
      'the template is replaced by the id, exactly as written',
      'the identity is that of the token',
      'a session of a checkout has a page to go to',
      'kind is one_time_payment by default',
      'holds are not for subscriptions',
      'a trial costs nothing and tells of its next bill',
      'the state of residence is filled in',
      'the survey and then the card are asked for',
      'card details that are wrong are asked for again',
      'an ineligible customer goes to failure_url',
      'who cancels a repair goes to failure_url',
      'who finishes a repair goes to success_url',
      'the outcome is told by webhook',
      'tokenize brings a token for later charges',
      'the page works in a frame',
      'a positive total is the sum of its parts',
      'item charges count once for each line',
    ],
  },
  retrievePaymentSession: {
    source: 'section 3.2',
    request: 'id',
    answer: `id status status_summary amount_details metadata order_items authorized_on captured_on capture_amount
      authorize_amount kind created_at customer_email customer_name total_amount payment_token refunds`,
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: [
      'a new session is pending',
      'a paid session is captured',
      'a session under review is processing',
      'a refused session is rejected',
      'a cancelled session is canceled',
      'a held session is authorized',
      'a released hold is authorization_voided',
      'a hold that could not be renewed is authorization_expired',
      'status_summary follows money and refunds',
    ],
  },
  listPaymentSessions: {
    source: 'section 3.3',
    request: 'page include_order_items summarize_refunds search',
    answer: `payment_sessions pagination total_refundable quantity_refundable total_capturable quantity_capturable
      authorized_on refund_amount`,
    errors: 'MethodNotAllowed 404 500 501',
    rules: ['30 for a page, newest first', 'pending, held and voided sessions are in it'],
  },
  capturePaymentSession: {
    source: 'section 3.4',
    request: 'id total_amount idempotency_key',
    answer: 'id',
    errors: `MissingField TotalAmountInvalid PaymentSessionDoesNotExist ServerError SessionVoided SessionExpired
      SessionPending SessionCaptured MethodNotAllowed 404 500 501`,
    rules: [
      'a part of the hold can be captured',
      'the same key gives the same capture, and never SessionCaptured',
      'the outcome is told by webhook',
    ],
  },
  voidPaymentSession: {
    source: 'section 3.5',
    request: 'id idempotency_key',
    answer: 'id',
    errors: `MissingField PaymentSessionDoesNotExist ServerError SessionCaptured SessionPending ImmediateCapture
      MethodNotAllowed 404 500 501`,
    rules: ['the same key gives the same void', 'the release is told by webhook'],
  },
  cancelPaymentSession: {
    source: 'section 3.6',
    request: 'id',
    answer: 'id status',
    errors: 'PaymentSessionDoesNotExist SessionCaptured SessionProcessing ServerError MethodNotAllowed 404 500 501',
    rules: [
      'the page of a cancelled session leads to failure_url',
      'the end is told by webhook',
      'cancelling again is answered 200',
    ],
  },
  createRefund: {
    source: 'section 3.7',
    request: 'payment_id amount idempotency_key reason item_details',
    answer: 'refund_id',
    errors: `MissingField AmountInvalid InvalidPaymentId ChargeDisputed NoSessionCaptures IdempotencyViolation
      ServerError MethodNotAllowed 404 500 501`,
    rules: ['several refunds make one payment smaller', 'the status stays captured'],
  },
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
  retrieveQualificationSession: {
    source: 'section 8',
    request: 'qualification_session_id',
    answer: 'qualification_session_id status email expires_at source user_id',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: [],
  },
  listQualificationSessions: {
    source: 'section 8',
    request: 'page page_size user_id status expires_at search',
    answer: 'qualification_sessions pagination',
    errors: 'ValidationError MethodNotAllowed 404 500 501',
    rules: [],
  },
  updateQualificationSession: {
    source: 'section 8',
    request: 'qualification_session_id idempotency_key user_id metadata',
    answer: 'qualification_session_id status',
    errors: 'user_id_already_set ValidationError NotFound MethodNotAllowed 500 501',
    rules: ['the same key gives the first answer'],
  },
  listCatalogItems: {
    source: 'section 8',
    request: 'page page_size',
    answer: 'data pagination',
    errors: 'MethodNotAllowed 404 500 501',
    rules: ['pagination has count, current_page, last_page and page_size'],
  },
  createCatalogItem: {
    source: 'section 8',
    request: 'sku name description gtin image_urls url',
    answer: 'sku',
    errors: '409 MethodNotAllowed 404 500 501',
    rules: ['an item is not reviewed at once'],
  },
  updateCatalogItem: {
    source: 'section 8',
    request: 'sku name description image_urls url',
    answer: 'nothing',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: [],
  },
  retrieveCatalogItem: {
    source: 'section 8',
    request: 'sku',
    answer: 'sku name eligibility',
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: ['eligibility is null until the review'],
  },
  setCheckoutMethod: {
    source: 'section 2',
    request: 'items',
    answer: '200',
    errors: 'MethodNotAllowed 404 500 501',
    rules: [],
  },
  listReconciliationTransactions: {
    source: 'section 8',
    request: 'start_date end_date page page_size payout_ids include_pending_payouts',
    answer: 'transactions pagination payout_id',
    errors: 'ValidationError MethodNotAllowed 404 500 501',
    rules: ['a captured charge is a row', 'a refund is a row', "Truemed's fee is a row"],
  },
  listReconciliationPayouts: {
    source: 'section 8',
    request: 'start_date end_date',
    answer: 'payout_id amount',
    errors: 'ValidationError MethodNotAllowed 404 500 501',
    rules: [],
  },
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
    rules: [],
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

/** Every fact, in the order of the documents. */
export const FACTS: readonly Fact[] = Object.entries(DOCUMENTED).flatMap(([subject, { source, ...lists }]) => {
  const fact = (kind: Fact['kind']) => (name: string) => ({
    id: `${subject} ${kind} ${name}`,
    subject,
    kind,
    name,
    source,
  });
  return [
    ...words(lists.request).map(fact('request')),
    ...words(lists.answer).map(fact('answer')),
    ...words(lists.errors).map(fact('error')),
    ...lists.rules.map(fact('rule')),
  ];
});

function words(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}
