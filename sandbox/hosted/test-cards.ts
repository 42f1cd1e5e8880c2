/** A card number with which a tester chooses the bank's answer. */
export interface TestCard {
  /** Digits only; every one passes the check of its last digit. */
  readonly number: string;
  readonly about: string;
  /** Where the bank's answer goes, and what it says; null for a card that works. */
  readonly refusal: { readonly field: 'number' | 'expiry' | 'code' | ''; readonly message: string } | null;
}

const WRONG_CODE = 'The security code does not match the card. Check it and try again.';

/**
 * Numbers with a meaning, those of Stripe, on which Truemed's pages run (section 5.9). Any other number that passes the
 * check of its last digit works.
 */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242414417', about: 'Works; ends with 4417', refusal: null },
  { number: '4242424242424242', about: 'Works', refusal: null },
  { number: '5555555555554444', about: 'Works, Mastercard', refusal: null },
  {
    number: '4000000000000002',
    about: 'Declined',
    refusal: { field: '', message: 'The card was declined. Check the details, or use another card.' },
  },
  {
    number: '4000000000009995',
    about: 'Declined: not enough money on it',
    refusal: { field: '', message: 'The card was declined: there is not enough money on it. Use another card.' },
  },
  { number: '4000000000000127', about: 'Wrong security code', refusal: { field: 'code', message: WRONG_CODE } },
  {
    number: '4000000000000069',
    about: 'Expired',
    refusal: { field: 'expiry', message: 'This card has expired. Use another card.' },
  },
];

/** A security code that is wrong on every card. */
export const WRONG_SECURITY_CODE = '000';

/** What the bank says to a card's number and code; null where it has nothing against them. */
export function bankRefusal(number: string, code: string): TestCard['refusal'] {
  const known = TEST_CARDS.find((card) => card.number === number)?.refusal ?? null;
  if (known !== null) return known;
  return code === WRONG_SECURITY_CODE ? { field: 'code', message: WRONG_CODE } : null;
}
