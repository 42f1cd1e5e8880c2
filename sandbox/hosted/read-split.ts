import { eligibleAmount, LEAST_PART } from '../model/payers';
import type { Card, CardPayment, HostedRequest } from '../records';
import type { World } from '../world';
import type { FormErrors } from './form-parts';
import { dollars } from './order-summary';
import { readCard } from './read-card';

/** What stands in the fields of the second card. */
export interface SecondForm {
  second_number: string;
  second_expiry: string;
  second_code: string;
  /** Dollars that it pays of a checkout. */
  second_amount: string;
}

/** Takes the second card out of a form. */
export function readSecondForm(form: URLSearchParams): SecondForm {
  const field = (name: string) => (form.get(name) ?? '').trim();
  return {
    second_number: field('second_number'),
    second_expiry: field('second_expiry'),
    second_code: field('second_code'),
    second_amount: field('second_amount'),
  };
}

/** What a checkout costs, in cents; null for every other page. */
export function costOf({ store }: World, hosted: HostedRequest): number | null {
  return hosted.kind === 'checkout' ? (store.sessions.get(hosted.id)?.total_amount ?? null) : null;
}

/** Whether this page takes two cards, one of HSA/FSA and an ordinary one (section 5.9); of a checkout each pays a part. */
export function offersSplit(world: World, hosted: HostedRequest): boolean {
  const cost = costOf(world, hosted);
  return world.switches.values.splitPayments && (cost === null || cost === 0 || cost >= 2 * LEAST_PART);
}

/**
 * Reads the ordinary card beside an HSA/FSA card and what it pays: where no amount is entered, all that HSA/FSA may not
 * pay. Null where one card is all. Each pays at least $0.50, and HSA/FSA at most what is eligible (section 5.9).
 */
export function readSecondCard(
  world: World,
  hosted: HostedRequest,
  first: Card,
  entered: SecondForm,
): { second: CardPayment | null } | { errors: FormErrors } {
  const cost = costOf(world, hosted) ?? 0;
  const eligible = eligibleAmount(world, { total_amount: cost, order_items: hosted.order_items });
  if (entered.second_number === '' || !offersSplit(world, hosted)) {
    if (first.type === 'card' || eligible >= cost) return { second: null };
    return { errors: { number: ineligibleText(eligible) } };
  }
  if (first.type === 'card') {
    return { errors: { second_number: 'Two cards are one HSA or FSA card and one credit or debit card.' } };
  }
  const read = readCard(
    {
      type: 'card',
      number: entered.second_number,
      expiry: entered.second_expiry,
      code: entered.second_code,
    },
    null,
    world.clock.now(),
  );
  if ('errors' in read) return { errors: renamed(read.errors) };
  if (read.card.type !== 'card')
    return { errors: { second_number: 'The second card must be a credit or debit card.' } };
  if (cost === 0) return { second: { ...read.card, amount: 0 } };
  const amount = entered.second_amount === '' ? cost - eligible : readDollars(entered.second_amount);
  const wrong = explainWrongPart(amount, cost, eligible);
  return wrong === null ? { second: { ...read.card, amount: amount ?? 0 } } : { errors: { second_amount: wrong } };
}

function explainWrongPart(amount: number | null, cost: number, eligible: number): string | null {
  if (amount === null) return 'Enter the amount as dollars and cents, such as 12.50.';
  if (amount < LEAST_PART || cost - amount < LEAST_PART) {
    return `Enter an amount between ${dollars(LEAST_PART)} and ${dollars(cost - LEAST_PART)}.`;
  }
  return cost - amount > eligible ? ineligibleText(eligible) : null;
}

function ineligibleText(eligible: number): string {
  return eligible === 0
    ? 'HSA/FSA cannot pay for these items. Use a credit or debit card.'
    : `HSA/FSA can pay at most ${dollars(eligible)} of this order. Use a credit or debit card for the rest.`;
}

function readDollars(text: string): number | null {
  const match = /^\$?(\d{1,7})(?:\.(\d{2}))?$/.exec(text.replaceAll(',', ''));
  return match === null ? null : Number(match[1]) * 100 + Number(match[2] ?? 0);
}

/** The bank's errors, at the fields of the second card; what is of no field stays so. */
function renamed(errors: FormErrors): FormErrors {
  return Object.fromEntries(Object.entries(errors).map(([name, text]) => [name === '' ? '' : `second_${name}`, text]));
}
