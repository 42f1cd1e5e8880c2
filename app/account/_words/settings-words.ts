import type { NoticeLead } from '@/lib/core/notification-choices';
import type { EmailChangeRefusal } from '@/lib/services/ask-email-change';
import type { AddressRefusal } from '@/lib/services/change-address';
import type { ProfileRefusal } from '@/lib/services/change-profile';
import type { DeleteAccountRefusal } from '@/lib/services/delete-account';

/** Why name and state were not saved. */
export const PROFILE_REFUSALS: Record<ProfileRefusal, string> = {
  name_missing: 'Write the name that your orders are for. Nothing was changed.',
  name_too_long: 'This name is longer than 200 letters. Nothing was changed.',
  not_a_state: 'Choose one of the states. Nothing was changed.',
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
  other_email: 'This is not the e-mail address of this account. Nothing was deleted.',
  order_under_way: 'An order of yours is under way at Truemed. Finish it or give it up first. Nothing was deleted.',
  changed_meanwhile:
    'Your subscriptions have changed since you opened this page. Nothing was deleted. Load the page again.',
};

/** Why a change of e-mail was not begun. */
export const EMAIL_REFUSALS: Record<EmailChangeRefusal, string> = {
  not_an_address: 'Write the whole address, such as name@example.com. Nothing was changed.',
  same_address: 'This is your address already. Nothing was changed.',
  too_many: 'That was very often. Wait an hour, then try once more. Nothing was changed.',
};

/** Why an address was not saved. */
export const ADDRESS_REFUSALS: Record<AddressRefusal, string> = {
  missing: 'Write street and city. Nothing was changed.',
  too_long: 'A line is longer than 120 letters. Nothing was changed.',
  not_a_state: 'Choose one of the states. Nothing was changed.',
  not_a_zip: 'A ZIP code has five digits, such as 97204. Nothing was changed.',
  canceled: 'This subscription is canceled. Start it again first. Nothing was changed.',
  switched_off: 'We make this change for you: write to us. Nothing was changed.',
};

/** No change of e-mail is open that could be taken back. */
export const WITHDRAW_REFUSAL = 'No change is waiting any more. The settings page says which address is yours now.';
