import type { LocalDate } from '@/lib/core/calendar';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { cardName, type House, subscriptionFooter } from './house';

/** An order whose payment was captured. `link` leads to the subscription. */
export interface PaymentReceivedFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  /** Null where none is to come: it is paused, or ends. */
  nextChargeOn: LocalDate | null;
  cardLast4: string | null;
  /** False: an ordinary card may have paid, alone. Missing: one of HSA/FSA did. */
  isHsaFsa?: boolean;
  link: string;
}

/** The receipt. The next charge is named only where its day has not gone by: an order may be paid late. */
export function paymentReceivedMail(facts: PaymentReceivedFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, orderOn, nextChargeOn, cardLast4, isHsaFsa = true, link } = facts;
  const card = isHsaFsa ? cardName(cardLast4) : `card${cardLast4 === null ? '' : ` ending ${cardLast4}`}`;
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
        ` was charged to your ${card} through Truemed. There is nothing you need to do.`,
      ],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Amount', formatCents(amountCents)],
      ['Order', longDate(orderOn, today)],
      ['Card', card.charAt(0).toUpperCase() + card.slice(1)],
      ...(nextChargeOn === null || nextChargeOn < today
        ? []
        : [['Next charge', longDate(nextChargeOn, today)] as const]),
    ],
    footer: subscriptionFooter(merchantName),
  });
}
