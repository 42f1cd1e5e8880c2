import type { NoticeLead } from '@/lib/core/notification-choices';
import type { AddressProblem, AddressProblems, PostalAddress } from '@/lib/core/postal-address';
import type { EmailChangeRefusal } from '@/lib/services/ask-email-change';
import type { AddressRefusal } from '@/lib/services/change-address';
import type { ProfileRefusal } from '@/lib/services/change-profile';
import type { DeleteAccountRefusal } from '@/lib/services/delete-account';

/** Under a form of which fields are wrong: they say what. */
export const NOT_CHANGED = 'Nothing was changed. Correct what is marked above.';

/** Why name and state were not saved, at the field that says so. */
export const PROFILE_REFUSALS: Record<ProfileRefusal, Record<string, string>> = {
  name_missing: { name: 'Write the name that your orders are for.' },
  name_too_long: { name: 'This is longer than 200 letters. Shorten it.' },
  not_a_state: { state: 'Choose one of the states.' },
};

export const ZONE_REFUSAL = 'This is not a time zone that we know. Nothing was changed.';

/** When a charge is announced, as it is offered. */
export const LEAD_WORDS: Record<NoticeLead, string> = {
  14: 'Two weeks before',
  7: 'A week before',
  3: 'Three days before',
  0: 'Not at all',
};

/** Why an account was not deleted. */
export const DELETE_REFUSALS: Record<DeleteAccountRefusal, string> = {
  other_email: 'This is not the e-mail address of this account.',
  order_under_way: 'An order of yours is under way at Truemed. Finish it or give it up first. Nothing was deleted.',
  changed_meanwhile:
    'Your subscriptions have changed since you opened this page. Nothing was deleted. Load the page again.',
};

/** Why a change of e-mail was not begun. */
export const EMAIL_REFUSALS: Record<EmailChangeRefusal, string> = {
  not_an_address: 'Write the whole address, such as name@example.com.',
  same_address: 'This is your address already.',
  too_many: 'That was very often. Wait an hour, then try once more. Nothing was changed.',
};

const MISSING: Partial<Record<keyof PostalAddress, string>> = {
  line1: 'Write the street and the number.',
  city: 'Write the city.',
};

const ADDRESS_PROBLEMS: Record<Exclude<AddressProblem, 'missing'>, string> = {
  too_long: 'This is longer than 120 letters. Shorten it.',
  not_a_state: 'Choose one of the states.',
  not_a_zip: 'A ZIP code has five digits, such as 97204.',
};

/** What is wrong with the fields of an address, for each of them. */
export function addressProblems(problems: AddressProblems): Record<string, string> {
  const words: Record<string, string> = {};
  for (const field of ['line1', 'line2', 'city', 'state', 'postalCode'] as const) {
    const problem = problems[field];
    if (problem === 'missing') words[field] = MISSING[field] ?? 'Fill this in.';
    else if (problem !== undefined) words[field] = ADDRESS_PROBLEMS[problem];
  }
  return words;
}

/** Why an address was not saved, whatever it is. */
export const ADDRESS_REFUSALS: Record<AddressRefusal, string> = {
  canceled: 'This subscription is canceled. Start it again first. Nothing was changed.',
  switched_off: 'We make this change for you: write to us. Nothing was changed.',
};

/** What the settings say was done. */
export function savedWords(saved: string | string[]): string {
  return saved === 'email_kept'
    ? 'Your e-mail address stays as it is. The links that we sent to both addresses do not work any more.'
    : 'Saved.';
}

/** No change of e-mail is open that could be taken back. */
export const WITHDRAW_REFUSAL = 'No change is waiting any more. The settings page says which address is yours now.';
