import type { LocalDate } from '@/lib/core/calendar';
import { cardKind, cardTitle, type NamedCard } from '@/lib/core/card-words';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A subscription that we charge from now on. `link` leads to it. */
export interface MovedToHsaFsaFacts {
  name: string;
  amountCents: number;
  /** Our first charge; null: it is paused. */
  nextChargeOn: LocalDate | null;
  /** That day is the earliest: it is charged once staff have confirmed that the former processor has stopped. */
  awaitsHandOver?: boolean;
  card: NamedCard;
  link: string;
}

/** The card is connected; says which orders the former card still pays (design.md section 4). */
export function movedToHsaFsaMail(facts: MovedToHsaFsaFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, nextChargeOn, awaitsHandOver = false, card, link } = facts;
  const day = nextChargeOn === null ? null : longDate(nextChargeOn, today);
  const next = day === null ? null : `${formatCents(amountCents)} ${awaitsHandOver ? 'not before' : 'on'} ${day}`;
  const charged = next === null ? PAUSED : `Next: ${next}.`;
  const connected = `Your ${cardKind(card)} is connected`;
  return layOutMail(merchantName, {
    subject: connected,
    preview: charged,
    status: { tone: 'ok', word: 'Connected' },
    heading: connected,
    name,
    paragraphs: [
      [
        'Your subscription moves to it. ',
        ...(next === null ? [{ strong: PAUSED }] : ['Next: ', { strong: next }, '.']),
      ],
      ...(awaitsHandOver && next !== null
        ? [['We charge it once our former payment company has stopped billing it.']]
        : []),
      ...(next === null ? [] : [['An order that is due before that day is still billed to your former card.']]),
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Next charge', next ?? 'None'],
      ['Card', cardTitle(card)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}

const PAUSED = 'Nothing is charged while it is paused.';
