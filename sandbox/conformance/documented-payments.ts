import type { Documented } from './facts';

/** Payment sessions and refunds, as they are documented. */
export const PAYMENTS: Record<string, Documented> = {
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
};
