import type { LocalDate } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import { layOutMail, type MailParts } from '../layout';
import { type House, startAgain, subscriptionFooter } from './house';

/** `paused`: an order could not be collected in its time. `still_paused`: asks back, some weeks later. */
export type SubscriptionChange = 'paused' | 'still_paused';

/** A subscription that its recovery has paused. `link` leads to it. */
export interface SubscriptionChangedFacts {
  name: string;
  /** The order that was given up. */
  orderOn: LocalDate;
  change: SubscriptionChange;
  /** False: the merchant does not leave it to customers to start it again. */
  mayWake?: boolean;
  link: string;
}

/** Says that nothing is charged any more, and how the subscription goes on. */
export function subscriptionChangedMail(facts: SubscriptionChangedFacts, { merchantName, today }: House): MailParts {
  const { name, orderOn, change, mayWake, link } = facts;
  const order = longDate(orderOn, today);
  const isNew = change === 'paused';
  const heading = isNew ? 'Your subscription is paused' : 'Your subscription is still paused';
  return layOutMail(merchantName, {
    subject: heading,
    preview: 'Nothing is charged while it is paused.',
    status: { tone: 'attn', word: 'Paused' },
    heading,
    name,
    paragraphs: [
      [
        isNew
          ? `Your order of ${order} could not be paid, so we have left it out. `
          : `It was paused because your order of ${order} could not be paid. `,
        { strong: 'Nothing is charged while it is paused.' },
      ],
      [`Your items, your price and what you connected at Truemed are kept. ${startAgain(mayWake)}`],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: [
      ['Order', `${order}, not charged`],
      ['If you do nothing', 'It stays paused. Nothing is charged.'],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
