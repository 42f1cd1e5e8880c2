import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A customer has stopped paying with HSA/FSA. `link` leads to how they pay. */
export interface HsaFsaStoppedFacts {
  name: string;
  /** How many of their subscriptions were paused, and how many canceled. */
  paused: number;
  canceled: number;
  /** What becomes of the card at Truemed; `deleted`: its deletion was asked for, `none`: there was none any more. */
  card: 'kept' | 'deleted' | 'none';
  link: string;
}

/** Says what has become of the subscriptions, and of the card. */
export function hsaFsaStoppedMail(facts: HsaFsaStoppedFacts, { merchantName }: House): MailParts {
  const { name, paused, canceled, card, link } = facts;
  const heading = 'Nothing is charged to your card at Truemed any more';
  const parts = [counted(paused, 'paused'), counted(canceled, 'canceled')].filter((part) => part !== null);
  return layOutMail(merchantName, {
    subject: heading,
    preview: 'You asked us to stop using it.',
    status: { tone: 'ok', word: 'Stopped' },
    heading,
    name,
    paragraphs: [[`You asked us to stop using it. ${parts.join(' ')}`.trim()], [CARD[card].text]],
    button: { label: 'See how I pay', link, note: null },
    rows: [
      ['Your card at Truemed', CARD[card].row],
      ['If you do nothing', 'Nothing is charged.'],
    ],
    footer: subscriptionFooter(merchantName),
  });
}

const CARD: Record<HsaFsaStoppedFacts['card'], { text: string; row: string }> = {
  deleted: {
    text: 'What lets us charge your card is deleted at Truemed. That cannot be taken back: to pay with it again, you connect it anew.',
    row: 'Being deleted',
  },
  kept: {
    text: 'Your card stays stored at Truemed, and nothing is charged to it. You can have it deleted on your payment page.',
    row: 'Kept, not charged',
  },
  none: {
    text: 'No card of yours is connected any more. To pay with HSA/FSA again, you connect one anew.',
    row: 'Not connected',
  },
};

function counted(count: number, word: string): string | null {
  if (count === 0) return null;
  return count === 1 ? `One subscription is ${word}.` : `${count} subscriptions are ${word}.`;
}
