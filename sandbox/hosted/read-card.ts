import { magicCard } from '../magic-values';
import { isExpired } from '../model/payers';
import type { Card } from '../records';
import type { FormErrors } from './form-parts';
import { bankRefusal, DECLINED } from './test-cards';

/** What stands in the form. */
export interface CardForm {
  /** Any other word than `card` means an HSA/FSA card. */
  type: string;
  number: string;
  expiry: string;
  code: string;
}

/** Takes the card out of a form. */
export function readCardForm(form: URLSearchParams): CardForm {
  const field = (name: string) => (form.get(name) ?? '').trim();
  return { type: field('type'), number: field('number'), expiry: field('expiry'), code: field('code') };
}

/** Reads the form as the bank would: a card, or what the customer is asked to correct. */
export function readCard(form: CardForm, outcome: string | null, now: Date): { card: Card } | { errors: FormErrors } {
  const number = form.number.replace(/[\s-]/g, '');
  const expiry = readExpiry(form.expiry);
  const errors: Record<string, string> = {};
  if (!/^\d{12,19}$/.test(number)) errors.number = 'Enter the card number: 12 to 19 digits.';
  else if (!passesLuhn(number)) errors.number = 'This is not a card number. Check its digits.';
  if (expiry === null) errors.expiry = 'Enter the expiry as month and year, such as 09/30.';
  else if (isExpired(expiry, now)) errors.expiry = 'This card has expired. Use another card.';
  if (!/^\d{3,4}$/.test(form.code)) errors.code = 'Enter the security code: 3 or 4 digits.';
  if (expiry === null || Object.keys(errors).length > 0) return { errors };
  if (outcome === 'decline') {
    return { errors: { [DECLINED.field]: DECLINED.message } };
  }
  const refusal = bankRefusal(number, form.code);
  if (refusal !== null) return { errors: { [refusal.field]: refusal.message } };
  const type = magicCard(number)?.type ?? (form.type === 'card' ? 'card' : 'hsa_fsa');
  return { card: { type, brand: brandOf(number), last4: number.slice(-4), ...expiry } };
}

/** Whether the last digit of a card number is the one that the others ask for (ISO/IEC 7812-1). */
export function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

function readExpiry(text: string): Pick<Card, 'exp_month' | 'exp_year'> | null {
  const match = /^(0?[1-9]|1[0-2])\s*\/\s*(?:20)?(\d{2})$/.exec(text);
  if (match === null) return null;
  return { exp_month: Number(match[1]), exp_year: 2000 + Number(match[2]) };
}

function brandOf(number: string): string {
  return { 3: 'amex', 4: 'visa', 5: 'mastercard', 6: 'discover' }[number.slice(0, 1)] ?? 'unknown';
}
