import type { LocalDate } from '@/lib/core/calendar';
import { cardKind, cardName, cardTitle, type NamedCard } from '@/lib/core/card-words';
import { dayAndMonth, longDate, monthAndYear } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A charge a week ahead. `link` leads to the subscription, where `may` can be done. */
export interface UpcomingChargeFacts {
  name: string;
  amountCents: number;
  chargeOn: LocalDate;
  /** The first one, on the day on which a trial ends. */
  isTrial?: boolean;
  /** What ends before that day, which its customer can renew; null: nothing does. */
  endsBefore?: 'letter' | 'card' | null;
  /** What its customer may do by themselves. */
  may?: readonly ('skip' | 'move')[];
  card: NamedCard;
  link: string;
}

/** A card whose last month comes. `link` leads to its update. */
export interface CardExpiresSoonFacts {
  name: string;
  /** `YYYY-MM`. */
  expires: string;
  card: NamedCard;
  nextChargeOn: LocalDate;
  link: string;
}

/** A letter whose last day comes. `link` leads to the health survey. */
export interface LetterExpiresSoonFacts {
  name: string;
  letterExpiresOn: LocalDate;
  nextChargeOn: LocalDate;
  link: string;
}

const NOTHING_TO_DO = 'There is nothing you need to do.';
const ENDS_BEFORE = {
  letter: {
    preview: 'Your letter ends before that day.',
    text: 'Your Letter of Medical Necessity ends before that day. If you complete the health survey by then and qualify, the charge stays on its day.',
  },
  card: {
    preview: 'Your card expires before that day.',
    text: 'That card expires before that day: your payment details with Truemed need an update by then.',
  },
} as const;

const SEE = 'See my subscription';

/** Amount, day and card of the next charge. */
export function upcomingChargeMail(facts: UpcomingChargeFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, chargeOn, card, link, isTrial = false, endsBefore = null } = facts;
  const may = facts.may ?? ['skip', 'move'];
  const day = longDate(chargeOn, today);
  return layOutMail(merchantName, {
    subject: isTrial
      ? `Your trial ends on ${day}: ${formatCents(amountCents)} from then on`
      : `Your next charge: ${formatCents(amountCents)} on ${day}`,
    preview: isTrial
      ? 'Cancel before, and nothing is charged.'
      : endsBefore === null
        ? NOTHING_TO_DO
        : ENDS_BEFORE[endsBefore].preview,
    status: null,
    heading: isTrial ? `Your trial ends on ${day}` : `Your next charge is on ${day}`,
    name,
    paragraphs: [
      [
        { strong: formatCents(amountCents) },
        ` is charged to your ${cardName(card)} through Truemed. ${endsBefore === null ? NOTHING_TO_DO : ENDS_BEFORE[endsBefore].text}`,
      ],
      [
        isTrial
          ? 'That is your first charge. Cancel before that day, and nothing is charged.'
          : may.length > 0
            ? `If you would rather ${may.join(' or ')} it, you can do that until then.`
            : 'The page of your subscription shows what is in it, and how to cancel.',
      ],
    ],
    button: { label: SEE, link, note: null },
    rows: [
      ['Amount', formatCents(amountCents)],
      ['Next charge', day],
      ['Card', cardTitle(card)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}

/** The card is about to expire; says whether the next charge still falls inside its time. */
export function cardExpiresSoonMail(facts: CardExpiresSoonFacts, { merchantName, today }: House): MailParts {
  const { name, expires, card, nextChargeOn, link } = facts;
  const month = monthAndYear(expires);
  const isBefore = nextChargeOn.slice(0, 7) > expires;
  const charge = longDate(nextChargeOn, today);
  return layOutMail(merchantName, {
    subject: `Your ${cardKind(card)} expires in ${month}`,
    preview: isBefore ? `That is before your charge on ${charge}.` : `Your next charge is on ${charge}.`,
    status: { tone: 'attn', word: 'Card expires soon' },
    heading: `Your ${cardKind(card)} expires in ${month}`,
    name,
    paragraphs: [
      [
        isBefore ? `That is before your charge on ${charge}. ` : '',
        { strong: 'Your payment details with Truemed need an update by then.' },
      ],
    ],
    button: { label: 'Update my card', link, note: null },
    rows: [
      ['Card', `${cardTitle(card)}, until ${month}`],
      ['Next charge', charge],
    ],
    footer: subscriptionFooter(merchantName),
  });
}

/** The letter is about to end (mockups "Letter ends soon"). Nothing is said of what it is for. */
export function letterExpiresSoonMail(facts: LetterExpiresSoonFacts, { merchantName, today }: House): MailParts {
  const { name, letterExpiresOn, nextChargeOn, link } = facts;
  const letter = dayAndMonth(letterExpiresOn, today);
  const charge = longDate(nextChargeOn, today);
  const isBefore = letterExpiresOn < nextChargeOn;
  return layOutMail(merchantName, {
    subject: `Your letter ends on ${letter}`,
    preview: isBefore ? `That is before your charge on ${charge}.` : `Your next charge is on ${charge}.`,
    status: { tone: 'attn', word: 'Letter ends soon' },
    heading: `Your letter ends on ${letter}`,
    name,
    paragraphs: isBefore
      ? [
          [`Your Letter of Medical Necessity ends before your charge on ${charge}.`],
          ['If you complete the health survey by then and qualify, the charge stays on its day.'],
        ]
      : [
          [`Your Letter of Medical Necessity covers your charge on ${charge}.`],
          ['For later orders Truemed asks you to complete its health survey again, to see whether you still qualify.'],
        ],
    button: { label: 'Continue to the health survey', link, note: null },
    rows: [
      ['Letter', `Until ${longDate(letterExpiresOn, today, 'always')}`],
      ['Next charge', charge],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
