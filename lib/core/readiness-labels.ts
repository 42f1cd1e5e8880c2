import type { LocalDate } from './calendar';
import { shortDate } from './date-words';
import type { Anchor, ChargeMark } from './readiness';

/* Widths are percent of a column: of a phone's, the narrowest in which words stand above the line, or of a wide one. */

/** What one letter takes. */
const LETTER_OF = { phone: 2.55, wide: 1.2 } as const;
/** What is left free between two words, at the least; a letter of a wide column is counted with room. */
const GAP_OF = { phone: 1.5, wide: 0 } as const;
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
 * Where the words of the letter and of the next charge stand without touching on a phone, or at least where it is wide; null for
 * what is not there. The letter's words go first when there is no room: the sentence below the line says them.
 */
export function placeLabels(
  letter: (Words & { wide: string }) | null,
  next: Words | null,
): { letter: Anchor | null; next: 'middle' | 'start'; taken: Span[]; wideOnly: boolean } {
  const stays = next === null ? [] : [spanOf(next)];
  const at = letter === null ? null : Math.min(letter.at, 100);
  if (letter !== null && at !== null && at > 0) {
    for (const [column, anchor] of PLACES) {
      for (const side of ['end', 'start'] as const) {
        const words = spanOf({ at, text: column === 'wide' ? letter.wide : letter.text, anchor: side }, column);
        const charge = next === null ? [] : [spanOf({ ...next, anchor }, column)];
        const fits = words[0] >= -3 && words[1] <= 103 && charge.every((span) => isApart(span, words, column));
        const wideOnly = column === 'wide';
        if (fits) return { letter: side, next: anchor, taken: [words, ...(wideOnly ? stays : charge)], wideOnly };
      }
    }
  }
  return { letter: null, next: 'middle', taken: stays, wideOnly: false };
}

/** What is tried, the best first. Words that a phone leaves out move no others there. */
const PLACES = [
  ['phone', 'middle'],
  ['phone', 'start'],
  ['wide', 'middle'],
] as const;

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
      stand.every((other) => isApart(spanOf(other, column), spanOf(words, column), column));
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

function isApart(one: Span, other: Span, column: keyof typeof LETTER_OF = 'phone'): boolean {
  const gap = GAP_OF[column];
  return one[1] + gap <= other[0] || other[1] + gap <= one[0];
}
