import { formatCents } from '@/lib/core/money';
import type { StoryEvent } from '@/lib/views/order-story';

type Words = (amount: string) => { title: string; detail: string };

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
  paid: (amount) => ({ title: `${amount} paid`, detail: 'With your HSA/FSA card, through Truemed.' }),
  being_returned: (amount) => ({
    title: `${amount} is being returned`,
    detail: 'It goes back to the card that paid. Truemed says that this may take up to 15 business days.',
  }),
  returned: (amount) => ({
    title: `${amount} returned`,
    detail: 'To the card that paid. Truemed says that it may take up to 15 business days until the card shows it.',
  }),
};

/** One thing that happened to an order, in words for its customer. */
export function storyWords({ kind, amountCents }: StoryEvent): ReturnType<Words> {
  return WORDS[kind](formatCents(amountCents));
}
