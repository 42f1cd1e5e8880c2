import type { LocalDate } from '@/lib/core/calendar';
import type { RecoveryReason } from '@/lib/core/charge';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { MailOffer } from '@/lib/core/recovery-policy';
import { layOutMail, type MailParts } from '../layout';
import { type House, startAgain, subscriptionFooter } from './house';

/** Why an order waits, where there is something that its customer can do. */
export type WaitingReason = Exclude<RecoveryReason, 'session_pending' | 'our_error' | 'unknown_action'> | 'card_spent';

/** An order that still waits. `link` is our own `/go/{case}`, or the subscription where no page of Truemed's repairs it. */
export interface ReminderFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  reason: WaitingReason;
  offer: MailOffer;
  link: string;
}

export interface LastReminderFacts extends Omit<ReminderFacts, 'offer'> {
  /** The day on which the subscription is paused, should nothing change. */
  pauseOn: LocalDate;
  /** False: the merchant does not leave it to customers to start it again. */
  mayWake?: boolean;
}

interface Reading {
  /** After "Your order of 3 February". */
  title: string;
  why: string;
  button: string;
  /** Under the button, where it leads away from us. */
  leads: boolean;
  whenDone: string;
}

const READINGS: Record<WaitingReason, Reading> = {
  update_payment_method: {
    title: 'still waits for your card',
    why: 'Your payment details with Truemed need an update.',
    button: 'Update my card',
    leads: true,
    whenDone: 'After the update',
  },
  take_health_survey: {
    title: 'still waits for a health survey',
    why: 'Please complete Truemed’s health survey again, to see whether you still qualify.',
    button: 'Continue to the health survey',
    leads: true,
    whenDone: 'If you qualify',
  },
  declined: {
    title: 'is still not paid',
    why: 'Truemed did not take the payment for this order.',
    button: 'See my subscription',
    leads: false,
    whenDone: 'Once it is taken',
  },
  card_spent: {
    title: 'still waits for another card',
    why: 'Your card was refused too often in the last 30 days, so we do not try it again by ourselves.',
    button: 'Give another card',
    leads: false,
    whenDone: 'If Truemed then asks for nothing more',
  },
  token_gone: {
    title: 'still waits for a card',
    why: 'Truemed no longer has the card that pays for this order.',
    button: 'Connect a card',
    leads: true,
    whenDone: 'After that',
  },
};

const OFFERS: Record<MailOffer, string | null> = {
  none: null,
  other_payment: 'If you would rather pay for this order in another way, reply to this mail.',
  leave_out: 'If you would rather leave this order out, reply to this mail.',
};

/** An order that waits is called to mind (product.md section 5.4). */
export function reminderMail(facts: ReminderFacts, house: House): MailParts {
  return write(facts, house, {
    subject: (title) => title,
    offer: OFFERS[facts.offer],
    otherwise: 'The order stays on hold. Nothing is charged.',
  });
}

/** The last word before the subscription is paused. */
export function lastReminderMail(facts: LastReminderFacts, house: House): MailParts {
  const pauseOn = longDate(facts.pauseOn, house.today);
  const again = startAgain(facts.mayWake);
  return write(facts, house, {
    subject: (title) => `Last reminder: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
    offer: `If nothing changes, your subscription is paused on ${pauseOn}. ${again}`,
    otherwise: `Your subscription is paused on ${pauseOn}. Nothing is charged.`,
  });
}

function write(
  { name, amountCents, orderOn, reason, link }: Omit<ReminderFacts, 'offer'>,
  { merchantName, today }: House,
  words: { subject: (title: string) => string; offer: string | null; otherwise: string },
): MailParts {
  const { title, why, button, leads, whenDone } = READINGS[reason];
  const heading = `Your order of ${dayAndMonth(orderOn, today)} ${title}`;
  return layOutMail(merchantName, {
    subject: words.subject(heading),
    preview: 'You have not been charged.',
    status: { tone: 'attn', word: 'On hold' },
    heading,
    name,
    paragraphs: [
      [`${why} `, { strong: 'You have not been charged.' }],
      ...(words.offer === null ? [] : [[words.offer]]),
    ],
    button: {
      label: button,
      link,
      note: leads ? `The button leads from ${merchantName} to Truemed. It works for as long as the order waits.` : null,
    },
    rows: [
      ['Amount', formatCents(amountCents)],
      [whenDone, 'We charge the order and write to you'],
      ['If you do nothing', words.otherwise],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
