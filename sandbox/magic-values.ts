import type { Card } from './records';

/** One line of the table of magic values: what is written, what happens, and the section of truemed-api.md that it shows. */
export interface MagicValue {
  readonly value: string;
  readonly what: string;
  readonly section: string;
}

/**
 * What a tag in the local part of a customer's e-mail does (`ada+survey_fail@example.com`). Tags may be combined, and a
 * number in one may be any number of up to four digits. Whatever is not in here behaves normally.
 */
const EMAIL_TAGS = {
  survey_fail: {
    value: '+survey_fail',
    what: 'The survey and the card go through, and the review refuses the letter: a checkout is rejected, a token request stays without a token and without an event.',
    section: '5.2',
  },
  ineligible: {
    value: '+ineligible',
    what: 'The survey says at once that the customer is not eligible and leads to failure_url; the request stays open.',
    section: '5.1',
  },
  slow_review: {
    value: '+slow_review_36h',
    what: 'A clinician looks at the survey, and approves it after so many hours on the clock of the sandbox.',
    section: '5.1',
  },
  token_lost: {
    value: '+token_lost',
    what: 'payment_token_updated is never sent; only retrieving shows the token.',
    section: '4.2',
  },
  webhook_dup: {
    value: '+webhook_dup3',
    what: 'Each attempt of each delivery is sent so many times at once, under one delivery id.',
    section: '7.3',
  },
  webhook_before_redirect: {
    value: '+webhook_before_redirect',
    what: 'The events of a hosted page arrive before the browser is sent back.',
    section: '5.1',
  },
  redirect_before_webhook: {
    value: '+redirect_before_webhook',
    what: 'The browser is sent back before the events of a hosted page arrive.',
    section: '5.1',
  },
  card_expired: {
    value: '+card_expired',
    what: 'The card of a new token has expired already: its charges are answered 422 UpdatePaymentMethod until a new card is given.',
    section: '5.4',
  },
  declines_then_ok: {
    value: '+declines_2_then_ok',
    what: 'The first so many charges are declined: an unattended one is answered 422 UpdatePaymentMethod, the card form of a checkout asks again.',
    section: '5.4',
  },
  lmn_expires_in: {
    value: '+lmn_expires_in_10d',
    what: 'The letter of a new token ends after so many days; charges after that are answered 422 TakeHealthSurvey.',
    section: '5.8',
  },
  needs_survey: {
    value: '+needs_survey',
    what: 'A new token asks for the survey at its first charge: 422 TakeHealthSurvey, until the survey was taken again.',
    section: '5.4',
  },
  processing: {
    value: '+processing_7d',
    what: 'Charges are processing for so many days on the clock before they are captured. A checkout is reviewed for so long; holds live 6.95 days.',
    section: '5.6',
  },
  captured_late: {
    value: '+captured_late',
    what: 'The outcome of a charge, and its event, come a day later on the clock; an unattended one stays pending until then.',
    section: '5.4',
  },
  server_error_once: {
    value: '+server_error_once',
    what: 'The first call with each idempotency key is answered 400 ServerError; the same key succeeds afterwards.',
    section: '1.1',
  },
  timeout_after_charge: {
    value: '+timeout_after_charge',
    what: 'The first unattended charge with each key is made, and its answer is lost: the connection breaks. The same key tells what happened.',
    section: '1.2',
  },
  already_has_token: {
    value: '+already_has_token',
    what: 'Create payment token answers 400 IdempotencyViolation, and the token exists: use update payment token.',
    section: '4.1',
  },
  waiting_verification: {
    value: '+waiting_verification',
    what: 'Create payment token answers 400 WaitingForVerification: a review is under way, which can be decided by hand.',
    section: '4.1',
  },
  disputed: {
    value: '+disputed',
    what: 'A captured payment is disputed: refunds are refused with ChargeDisputed.',
    section: '3.7',
  },
} satisfies Record<string, MagicValue>;

/** The name of an e-mail tag, without its number. */
export type EmailTag = keyof typeof EMAIL_TAGS;

