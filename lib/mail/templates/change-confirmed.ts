import type { Interval, LocalDate } from '@/lib/core/calendar';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts, type MailStatus, type Words } from '../layout';
import { type House, subscriptionFooter } from './house';

/** A change of a subscription that somebody asked for, or that comes of one: a pause that ends by itself. */
export type ConfirmedChange =
  | { kind: 'skipped' | 'unskipped'; orderOn: LocalDate }
  | { kind: 'moved' | 'once_added' | 'once_removed' }
  | { kind: 'interval'; interval: Interval }
  | { kind: 'paused'; until: LocalDate | null }
  | { kind: 'cancel_scheduled'; endsOn: LocalDate }
  | { kind: 'canceled' | 'cancel_undone' | 'resumed' | 'reactivated' }
  /** Truemed has agreed to other items, or has not, or was never given what it asked for; or the change was taken back. */
  | { kind: 'items' | 'items_refused' | 'items_not_completed' | 'items_withdrawn' };

/** `link` leads to the subscription. */
export interface ChangeConfirmedFacts {
  name: string;
  change: ConfirmedChange;
  /** The charge that follows; null where none is to come. */
  next: { on: LocalDate; amountCents: number } | null;
  /**
   * Why none is to come, or has no day, where none is named: it ends, it is paused, an order that is on hold comes first, or
   * staff have yet to confirm that the former processor has stopped. Missing: it ends.
   */
  none?: 'ends' | 'paused' | 'on_hold' | 'hand_over';
  /** False: no card is connected, so nothing can be charged. */
  hasCard?: boolean;
  /** False: the merchant does not leave it to customers to resume it, or to start it again. */
  mayWake?: boolean;
  /** What becomes of an order that was being collected; `none`: there was none. */
  underWay: 'none' | 'given_up' | 'goes_on';
  link: string;
}

/** Says that a change is made, what is charged next, and on a cancellation what stays paid. */
export function changeConfirmedMail(facts: ChangeConfirmedFacts, { merchantName, today }: House): MailParts {
  const { name, change, link } = facts;
  const heading = isForNoOrder(facts) ? 'Truemed has agreed to the item that you added' : headingOf(change, today);
  const charged = chargedNext(facts, today);
  return layOutMail(merchantName, {
    subject: heading,
    preview: charged,
    status: STATUS[change.kind],
    heading,
    name,
    paragraphs: [
      [{ strong: charged }, ...UNDER_WAY[facts.underWay]],
      ...kept(facts),
      ['If you did not ask for this, reply to this mail.'],
    ],
    button: { label: 'See my subscription', link, note: null },
    rows: rowsOf(facts, today),
    footer: subscriptionFooter(merchantName),
  });
}

/** An item for one order that Truemed has agreed to once its subscription is about to end. */
function isForNoOrder({ change, next, none = 'ends' }: ChangeConfirmedFacts): boolean {
  return change.kind === 'once_added' && next === null && none === 'ends';
}

const CHANGED: MailStatus = { tone: 'ok', word: 'Changed' };
const STATUS: Record<ConfirmedChange['kind'], MailStatus | null> = {
  skipped: CHANGED,
  unskipped: CHANGED,
  moved: CHANGED,
  once_added: CHANGED,
  once_removed: CHANGED,
  interval: CHANGED,
  paused: { tone: 'attn', word: 'Paused' },
  cancel_scheduled: { tone: 'attn', word: 'Ends' },
  canceled: { tone: 'attn', word: 'Canceled' },
  cancel_undone: CHANGED,
  resumed: { tone: 'ok', word: 'Active' },
  reactivated: { tone: 'ok', word: 'Active' },
  items: CHANGED,
  items_refused: { tone: 'attn', word: 'Not changed' },
  items_not_completed: { tone: 'attn', word: 'Not changed' },
  items_withdrawn: { tone: 'ok', word: 'Not changed' },
};

const UNDER_WAY: Record<ChangeConfirmedFacts['underWay'], Words[]> = {
  none: [],
  given_up: [' The order that was on hold is given up, and will not be charged.'],
  goes_on: [' An order that is under way or on hold may still be charged.'],
};

