import type { Interval, LocalDate } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A subscription that has begun with a trial. `link` leads to it. */
export interface TrialBegunFacts {
  name: string;
  /** The day on which the trial ends, and the first charge is made. */
  endsOn: LocalDate;
  amountCents: number;
  interval: Interval;
  link: string;
}

/** What is charged, from which day on, and until when nothing is (mockups "Trial"). */
export function trialBegunMail(facts: TrialBegunFacts, { merchantName, today }: House): MailParts {
  const { name, endsOn, amountCents, interval, link } = facts;
  const day = longDate(endsOn, today);
  const price = `${formatCents(amountCents)} ${everyInterval(interval).toLowerCase()}`;
  return layOutMail(merchantName, {
    subject: `Your trial has begun, and ends on ${day}`,
    preview: `Nothing is charged before ${day}.`,
    status: { tone: 'ok', word: 'Trial' },
    heading: 'Your trial has begun',
    name,
    paragraphs: [
      [{ strong: `Nothing is charged before ${day}.` }, ` From that day on it is ${price}.`],
      ['Cancel before that day, and nothing is charged. We write to you before it ends.'],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Trial ends', day],
      ['First charge', formatCents(amountCents)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
