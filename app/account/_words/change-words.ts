import type { LocalDate } from '@/lib/core/calendar';
import { addDays } from '@/lib/core/calendar';
import type { CancelOffer, CancelReason } from '@/lib/core/cancel-reason';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import type { ChangeKind, RequestedChange } from '@/lib/core/requested-change';
import type { DatedAmount, SchedulePreview } from '@/lib/views/schedule-preview';

/** What the words of a previewed change are made of. */
export interface ChangeFacts {
  name: string;
  today: LocalDate;
  /** An order is on hold, which a pause and a cancellation give up. */
  isCollecting: boolean;
  /** A charge is being made, or waits for Truemed's word: it may be paid whatever is changed. */
  isUnderWay: boolean;
  /** Without a connected card nothing can be charged, whatever is changed. */
  hasCard: boolean;
  /** What the merchant leaves to customers once it is paused, or canceled. */
  mayWake: SchedulePreview['mayWake'];
  now: readonly DatedAmount[];
  after: readonly DatedAmount[];
  /** The last day that is paid for, where a cancellation waits for it. */
  endsOn: LocalDate | null;
  /** The last order that the former processor still bills after a move; null where there is none to come. */
  lastExternalOn: LocalDate | null;
}

/** A previewed change in words: the question, what follows, the deed and the way out. */
export interface ChangeWords {
  question: string;
  text: string;
  verb: string;
  busy: string;
  wayOut: string;
  foot?: string;
}

const KEEP = 'Keep it as it is';
const CARD_STAYS = ' Your card and your letter stay with Truemed.';

/** Says what a change will do. Amounts and dates are those that follow if it is confirmed now. */
export function changeWords(change: RequestedChange, facts: ChangeFacts): ChangeWords {
  const { name, today, hasCard, mayWake } = facts;
  const cardStays = hasCard ? CARD_STAYS : '';
  const day = (date: LocalDate) => dayAndMonth(date, today);
  const followed = thenCharged(facts);
  switch (change.kind) {
    case 'skip':
      return {
        question: `Skip the order of ${day(change.shown)}?`,
        // What follows an order that was paid late is charged after its day.
        text: `You will not be charged on ${longDate(facts.now[0]?.date ?? change.shown, today)}. ${followed}`,
        verb: `Skip ${day(change.shown)}`,
        busy: 'Skipping',
        wayOut: KEEP,
        // On its own day that is a matter of hours.
        ...(change.shown > today
          ? { foot: `You can take this back until ${longDate(addDays(change.shown, -1), today)}.` }
          : {}),
      };
    case 'unskip':
      return {
        question: `Take the skip of ${day(facts.after[0]?.date ?? change.shown)} back?`,
        text: followed,
        verb: 'Take the skip back',
        busy: 'Taking it back',
        wayOut: 'Leave it skipped',
      };
    case 'move':
      return {
        question: `Move the order of ${day(change.shown)} to ${day(change.to)}?`,
        text: `${followed} ${change.scope === 'this_order' ? 'Later orders keep their days.' : 'Later orders count from the new day.'}`,
        verb: `Move to ${day(change.to)}`,
        busy: 'Moving',
        wayOut: KEEP,
      };
    case 'interval': {
      const every = everyInterval(change.interval).toLowerCase();
      return {
        question: `Order ${every}?`,
        text: followed,
        verb: `Change to ${every}`,
        busy: 'Changing',
        wayOut: KEEP,
      };
    }
    case 'pause':
      return {
        question: change.until === null ? `Pause ${name}?` : `Pause until ${day(change.until)}?`,
        text: `Nothing ${facts.isUnderWay ? 'else ' : ''}is charged ${change.until === null ? `until ${mayWake.resume ? 'you resume' : 'it is resumed'}` : `before ${longDate(change.until, today)}`}.${ofOpenOrder(facts)}${facts.after.length === 0 ? '' : ` ${followed}`}${leftToFormer(facts)}${cardStays}`,
        verb: change.until === null ? 'Pause' : `Pause until ${day(change.until)}`,
        busy: 'Pausing',
        wayOut: KEEP,
        foot: mayWake.resume ? 'You can resume at any time.' : 'To resume it before that, write to us.',
      };
    case 'resume':
      return {
        question: `Resume ${name}?`,
        text: `It resumes today on its own dates. ${followed}`,
        verb: 'Resume',
        busy: 'Resuming',
        wayOut: 'Leave it paused',
      };
    case 'cancel':
      return {
        question: `Cancel ${name}?`,
        text: `Nothing ${facts.isUnderWay ? 'else' : 'more'} is charged.${ofOpenOrder(facts)} ${facts.endsOn === null ? 'It ends now.' : `Orders that you have paid for stay yours, and it ends on ${longDate(facts.endsOn, today)}.`}${leftToFormer(facts)}${cardStays}`,
        verb: 'Cancel it',
        busy: 'Canceling',
        wayOut: 'Keep it',
        foot:
          hasCard && mayWake.reactivate
            ? 'You can start it again later with the same card and price, while Truemed keeps your card.'
            : 'You can subscribe to it again later.',
      };
    case 'undo_cancel':
      return {
        question: `Keep ${name}?`,
        text: `It goes on as before. ${followed}`,
        verb: 'Keep it',
        busy: 'Keeping it',
        wayOut: 'Let it end',
      };
    case 'reactivate':
      return {
        question: `Start ${name} again?`,
        text: `Your card and price are kept. ${followed}`,
        verb: 'Start again',
        busy: 'Starting again',
        wayOut: 'Leave it canceled',
      };
  }
}