const TAGS = Object.entries(EMAIL_TAGS).map(([name, { value }]) => ({
  // `entries` forgets that the names are those of the table.
  name: name as EmailTag,
  pattern: new RegExp(`^${value.slice(1).replace(/\d+/, '(\\d{1,4})')}$`),
}));

/** The number of a tag that an e-mail carries, 1 for a tag without one; null where the e-mail does not carry it. */
export function magicOf(email: string, tag: EmailTag): number | null {
  const plus = email.indexOf('+');
  if (plus === -1) return null;
  const pattern = TAGS.find(({ name }) => name === tag)?.pattern;
  const words = email
    .slice(plus + 1, email.lastIndexOf('@'))
    .toLowerCase()
    .split('+');
  for (const word of words) {
    const match = pattern?.exec(word);
    if (match) return Number(match[1] ?? 1);
  }
  return null;
}

/** What the bank says to a card. */
export type CardOutcome =
  | 'accepted'
  | 'declined'
  | 'insufficient_funds'
  | 'wrong_code'
  | 'expired'
  | 'review'
  | 'declined_later';

/** A card number with a meaning. */
export interface MagicCard extends MagicValue {
  /** What kind of card it is, whatever the form says; null leaves it to the form. */
  readonly type: Card['type'] | null;
  readonly outcome: CardOutcome;
}

/**
 * Numbers that mean something on the card form; those of refusals are Stripe's, on which Truemed's pages run (section
 * 5.9). Any other number that passes the check of its last digit is accepted.
 */
export const MAGIC_CARDS: readonly MagicCard[] = [
  { value: '4242 4242 4241 4417', type: 'hsa_fsa', outcome: 'accepted', what: 'HSA card, accepted', section: '5.9' },
  { value: '4000 0512 3000 0072', type: 'hsa_fsa', outcome: 'accepted', what: 'FSA card, accepted', section: '5.9' },
  {
    value: '5555 5555 5555 4444',
    type: 'card',
    outcome: 'accepted',
    what: 'Ordinary card, accepted: for what HSA/FSA may not pay',
    section: '5.9',
  },
  {
    value: '4000 0000 0000 0002',
    type: null,
    outcome: 'declined',
    what: 'Declined; the form asks again',
    section: '4.1',
  },
  {
    value: '4000 0000 0000 9995',
    type: null,
    outcome: 'insufficient_funds',
    what: 'Declined, not enough money on it; the form asks again',
    section: '4.1',
  },
  {
    value: '4000 0000 0000 0127',
    type: null,
    outcome: 'wrong_code',
    what: 'Wrong security code, as is 000 on every card; the form asks again',
    section: '4.1',
  },
  {
    value: '4000 0000 0000 0069',
    type: null,
    outcome: 'expired',
    what: 'Expired, whatever its date; the form asks again',
    section: '4.1',
  },
  {
    value: '4000 0000 0000 9235',
    type: null,
    outcome: 'review',
    what: 'Accepted, and a review follows that is decided by hand',
    section: '5.1',
  },
  {
    value: '4000 0000 0000 0341',
    type: null,
    outcome: 'declined_later',
    what: 'Accepted; charges of the token are answered 422 UpdatePaymentMethod until there is another card',
    section: '5.4',
  },
];

/** The meaning of a card number, however it is spaced; null where it has none. */
export function magicCard(number: string): MagicCard | null {
  const digits = number.replace(/\D/g, '');
  return MAGIC_CARDS.find(({ value }) => value.replaceAll(' ', '') === digits) ?? null;
}

/** Whether a card with these last digits is accepted and then declined when it is charged. */
export function declinesLater(last4: string): boolean {
  return MAGIC_CARDS.some(({ value, outcome }) => outcome === 'declined_later' && value.endsWith(last4));
}

/** Both tables, as the control API and the console show them. */
export function magicValues(): { emails: MagicValue[]; cards: MagicValue[] } {
  return {
    emails: Object.values(EMAIL_TAGS),
    cards: MAGIC_CARDS.map(({ value, what, section }) => ({ value, what, section })),
  };
}
