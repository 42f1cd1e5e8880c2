import type { LocalDate } from '@/lib/core/calendar';
import { dayAndMonth } from '@/lib/core/date-words';
import type { FailureChoice } from '@/lib/core/failure-choice';

/** What each choice does, and what is so once it is kept. */
export const FAILURE_CHOICE_WORDS: Record<FailureChoice, { label: string; saved: string }> = {
  wait: {
    label: 'Let it wait. We write to you, and charge it once after you have done what it waits for.',
    saved: 'An order that cannot be paid waits for you.',
  },
  skip: {
    label: 'Leave it out. Nothing is charged for it, and the next order comes on its day.',
    saved: 'An order that cannot be paid is left out.',
  },
};

/** The same with the days of this subscription. */
export function failureExample(example: { orderOn: LocalDate; thenOn: LocalDate }, today: LocalDate): string {
  const [order, then] = [dayAndMonth(example.orderOn, today), dayAndMonth(example.thenOn, today)];
  return `If the order of ${order} could not be paid, it would wait for you, or be left out: then the next one comes on ${then}.`;
}
