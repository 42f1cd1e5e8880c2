import { addressProblems } from '@/app/account/_words/settings-words';
import type { CheckoutProblems, CheckoutRefusal } from '@/lib/services/start-checkout';

/** Why nothing was ordered, and what to do. */
export const CHECKOUT_REFUSALS: Record<CheckoutRefusal | 'form_incomplete', string> = {
  not_offered: 'This is not offered any more as it was shown. Nothing was ordered. Go back to the plans.',
  terms_changed:
    'The price or the dates have changed since this page was opened. Nothing was ordered. Load the page again to see them.',
  form_incomplete: 'Nothing was ordered. Correct what is marked above.',
  earlier_in_review:
    'An earlier order of yours is with Truemed for review. Nothing was ordered now. You can order this once Truemed has decided.',
};

const NAME_PROBLEMS = {
  missing: 'Write your first and your last name.',
  too_long: 'This is longer than 200 letters. Shorten it.',
} as const;

/** What is wrong with the fields of an order, for each of them. */
export function checkoutProblems({ name, consent, ...address }: CheckoutProblems): Record<string, string> {
  return {
    ...(name === undefined ? {} : { name: NAME_PROBLEMS[name] }),
    ...(consent === undefined ? {} : { consent: 'Tick this to order. Without it nothing is charged.' }),
    ...addressProblems(address),
  };
}
