import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A customer has stopped paying with HSA/FSA. `link` leads to how they pay. */
export interface HsaFsaStoppedFacts {
  name: string;
  /** How many of their subscriptions were paused, and how many canceled. */
  paused: number;
  canceled: number;
  /** The deletion of the payment token at Truemed was asked for. */
  isDeleted: boolean;
  link: string;
}

/** Says what has become of the subscriptions, and of the card. */
export function hsaFsaStoppedMail(facts: HsaFsaStoppedFacts, { merchantName }: House): MailParts {
  const { name, paused, canceled, isDeleted, link } = facts;
  const heading = 'Nothing is charged to your HSA/FSA card any more';
  const parts = [counted(paused, 'paused'), counted(canceled, 'canceled')].filter((part) => part !== null);
  return layOutMail(merchantName, {
    subject: heading,
    preview: 'You asked us to stop using it.',
    status: { tone: 'ok', word: 'Stopped' },
    heading,
    name,
    paragraphs: [
      [`You asked us to stop using it. ${parts.join(' ')}`.trim()],
      [
        isDeleted
          ? 'What lets us charge your card is deleted at Truemed. That cannot be taken back: to pay with it again, you connect it anew.'
          : 'Your card stays stored at Truemed, and nothing is charged to it. You can have it deleted on your payment page.',
      ],
    ],
    button: { label: 'See how I pay', link, note: null },
    rows: [
      ['Your card at Truemed', isDeleted ? 'Being deleted' : 'Kept, not charged'],
      ['If you do nothing', 'Nothing is charged.'],
    ],
    footer: subscriptionFooter(merchantName),
  });
}

function counted(count: number, word: string): string | null {
  if (count === 0) return null;
  return count === 1 ? `One subscription is ${word}.` : `${count} subscriptions are ${word}.`;
}
