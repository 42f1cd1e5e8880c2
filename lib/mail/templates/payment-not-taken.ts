import type { LocalDate } from '@/lib/core/calendar';
import type { RecoveryReason } from '@/lib/core/charge';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts, type MailStatus } from '../layout';
import { type House, subscriptionFooter } from './house';

/**
 * Why an order was not paid, where no page of Truemed's repairs it; `card_spent`: its card was refused too often to be tried
 * again; `left_out`: its customer had chosen to leave it out;
 * `first_order`: declined, and so its subscription has not begun.
 */
export type NotTakenReason =
  | Exclude<RecoveryReason, 'update_payment_method' | 'take_health_survey'>
  | 'card_spent'
  | 'left_out'
  | 'first_order';

/** An order that was not paid. `link` leads to the subscription, a first order's to that; where the card is gone, to Truemed through `/go/{case}`, where it takes another, to its update. */
export interface PaymentNotTakenFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  reason: NotTakenReason;
  /** Its subscription ends, and no other order comes. */
  isEnding?: boolean;
  link: string;
}

interface Reading {
  status: MailStatus;
  /** After "Your order of 3 February". */
  title: string;
  why: string;
  next: string;
  button: string;
}

const SEE = 'See my subscription';

const WITH_US: Reading = {
  status: { tone: 'attn', word: 'On hold' },
  title: 'waits for us',
  why: 'The payment could not be made, for a reason that lies with us.',
  next: 'There is nothing you need to do.',
  button: SEE,
};

const READINGS: Record<NotTakenReason, Reading> = {
  declined: {
    status: { tone: 'bad', word: 'Not taken' },
    title: 'was not paid',
    why: 'Truemed did not take the payment for this order.',
    next: 'Your subscription page says more. If you have a question, reply to this mail.',
    button: SEE,
  },
  unknown_action: {
    status: { tone: 'attn', word: 'Needs attention' },
    title: 'waits for our team',
    why: 'Truemed answered in a way that our system does not know. Our team has it on the list.',
    next: 'There is nothing you need to do.',
    button: SEE,
  },
  token_gone: {
    status: { tone: 'attn', word: 'Action needed' },
    title: 'waits for a card',
    why: 'Truemed no longer has the card that pays for this order.',
    next: 'You can connect one again at Truemed. Once it is connected, we charge the order and write to you.',
    button: 'Connect a card',
  },
  card_spent: {
    status: { tone: 'attn', word: 'Action needed' },
    title: 'waits for another card',
    why: 'Your card was refused too often in the last 30 days, so we do not try it again by ourselves.',
    next: 'You can give Truemed another card. If Truemed then asks for nothing more, we charge the order and write to you. If you would rather keep this card, reply to this mail.',
    button: 'Give another card',
  },
  left_out: {
    status: { tone: 'attn', word: 'Skipped' },
    title: 'was left out',
    why: 'The payment for this order did not go through, and you had chosen to leave an order out then.',
    next: 'There is nothing you need to do for this one.',
    button: SEE,
  },
  first_order: {
    status: { tone: 'bad', word: 'Not taken' },
    title: 'was not paid',
    why: 'Truemed did not take the payment for this order.',
    next: 'Your subscription has not begun. You can order again, also with another card; if you have a question, reply to this mail.',
    button: 'See my order',
  },
  session_pending: WITH_US,
  our_error: WITH_US,
};

/** The payment did not happen, and what now. A refused letter and a refused card read alike: a mail says nothing about health. */
export function paymentNotTakenMail(facts: PaymentNotTakenFacts, { merchantName, today }: House): MailParts {
  const { name, amountCents, orderOn, isEnding = false, link } = facts;
  const { status, title, why, next, button } = READINGS[facts.reason];
  const goesOn = facts.reason === 'left_out' && !isEnding ? 'Your subscription goes on with its next order. ' : '';
  const heading = `Your order of ${dayAndMonth(orderOn, today)} ${title}`;
  return layOutMail(merchantName, {
    subject: heading,
    preview: 'You have not been charged.',
    status,
    heading,
    name,
    paragraphs: [[`${why} `, { strong: 'You have not been charged.' }], [`${goesOn}${next}`]],
    button: { label: button, link, note: null },
    rows: [
      ['Amount', formatCents(amountCents)],
      ['Order', longDate(orderOn, today)],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
