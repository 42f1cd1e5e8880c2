import { daysBetween, type LocalDate, localDateAt } from '@/lib/core/calendar';
import { shortDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { NOT_KNOWN, type PayingCards, paidWith } from '@/lib/core/receipt';
import type { StoryEvent } from '@/lib/views/order-story';

type Words = (amount: string, paidWith: string) => { title: string; detail: string };

const WORDS: Record<StoryEvent['kind'], Words> = {
  on_its_way: (amount) => ({
    title: `${amount} is on its way`,
    detail: 'Truemed has it. We write to you when it is paid.',
  }),
  answer_lost: (amount) => ({
    title: `We asked Truemed for ${amount}`,
    detail: 'Its answer was lost. We are asking whether it was paid, and charge it once at most.',
  }),
  waited_for_survey: () => ({
    title: 'Tried, and waited for your health survey',
    detail: 'Truemed asked you to complete its health survey again. You were not charged.',
  }),
  waited_for_card: () => ({
    title: 'Tried, and waited for your card',
    detail: 'Your payment details with Truemed needed an update. You were not charged.',
  }),
  waited: () => ({
    title: 'Tried, and waited for you',
    detail: 'Truemed asked you for something. You were not charged.',
  }),
  letter_not_issued: () => ({
    title: 'Not taken',
    detail: 'A licensed practitioner did not issue a Letter of Medical Necessity for this order. You were not charged.',
  }),
  not_taken: () => ({ title: 'Not taken', detail: 'Truemed did not take the payment. You were not charged.' }),
  paid: (amount, card) => ({ title: `${amount} paid`, detail: `${card}.` }),
  being_returned: (amount) => ({
    title: `${amount} is being returned`,
    detail: 'It goes back to the card that paid. Truemed says that this may take up to 15 business days.',
  }),
  returned: (amount) => ({
    title: `${amount} returned`,
    detail: 'To the card that paid. Truemed says that it may take up to 15 business days until the card shows it.',
  }),
};

/** One thing that happened to an order, in words for its customer; `paidBy` are the cards that paid it, null where they are not known. */
export function storyWords({ kind, amountCents }: StoryEvent, paidBy: PayingCards | null): ReturnType<Words> {
  return WORDS[kind](formatCents(amountCents), paidWith({ ...(paidBy ?? NOT_KNOWN), totalCents: amountCents }));
}

/** Calendar days within which 15 business days have passed, a holiday or two included. */
const REFUND_DAYS = 23;

type LineWords = (facts: { on: string; amount: string; isRecent: boolean }) => string;

const LINES: Record<StoryEvent['kind'], LineWords> = {
  on_its_way: ({ on }) => `On its way since ${on}`,
  answer_lost: ({ on }) => `Asked ${on}, and the answer was lost`,
  waited_for_survey: ({ on }) => `Tried ${on}, waited for your health survey`,
  waited_for_card: ({ on }) => `Tried ${on}, waited for your card`,
  waited: ({ on }) => `Tried ${on}, waited for you`,
  letter_not_issued: ({ on }) => `Not taken ${on}, no Letter of Medical Necessity was issued`,
  not_taken: ({ on }) => `Not taken ${on}`,
  paid: ({ on }) => `Paid ${on}`,
  being_returned: ({ on, amount }) => `${amount} is being returned since ${on}, which may take up to 15 business days`,
  returned: ({ on, amount, isRecent }) =>
    `${amount} returned ${on}${isRecent ? ', which the card may take up to 15 business days to show' : ''}`,
};

/**
 * The story of an order in a line or two: `Tried 3 Feb, waited for your health survey. Paid 5 Feb.` What happened several
 * times in a row is said with its first and its last day. Empty where nothing has happened yet.
 */
export function storyLine(story: readonly StoryEvent[], timeZone: string, today: LocalDate): string {
  const groups: { event: StoryEvent; first: LocalDate; last: LocalDate }[] = [];
  for (const event of story) {
    const day = localDateAt(event.at, timeZone);
    const group = groups.at(-1);
    if (group?.event.kind === event.kind && !event.kind.includes('return')) group.last = day;
    else groups.push({ event, first: day, last: day });
  }
  return groups
    .map(({ event, first, last }) => {
      const on = shortDate(first, today) + (first === last ? '' : ` to ${shortDate(last, today)}`);
      const isRecent = daysBetween(last, today) <= REFUND_DAYS;
      return `${LINES[event.kind]({ on, amount: formatCents(event.amountCents), isRecent })}.`;
    })
    .join(' ');
}
