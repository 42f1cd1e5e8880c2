import type { LocalDate } from '@/lib/core/calendar';
import { cardKind, cardTitle, type NamedCard } from '@/lib/core/card-words';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { ProvisionPurpose } from '@/lib/core/provisioning';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** What was asked for at Truemed of card and letter, and is done. */
export type UpdatedDetails = Extract<ProvisionPurpose, 'store' | 'card' | 'survey' | 'reconnect'>;

/** Card and letter as Truemed has them now. `link` leads to the payment page. */
export interface PaymentDetailsUpdatedFacts {
  name: string;
  what: UpdatedDetails;
  card: NamedCard;
  letterExpiresOn: LocalDate | null;
  /** What they pay for next; null where nothing is charged to them. */
  next: { on: LocalDate; amountCents: number } | null;
  /** A subscription has moved to it already, which is paused or ends. */
  hasMoved?: boolean;
  link: string;
}

const WORDS: Record<UpdatedDetails, { heading: (card: string) => string; chip: string }> = {
  store: { heading: (card) => `Your ${card} is stored`, chip: 'Stored' },
  card: { heading: (card) => `Your ${card} is updated`, chip: 'Updated' },
  survey: { heading: () => 'Your details at Truemed are up to date', chip: 'Up to date' },
  reconnect: { heading: (card) => `Your ${card} is connected again`, chip: 'Connected' },
};

/** Says that it is done, and what is charged next, or that nothing is. */
export function paymentDetailsUpdatedMail(facts: PaymentDetailsUpdatedFacts, house: House): MailParts {
  const { name, what, card, letterExpiresOn, next, hasMoved = false, link } = facts;
  const { merchantName, today } = house;
  const { chip } = WORDS[what];
  const heading = WORDS[what].heading(cardKind(card));
  const order = next === null ? null : `${formatCents(next.amountCents)} on ${longDate(next.on, today)}`;
  const charged = order === null ? 'Nothing is charged to your card now.' : `Next: ${order}.`;
  return layOutMail(merchantName, {
    subject: heading,
    preview: charged,
    status: { tone: 'ok', word: chip },
    heading,
    name,
    paragraphs: [
      [{ strong: charged }],
      ...(order === null && !hasMoved ? [['It pays once a subscription is moved to it.']] : []),
      ['If you did not ask for this, reply to this mail.'],
    ],
    button: { label: 'See how I pay', link, note: null },
    rows: [
      ['Card', cardTitle(card)],
      ...(letterExpiresOn === null
        ? []
        : [['Letter', `Until ${longDate(letterExpiresOn, today, 'always')}`] satisfies [string, string]]),
      ['Next charge', order ?? 'None'],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
