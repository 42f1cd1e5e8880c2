import type { LocalDate } from '@/lib/core/calendar';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { REFUND_TIME } from '@/lib/core/receipt';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** Money of an order that Truemed gives back. `link` leads to the order. */
export interface MoneyReturnedFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  /** It was paid twice, and the second payment goes back. */
  isSecondPayment: boolean;
  link: string;
}

/** Says how much goes back, of which order, and how long the card may take to show it (product.md section 1, row 16). */
export function moneyReturnedMail(facts: MoneyReturnedFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, orderOn, isSecondPayment, link } = facts;
  const amount = formatCents(amountCents);
  const order = dayAndMonth(orderOn, today);
  return layOutMail(merchantName, {
    subject: `${amount} of your order of ${order} goes back to your card`,
    preview: REFUND_TIME,
    status: { tone: 'ok', word: 'Refunded' },
    heading: `${amount} goes back to your card`,
    name,
    paragraphs: [
      isSecondPayment
        ? [
            `Your order of ${order} was paid twice. The second payment, `,
            { strong: amount },
            ', goes back to your card.',
          ]
        : [{ strong: amount }, ` of your order of ${order} goes back to the card that paid.`],
      [REFUND_TIME],
    ],
    button: { label: 'See my order', link, note: null },
    rows: [
      ['Amount', amount],
      ['Order', longDate(orderOn, today)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
