/** Why a row of a subscribers file is not taken, each with the words that follow the row's number in a report. */
export const REFUSAL_WORDS = {
  columns_missing: 'the row has fewer columns than the header',
  subscription_id_missing: 'subscription_id is empty',
  email_missing: 'email is empty',
  email_invalid: 'email is not an address that mail can reach',
  name_missing: 'name or item_name is empty',
  name_too_long: 'a name, SKU or id is longer than 200 characters',
  state_invalid: 'state is not two letters',
  time_zone_invalid: 'time_zone is not a name of the IANA database, such as America/Denver',
  sku_missing: 'sku is empty',
  quantity_invalid: 'quantity is not a whole number of at least 1',
  price_invalid: 'unit_price_cents is not a whole number of cents, or is too large',
  amount_invalid: 'shipping, tax or discount is not a whole number of cents of at least 0, or the total is too large',
  total_not_positive: 'the order costs nothing once the discount is taken off',
  interval_invalid: 'interval_unit is not day, week, month or year, or interval_count is not 1 to 36',
  date_invalid: 'a date is not YYYY-MM-DD of a day that exists',
  status_invalid: 'status is not active, paused or canceled',
  billing_invalid: 'billing is not external or hsa_fsa',
  token_missing: 'billing is hsa_fsa but payment_token is empty',
  rows_disagree: 'the rows of this subscription disagree, or another of them was refused',
  token_of_another_customer: 'another customer has this payment token',
  customer_has_another_token: 'this customer has another payment token',
  owned_by_perennial: 'the subscription is run here: an import changes only the name and the state',
} as const;

export type RefusalReason = keyof typeof REFUSAL_WORDS;

/** A row that was not taken. `line` is the first line of its record, the header being 1; the id is empty where the row has none. */
export interface RefusedRow {
  line: number;
  subscriptionId: string;
  reason: RefusalReason;
}

/** Whether a text is one of the reasons. */
export function isRefusalReason(text: string | undefined): text is RefusalReason {
  return text !== undefined && Object.hasOwn(REFUSAL_WORDS, text);
}
