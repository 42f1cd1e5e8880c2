import type { LocalDate } from '@/lib/core/calendar';
import { cardName, cardTitle, type NamedCard } from '@/lib/core/card-words';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** An order whose payment was captured. `link` leads to the subscription. */
export interface PaymentReceivedFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  /** Null where none is to come: it is paused, or ends. */
  nextChargeOn: LocalDate | null;
  card: NamedCard;
  link: string;
}

/** The receipt. The next charge is named only where its day has not gone by: an order may be paid late. */
export function paymentReceivedMail(facts: PaymentReceivedFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, orderOn, nextChargeOn, card, link } = facts;
  const order = dayAndMonth(orderOn, today);
  return layOutMail(merchantName, {
    subject: `Payment received: ${formatCents(amountCents)} for your order of ${order}`,
    preview: 'There is nothing you need to do.',
    status: { tone: 'ok', word: 'Paid' },
    heading: `Your order of ${order} is paid`,
    name,
    paragraphs: [
      [
        { strong: formatCents(amountCents) },
        ` was charged to your ${cardName(card)} through Truemed. There is nothing you need to do.`,
      ],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Amount', formatCents(amountCents)],
      ['Order', longDate(orderOn, today)],
      ['Card', cardTitle(card)],
      ...(nextChargeOn === null || nextChargeOn < today
        ? []
        : [['Next charge', longDate(nextChargeOn, today)] as const]),
    ],
    footer: subscriptionFooter(merchantName),
  });
}
