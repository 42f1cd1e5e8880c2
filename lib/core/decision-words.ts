import type { LocalDate } from './calendar';
import { longDate } from './date-words';
import type { RenewalFacts, Verdict } from './renewal-decision';

/** A stored decision, as far as its words need it. */
export interface DecisionToSay {
  verdict: Verdict;
  periodStart: LocalDate;
  inputs: Pick<RenewalFacts, 'cancelOn' | 'askedBy'>;
  /** Nothing was left to charge. */
  isFree?: boolean;
  /** Whether the order that it planned is paid: a plan is no charge yet. Missing: as it was decided. */
  isPaid?: boolean;
}

/** Why a period was charged or not, in one plain sentence for customers and staff; `today` decides where a year is said. */
export function decisionWords(decision: DecisionToSay, today: LocalDate): string {
  const { verdict, periodStart, inputs, isFree, isPaid } = decision;
  const day = longDate(periodStart, today);
  const charged = isPaid === false ? 'Made' : 'Charged';
  if (isFree === true && (verdict === 'charge' || verdict === 'no_token'))
    return `Not charged because nothing was left to pay for the order of ${day}.`;
  switch (verdict) {
    case 'charge':
      if (inputs.askedBy === 'staff') return `${charged} because the shop asked for the order of ${day}.`;
      if (inputs.askedBy === 'customer') return `${charged} before its day, ${day}, because it was ordered early.`;
      return `${charged} because the order of ${day} was due and nothing stood in its way.`;
    case 'no_token':
      if (isPaid === true) return `Charged later than its day, ${day}, because there was no card to charge then.`;
      return `Not charged because there was no card to charge when the order of ${day} was due.`;
    case 'billed_elsewhere':
      return `Not charged on ${day} because the order is still billed to the former card.`;
    case 'canceled':
      return `Not charged on ${day} because the subscription had been canceled.`;
    case 'paused':
      return `Not charged on ${day} because the subscription was paused.`;
    case 'hand_over':
      return `Not charged on ${day} because the change from the former card had not been confirmed.`;
    case 'ends_with_period':
      return inputs.cancelOn === null
        ? `Not charged on ${day} because the subscription was to end.`
        : `Not charged on ${day} because the subscription was to end on ${longDate(inputs.cancelOn, today)}.`;
    case 'not_due':
      return `Not charged yet: the order of ${day} is not due.`;
    case 'previous_open':
      return `Not charged on ${day} because an earlier order had not been paid.`;
    case 'token_updating':
      return `Not charged at once on ${day} because the card was being updated.`;
  }
}

/** Why an order that was due is not collected any more: by the choice of its customer. */
export const LEFT_OUT_WORDS =
  'Not charged because the payment did not go through when the order was due, and you had chosen to leave an order out then.';
