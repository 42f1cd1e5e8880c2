import type { Documented } from './facts';

/** Qualification sessions, the catalog and reconciliation, as they are documented. */
export const SECONDARY: Record<string, Documented> = {
  retrieveQualificationSession: {
    source: 'section 8',
    request: 'qualification_session_id',
    answer: `qualification_session_id status email expires_at source user_id charge_group_created_at created_at
      customer_status eligible_amount fee lmn_reviewed_at session_type skus_param stripe_invoice_id
      stripe_invoice_number stripe_invoice_paid_at user_business_id`,
    errors: 'NotFound MethodNotAllowed 500 501',
    rules: ['it starts from a link with user_id and source', 'pending, processing, approved and rejected'],
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
    request: 'qualification_session_id idempotency_key user_id metadata success_url failure_url',
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
    request: 'sku name description gtin image_urls url metadata product_id',
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
    answer: 'show_truemed',
    errors: 'MissingField MethodNotAllowed 404 500 501',
    rules: ['what was not reviewed counts as ineligible'],
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
};
