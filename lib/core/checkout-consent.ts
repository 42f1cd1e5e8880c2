import type { Interval, LocalDate } from './calendar';
import type { CheckoutTerms } from './checkout';
import { longDate } from './date-words';
import { everyInterval } from './interval-words';
import { formatCents } from './money';

/** Goes up with every change of the sentences below: what somebody has agreed to is kept with it. */
export const CONSENT_VERSION = '2026-11-2';

/**
 * What the customer agrees to by ordering, in the words that the page shows beside the box: what is charged, when, to what,
 * until when, and how it ends (product.md section 5.5). `hasCard`: a card is connected already, and pays.
 */
export function consentText(
  merchantName: string,
  terms: CheckoutTerms,
  interval: Interval,
  today: LocalDate,
  hasCard: boolean,
): string {
  const amount = formatCents(terms.order.totalCents);
  const every = everyInterval(interval).toLowerCase();
  const [first] = terms.nextCharges;
  const charges =
    terms.trialEndsOn === null
      ? `${formatCents(terms.dueNowCents)} now, and ${amount} ${every} from ${longDate(first, today)} on`
      : `nothing now, and ${amount} ${every} from ${longDate(first, today)} on, when my trial ends`;
  return `I agree that ${merchantName} charges ${hasCard ? 'my card at Truemed' : 'the card that I give at Truemed'} ${charges}, until I cancel. I can cancel at any time in my account; nothing more is charged from then on.`;
}
