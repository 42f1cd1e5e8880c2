import { type CardOutcome, MAGIC_CARDS, magicCard } from '../magic-values';

/** A card number with which a tester chooses the bank's answer. */
export interface TestCard {
  /** Digits only; every one passes the check of its last digit. */
  readonly number: string;
  readonly about: string;
}

/** Where the bank's answer goes, and what it says. */
export interface Refusal {
  readonly field: 'number' | 'expiry' | 'code' | '';
  readonly message: string;
}

/** The numbers of the table of magic values. */
export const TEST_CARDS: readonly TestCard[] = MAGIC_CARDS.map(({ value, what }) => ({
  number: value.replaceAll(' ', ''),
  about: what,
}));

const WRONG_CODE: Refusal = {
  field: 'code',
  message: 'The security code does not match the card. Check it and try again.',
};
/** What the bank says to a card that it declines. */
export const DECLINED: Refusal = {
  field: '',
  message: 'The card was declined. Check the details, or use another card.',
};

const REFUSALS: Partial<Record<CardOutcome, Refusal>> = {
  declined: DECLINED,
  insufficient_funds: {
    field: '',
    message: 'The card was declined: there is not enough money on it. Use another card.',
  },
  wrong_code: WRONG_CODE,
  expired: { field: 'expiry', message: 'This card has expired. Use another card.' },
};

/** A security code that is wrong on every card. */
export const WRONG_SECURITY_CODE = '000';

/** What the bank says to a card's number and code; null where it has nothing against them. */
export function bankRefusal(number: string, code: string): Refusal | null {
  const outcome = magicCard(number)?.outcome ?? 'accepted';
  return REFUSALS[outcome] ?? (code === WRONG_SECURITY_CODE ? WRONG_CODE : null);
}
