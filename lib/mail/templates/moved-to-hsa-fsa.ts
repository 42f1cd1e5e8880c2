import type { LocalDate } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { cardName, type House, subscriptionFooter } from './house';

/** A subscription that we charge from now on. `link` leads to it. */
export interface MovedToHsaFsaFacts {
  name: string;
  amountCents: number;
  nextChargeOn: LocalDate;
  cardLast4: string | null;
  link: string;
}

/** The card is connected; says which orders the former card still pays (design.md section 4). */
export function movedToHsaFsaMail(facts: MovedToHsaFsaFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, nextChargeOn, cardLast4, link } = facts;
  const next = `${formatCents(amountCents)} on ${longDate(nextChargeOn, today)}`;
  return layOutMail(merchantName, {
    subject: 'Your HSA/FSA card is connected',
    preview: `Next: ${next}.`,
    status: { tone: 'ok', word: 'Connected' },
    heading: 'Your HSA/FSA card is connected',
    name,
    paragraphs: [
      ['Your subscription moves to it. Next: ', { strong: next }, '.'],
      ['An order that is due before that day is still billed to your former card.'],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Next charge', next],
      ['Card', cardName(cardLast4)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
