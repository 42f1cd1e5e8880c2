import type { LocalDate } from './calendar';
import { shortDate } from './date-words';
import type { Anchor, ChargeMark } from './readiness';

/* Widths are percent of a column: of a phone's, the narrowest in which words stand above the line, or of a wide one. */

/** What one letter takes. */
const LETTER_OF = { phone: 2.05, wide: 1.2 } as const;
const SKIPPED = 'Skipped';
const FEW = 3;

type Span = readonly [from: number, to: number];

/** Words above the line, and the place that they belong to, in percent. */
interface Words {
  at: number;
  text: string;
  anchor?: Anchor | undefined;
}

/**
 * Where the words of the letter and of the next charge stand without touching on a phone; null for what is not there. The
 * letter's words go first when there is no room: the sentence below the line says them.
 */
export function placeLabels(
  letter: Words | null,
  next: Words | null,
): { letter: Anchor | null; next: 'middle' | 'start'; taken: Span[] } {
  const at = letter === null ? null : Math.min(letter.at, 100);
  if (letter !== null && at !== null && at > 0) {
    for (const anchor of ['middle', 'start'] as const) {
      for (const side of ['end', 'start'] as const) {
        const words = spanOf({ at, text: letter.text, anchor: side });
        const charge = next === null ? [] : [spanOf({ ...next, anchor })];
        const fits = words[0] >= -3 && words[1] <= 103 && charge.every((span) => isApart(span, words));
        if (fits) return { letter: side, next: anchor, taken: [words, ...charge] };
      }
    }
  }
  return { letter: null, next: 'middle', taken: next === null ? [] : [spanOf(next)] };
}

/** Orders that are left out, each with its word where that touches neither the next charge's nor another one's; `at` gives the place of a day. */
export function labelSkipped(
  dates: readonly LocalDate[],
  at: (date: LocalDate) => number,
  next: Words | null,
): ChargeMark[] {
  const stand = next === null ? [] : [next];
  return dates.map((date) => {
    const words: Words = { at: at(date), text: SKIPPED };
    const hasRoom = (column: keyof typeof LETTER_OF) =>
      stand.every((other) => isApart(spanOf(other, column), spanOf(words, column)));
    if (!hasRoom('wide')) return { date, kind: 'skip' };
    const wideOnly = hasRoom('phone') ? {} : { wideOnly: true };
    stand.push(words);
    return { date, kind: 'skip', label: SKIPPED, ...wideOnly };
  });
}

/** Charges to come get their date above them where they are few and it touches nothing. */
export function labelFew(
  charges: readonly ChargeMark[],
  at: (date: LocalDate) => number,
  today: LocalDate,
  taken: readonly Span[],
): ChargeMark[] {
  const few = charges.filter(({ date }) => date > today).length <= FEW;
  const spans = [...taken];
  return charges.map((charge) => {
    const text = shortDate(charge.date, today);
    const span = spanOf({ at: at(charge.date), text });
    if (!few || charge.date <= today || span[1] > 103 || !spans.every((other) => isApart(other, span))) return charge;
    spans.push(span);
    return { ...charge, label: text };
  });
}

function spanOf({ at, text, anchor = 'middle' }: Words, column: keyof typeof LETTER_OF = 'phone'): Span {
  const width = text.length * LETTER_OF[column];
  const from = { start: at, middle: at - width / 2, end: at - width }[anchor];
  return [from, from + width];
}

const isApart = (one: Span, other: Span) => one[1] <= other[0] || other[1] <= one[0];
