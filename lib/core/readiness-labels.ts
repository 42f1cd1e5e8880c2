import type { LocalDate } from './calendar';
import { shortDate } from './date-words';
import type { Anchor, ChargeMark } from './readiness';

/* Widths are percent of a phone's column, the narrowest in which words stand above the line. */

/** Room for a date, and for "On hold", "Skipped". */
export const LABEL_WIDTH = 14;
const LETTER_WIDTH = { ended: 28, valid: 38 } as const;
const FEW = 3;

type Span = readonly [from: number, to: number];

/**
 * Where the words of the letter and of the next charge stand without touching; places in percent, null for what is not
 * there. The letter's words go first when there is no room: the sentence below the line says them.
 */
export function placeLabels(
  letterAt: number | null,
  nextAt: number | null,
  hasEnded: boolean,
): { letter: Anchor | null; next: Anchor; taken: Span[] } {
  const width = hasEnded ? LETTER_WIDTH.ended : LETTER_WIDTH.valid;
  const at = letterAt === null ? null : Math.min(letterAt, 100);
  if (at !== null && at > 0) {
    for (const next of ['middle', 'start'] as const) {
      for (const letter of ['end', 'start'] as const) {
        const words: Span = letter === 'end' ? [at - width, at] : [at, at + width];
        const charge = nextAt === null ? [] : [chargeSpan(nextAt, next)];
        const fits = words[0] >= -3 && words[1] <= 103 && charge.every((span) => isApart(span, words));
        if (fits) return { letter, next, taken: [words, ...charge] };
      }
    }
  }
  return { letter: null, next: 'middle', taken: nextAt === null ? [] : [chargeSpan(nextAt, 'middle')] };
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
    const span = chargeSpan(at(charge.date), 'middle');
    if (!few || charge.date <= today || span[1] > 103 || !spans.every((other) => isApart(other, span))) return charge;
    spans.push(span);
    return { ...charge, label: shortDate(charge.date, today) };
  });
}

const chargeSpan = (at: number, anchor: 'middle' | 'start'): Span =>
  anchor === 'start' ? [at, at + LABEL_WIDTH] : [at - LABEL_WIDTH / 2, at + LABEL_WIDTH / 2];

const isApart = (one: Span, other: Span) => one[1] <= other[0] || other[1] <= one[0];
