import type { CheckoutRefusal } from '@/lib/services/start-checkout';

/** Why nothing was ordered, and what to do. */
export const CHECKOUT_REFUSALS: Record<CheckoutRefusal, string> = {
  not_offered: 'This is not offered any more as it was shown. Nothing was ordered. Go back to the plans.',
  terms_changed:
    'The price or the dates have changed since this page was opened. Nothing was ordered. Load the page again to see them.',
  name_missing: 'Write your first and your last name. Nothing was ordered.',
  missing: 'Write street and city. Nothing was ordered.',
  too_long: 'A line of the address is longer than 120 letters. Nothing was ordered.',
  not_a_state: 'Choose the state of the address. Nothing was ordered.',
  not_a_zip: 'A ZIP code has five digits, such as 97204. Nothing was ordered.',
  earlier_in_review:
    'An earlier order of yours is with Truemed for review. Nothing was ordered now. You can order this once Truemed has decided.',
};