function headingOf(change: ConfirmedChange, today: LocalDate): string {
  switch (change.kind) {
    case 'skipped':
      return `Your order of ${dayAndMonth(change.orderOn, today)} is skipped`;
    case 'unskipped':
      return `Your order of ${dayAndMonth(change.orderOn, today)} is planned again`;
    case 'moved':
      return 'Your next order has another day';
    case 'once_added':
      return 'Your next order has one item more';
    case 'once_removed':
      return 'An item is taken out of your next order';
    case 'interval':
      return `Your orders come ${everyInterval(change.interval).toLowerCase()}`;
    case 'paused':
      return `Your subscription is paused${change.until === null ? '' : ` until ${dayAndMonth(change.until, today)}`}`;
    case 'cancel_scheduled':
      return `Your subscription ends on ${dayAndMonth(change.endsOn, today)}`;
    case 'canceled':
      return 'Your subscription is canceled';
    case 'cancel_undone':
    case 'resumed':
      return 'Your subscription goes on';
    case 'reactivated':
      return 'Your subscription has started again';
    case 'items':
      return 'Your order is changed';
    case 'items_refused':
    case 'items_not_completed':
    case 'items_withdrawn':
      return 'Your order stays as it was';
  }
}

const NO_CARD = 'No HSA/FSA card is connected now, so nothing is charged until you connect one.';

const NONE: Record<NonNullable<ChangeConfirmedFacts['none']>, string> = {
  ends: 'Nothing more is planned or charged.',
  paused: 'Nothing is charged while it is paused.',
  on_hold: 'Your next order comes after the one that is on hold.',
  hand_over: 'Your next order is charged once our former payment company has stopped billing it.',
};

function chargedNext({ change, next, none = 'ends', hasCard = true }: ChangeConfirmedFacts, today: LocalDate): string {
  if (change.kind === 'cancel_scheduled' || change.kind === 'canceled') return NONE.ends;
  if (next !== null) {
    const day = `${formatCents(next.amountCents)} on ${longDate(next.on, today)}.`;
    return hasCard ? `Your next charge is ${day}` : `Your next order is ${day} ${NO_CARD}`;
  }
  return NONE[change.kind === 'paused' ? 'paused' : none];
}

function kept(facts: ChangeConfirmedFacts): Words[][] {
  const { hasCard = true, mayWake = true } = facts;
  const { kind } = facts.change;
  if (isForNoOrder(facts))
    return [
      [
        'Your subscription is about to end, so no order has it. If you keep your subscription, it comes with the next order.',
      ],
    ];
  if (kind === 'once_added')
    return [['It comes with that order only. Until the order is made, you can take it out again.']];
  if (kind === 'items') return [['Truemed has agreed to the items that you chose. Each order has them from now on.']];
  if (kind === 'items_refused') return [['Truemed did not agree to the items that you chose.']];
  if (kind === 'items_not_completed')
    return [['The change of items was not completed at Truemed in its time. You can ask for it again.']];
  if (kind === 'items_withdrawn')
    return [
      [
        'You took back the change of items that waited for Truemed. If Truemed still agrees to it, nothing comes of it.',
      ],
    ];
  if (kind === 'paused')
    return [
      [
        `Your items${hasCard ? ', your price and what you connected at Truemed' : ' and your price'} are kept. ${mayWake ? 'You can resume it at any time.' : 'To resume it, reply to this mail.'}`,
      ],
    ];
  if (kind !== 'canceled' && kind !== 'cancel_scheduled') return [];
  const stays = hasCard ? ' What you connected at Truemed stays there until you ask for its deletion.' : '';
  const later =
    kind === 'canceled' ? AGAIN[hasCard && mayWake ? 'as_it_was' : 'anew'] : 'Until that day you can take this back.';
  return [[`Orders that you have paid for stay yours.${stays}`], [later]];
}

const AGAIN = {
  as_it_was: 'You can start it again later, with the same items and price.',
  anew: 'You can subscribe to it again later.',
};

function rowsOf({ change, next, none, mayWake = true }: ChangeConfirmedFacts, today: LocalDate): [string, string][] {
  if (change.kind === 'canceled') return [['Next charge', 'None']];
  if (change.kind === 'cancel_scheduled')
    return [
      ['Ends on', longDate(change.endsOn, today)],
      ['Next charge', 'None'],
    ];
  const resumes: [string, string][] =
    change.kind === 'paused'
      ? [
          [
            'Resumes',
            change.until !== null
              ? longDate(change.until, today)
              : mayWake
                ? 'When you resume it'
                : 'When you ask us to',
          ],
        ]
      : [];
  if (next === null) return none === 'on_hold' || none === 'hand_over' ? [] : [...resumes, ['Next charge', 'None']];
  return [...resumes, ['Next charge', longDate(next.on, today)], ['Amount', formatCents(next.amountCents)]];
}
