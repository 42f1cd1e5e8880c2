import type { CheckoutRefusal } from '@/lib/services/start-checkout';

/** Why nothing was ordered, and what to do. */
export const CHECKOUT_REFUSALS: Record<CheckoutRefusal, string> = {
  not_offered: 'This is not offered any more as it was shown. Nothing was ordered. Go back to the plans.',
  terms_changed:
    'The price or the dates have changed since this page was opened. Nothing was ordered. Load the page again to see them.',
  name_missing: 'Write your first and your last name. Nothing was ordered.',
  state_unknown: 'Choose your state of residence. Nothing was ordered.',
  earlier_in_review:
    'An earlier order of yours is with Truemed for review. Nothing was ordered now. You can order this once Truemed has decided.',
};