const NO_CARD = 'No HSA/FSA card is connected now, so nothing is charged until you connect one.';

// "Your next charge is $48.30 on Tuesday, 3 March, and the one after is on Friday, 3 April."
function thenCharged({ after, today, hasCard }: ChangeFacts): string {
  const [next, then] = after;
  if (next === undefined) return 'Nothing more is charged.';
  const second = then === undefined ? '' : `, and the one after is on ${longDate(then.date, today)}`;
  const days = `${formatCents(next.totalCents)} on ${longDate(next.date, today)}${second}.`;
  return hasCard ? `Your next charge is ${days}` : `Your next order is ${days} ${NO_CARD}`;
}

// What we do not bill we cannot stop.
function leftToFormer({ lastExternalOn, today }: ChangeFacts): string {
  return lastExternalOn === null
    ? ''
    : ` Your order of ${longDate(lastExternalOn, today)} is still billed to your former card; to stop that one, write to us.`;
}

function ofOpenOrder({ isCollecting, isUnderWay }: ChangeFacts): string {
  if (isUnderWay) return ' The order that is under way now may still be paid.';
  return isCollecting ? ' The order that is on hold is given up, and will not be charged.' : '';
}

/** Where each change is made, and how its row in "Change something" reads. */
export const CHANGE_LINKS: Record<ChangeKind, { slug: string; title: string; icon: ChangeIcon }> = {
  skip: { slug: 'skip', title: 'Skip the next order', icon: 'skip-forward' },
  unskip: { slug: 'take-skip-back', title: 'Take the skip back', icon: 'undo' },
  move: { slug: 'move', title: 'Move the next date', icon: 'calendar' },
  interval: { slug: 'how-often', title: 'Change how often', icon: 'repeat' },
  pause: { slug: 'pause', title: 'Pause', icon: 'pause' },
  resume: { slug: 'resume', title: 'Resume', icon: 'calendar-clock' },
  cancel: { slug: 'cancel', title: 'Cancel', icon: 'circle-slash' },
  undo_cancel: { slug: 'keep', title: 'Keep it', icon: 'undo' },
  reactivate: { slug: 'start-again', title: 'Start again', icon: 'repeat' },
};
type ChangeIcon = 'skip-forward' | 'undo' | 'calendar' | 'repeat' | 'pause' | 'calendar-clock' | 'circle-slash';

/** The reasons of a cancellation as they are offered. */
export const REASON_WORDS: Record<CancelReason, string> = {
  too_much: 'I have more than I need',
  too_expensive: 'It costs too much',
  away: 'I am away for a while',
  elsewhere: 'I buy it somewhere else',
  not_wanted: 'I do not want it any more',
  not_said: 'I would rather not say',
};

/** The one offer beside a cancellation: what it would do in place of it. */
export const OFFER_WORDS: Partial<Record<CancelOffer, { title: string; text: string }>> = {
  quantity: { title: 'Order less each time', text: 'Keep it, with fewer items in each order.' },
  interval: { title: 'Order less often', text: 'Keep it, and be charged less often.' },
  skip: { title: 'Skip one order', text: 'Keep it, and leave out the next order.' },
  pause: { title: 'Pause it', text: 'Nothing is charged until the day that you choose.' },
};
