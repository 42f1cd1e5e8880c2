import { US_STATES } from './us-states';

/** Where an order is sent, in the United States. */
export interface PostalAddress {
  line1: string;
  /** Apartment, suite, company; empty where there is none. */
  line2: string;
  city: string;
  /** Two letters. */
  state: string;
  /** Five digits, or nine with a hyphen. */
  postalCode: string;
}

/** What is wrong with a field of an address, by field. */
export type AddressProblem = 'missing' | 'too_long' | 'not_a_state' | 'not_a_zip';
export type AddressProblems = Partial<Record<keyof PostalAddress, AddressProblem>>;

const LONGEST = 120;
/** Control characters, and those that turn the direction of a line. */
const NOT_PRINTED = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A line of text that a person typed: without what is not printed, single spaces, none around it. */
export function typedLine(text: string): string {
  return text.replace(NOT_PRINTED, ' ').replace(/\s+/g, ' ').trim();
}

/** Reads an address as it was typed. Every field must be there but the second line. */
export function readAddress(
  typed: Record<keyof PostalAddress, string>,
): { ok: true; address: PostalAddress } | { ok: false; problems: AddressProblems } {
  const address: PostalAddress = {
    line1: typedLine(typed.line1),
    line2: typedLine(typed.line2),
    city: typedLine(typed.city),
    state: typedLine(typed.state).toUpperCase(),
    postalCode: typedLine(typed.postalCode),
  };
  const problems: AddressProblems = {};
  for (const field of ['line1', 'line2', 'city'] as const) {
    if (address[field] === '' && field !== 'line2') problems[field] = 'missing';
    else if (address[field].length > LONGEST) problems[field] = 'too_long';
  }
  if (!Object.hasOwn(US_STATES, address.state)) problems.state = 'not_a_state';
  if (!/^\d{5}(-\d{4})?$/.test(address.postalCode)) problems.postalCode = 'not_a_zip';
  return Object.keys(problems).length === 0 ? { ok: true, address } : { ok: false, problems };
}

/** Whether two addresses, as they were read, are one. */
export function isSameAddress(one: PostalAddress | null, other: PostalAddress | null): boolean {
  return one === null || other === null ? one === other : addressInWords(one) === addressInWords(other);
}

/** An address in one line: `12 Alder Street, Apt 4, Portland, OR 97204`. */
export function addressInWords({ line1, line2, city, state, postalCode }: PostalAddress): string {
  return [line1, line2, city, `${state} ${postalCode}`].filter((part) => part !== '').join(', ');
}
