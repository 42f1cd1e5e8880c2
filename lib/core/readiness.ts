import { addDays, daysBetween, type LocalDate } from './calendar';
import { dayAndMonth, longDate, monthAndYear, shortDate } from './date-words';
import { labelFew, labelSkipped, placeLabels } from './readiness-labels';

export const READINESS_VERDICTS = [
  'ready',
  'letter_ends_before_charge',
  'card_expires_before_charge',
  'no_letter',
  'held',
] as const;
export type ReadinessVerdict = (typeof READINESS_VERDICTS)[number];

/** What a charge is on the line. `covered` lies inside the letter, `open` outside it. */
export type ChargeKind = 'next' | 'covered' | 'open' | 'skip' | 'held';
export type Anchor = 'start' | 'middle' | 'end';

/** One charge on the line; `label` are the words above it. */
export interface ChargeMark {
  date: LocalDate;
  kind: ChargeKind;
  label?: string;
  anchor?: Anchor;
  /** The label touches another one on a phone, and is left out there. */
  wideOnly?: boolean;
}

/** The readiness line as data: a window, the letter as a band in it, the charges as marks. Drawn by components/readiness-line.tsx. */
export interface ReadinessDrawing {
  /** Says in words what the picture shows. */
  label: string;
  start: LocalDate;
  end: LocalDate;
  today: LocalDate;
  /** The last day of the letter. */
  letter: LocalDate | null;
  letterFrom?: LocalDate;
  /** `wideOnly`: it touches the next charge's words on a phone, and is left out there. */
  letterLabel?: { wide: string; narrow: string; anchor: Anchor; wideOnly?: boolean };
  charges: readonly ChargeMark[];
}

export interface ReadinessInput {
  today: LocalDate;
  /** The charge that comes next, or waits; null where nothing is charged (paused, canceled). */
  nextChargeOn: LocalDate | null;
  /** Dates of later charges, ascending; `nextChargeOn` may be among them. */
  upcoming: readonly LocalDate[];
  /** Charges that were paid, and those that were skipped. */
  past?: readonly LocalDate[];
  skipped?: readonly LocalDate[];
  letterExpiresOn: LocalDate | null;
  /** The last day on which the card works (`lastDayOfMonth` of its expiry). */
  cardExpiresOn: LocalDate | null;
  /** The next charge waits for the customer. */
  held: boolean;
}

export interface ReadinessFacts {
  verdict: ReadinessVerdict;
  line: ReadinessDrawing;
}

/** Whether the next charge will work, and the line that shows it. A charge on the last day of letter or card is covered. */
export function readinessFacts(input: ReadinessInput): ReadinessFacts {
  const verdict = readinessVerdict(input);
  const { start, end } = readinessWindow(input);
  const at = positionIn(start, end);
  const inWindow = (date: LocalDate) => date >= start && date <= end;
  const covered = (date: LocalDate) => input.letterExpiresOn !== null && date <= input.letterExpiresOn;
  const plain = (date: LocalDate): ChargeMark => ({ date, kind: covered(date) ? 'covered' : 'open' });
  const skipped = input.skipped ?? [];
  const others = [...new Set([...(input.past ?? []), ...input.upcoming])].filter(
    (date) => date !== input.nextChargeOn && !skipped.includes(date),
  );

  const next = nextMark(input, verdict);
  const letterLabel = letterWords(input);
  const letter =
    letterLabel === null || input.letterExpiresOn === null
      ? null
      : { at: at(input.letterExpiresOn), text: letterLabel.narrow, wide: letterLabel.wide };
  const nextWords = next === null ? null : { at: at(next.date), text: next.label ?? '' };
  const placed = placeLabels(letter, nextWords);
  const nextPlaced = nextWords === null ? null : { ...nextWords, anchor: placed.next };
  const charges = [
    ...labelFew(others.filter(inWindow).map(plain), at, input.today, placed.taken),
    ...labelSkipped(skipped.filter(inWindow), at, nextPlaced),
    ...(next === null ? [] : [placed.next === 'middle' ? next : { ...next, anchor: placed.next }]),
  ].sort((a, b) => (a.date < b.date ? -1 : 1));

  return {
    verdict,
    line: {
      label: readinessLabel(input, charges),
      start,
      end,
      today: input.today,
      letter: input.letterExpiresOn,
      ...(letterLabel === null || placed.letter === null
        ? {}
        : { letterLabel: { ...letterLabel, anchor: placed.letter, ...(placed.wideOnly ? { wideOnly: true } : {}) } }),
      charges,
    },
  };
}

/** What stands in the way of the next charge, the nearest first. Without a next charge it is asked of today. */
export function readinessVerdict(input: ReadinessInput): ReadinessVerdict {
  const day = input.nextChargeOn ?? input.today;
  if (input.held) return 'held';
  if (input.letterExpiresOn === null) return 'no_letter';
  if (input.letterExpiresOn < day) return 'letter_ends_before_charge';
  if (input.cardExpiresOn !== null && input.cardExpiresOn < day) return 'card_expires_before_charge';
  return 'ready';
}

/** The sentence beside the line, its first word or words strong (mockups "Words"). Null where the page says more: a charge on hold, no letter. */
export function readinessSentence(input: ReadinessInput): { strong: string; text: string } | null {
  const { today, letterExpiresOn, cardExpiresOn, nextChargeOn } = input;
  const verdict = readinessVerdict(input);
  if (verdict === 'held' || verdict === 'no_letter' || letterExpiresOn === null) return null;
  if (verdict === 'ready') {
    const card = cardExpiresOn === null ? '' : ` and your card until ${monthAndYear(cardExpiresOn)}`;
    const letter = `Your letter is valid until ${longDate(letterExpiresOn, today, 'always')}`;
    return { strong: 'Ready.', text: `${letter}${card}. There is nothing you need to do.` };
  }
  const charge = nextChargeOn === null ? null : `your charge on ${longDate(nextChargeOn, today)}`;
  if (verdict === 'card_expires_before_charge' && cardExpiresOn !== null) {
    const month = monthAndYear(cardExpiresOn);
    return cardExpiresOn < today
      ? { strong: `Your card expired in ${month}.`, text: 'Your payment details with Truemed need an update.' }
      : {
          strong: `Your card expires in ${month}, before ${charge}.`,
          text: 'Your payment details with Truemed need an update by then.',
        };
  }
  if (letterExpiresOn < today || charge === null) {
    return {
      strong: `Your letter ended on ${longDate(letterExpiresOn, today)}.`,
      text: 'Truemed asks you to complete its health survey again, to see whether you still qualify.',
    };
  }
  return {
    strong: `Your letter ends on ${dayAndMonth(letterExpiresOn, today)}, before ${charge}.`,
    text: 'If you complete the health survey by then and qualify, the charge stays on its day.',
  };
}

/** The place of a day in a window, in percent of its width; below 0 or above 100 outside it. */
export function positionIn(start: LocalDate, end: LocalDate): (date: LocalDate) => number {
  const width = daysBetween(start, end);
  return (date) => (daysBetween(start, date) / width) * 100;
}

/** The first days of the months inside a window. */
export function monthStarts(start: LocalDate, end: LocalDate): LocalDate[] {
  const firsts: LocalDate[] = [];
  let first = firstOfNextMonth(start);
  while (first <= end) {
    firsts.push(first);
    first = firstOfNextMonth(first);
  }
  return firsts;
}

/** The part of the line that matters: the letter's end and a little after it, at least nine months, at most two dozen charges. */
export function readinessWindow(input: ReadinessInput): { start: LocalDate; end: LocalDate } {
  const { today, letterExpiresOn, nextChargeOn } = input;
  const toLetter = letterExpiresOn === null ? 0 : daysBetween(today, letterExpiresOn);
  const toNext = nextChargeOn === null ? 0 : daysBetween(today, nextChargeOn);
  const ended = letterExpiresOn !== null && toLetter < 0;
  const back = Math.max(10, ended ? Math.min(100 - toLetter, 200) : 0, 10 - toNext);
  const wanted = ended ? 220 : Math.min(Math.max(toLetter + 40, 290), 410);
  const manyth = input.upcoming[24];
  const ahead = manyth === undefined ? wanted : Math.min(wanted, daysBetween(today, manyth));
  return { start: addDays(today, -back), end: addDays(today, Math.max(ahead, toNext + 20, 30)) };
}

function nextMark(input: ReadinessInput, verdict: ReadinessVerdict): ChargeMark | null {
  if (input.nextChargeOn === null) return null;
  const kind = verdict === 'ready' ? 'next' : verdict === 'no_letter' ? 'open' : 'held';
  return { date: input.nextChargeOn, kind, label: input.held ? 'On hold' : shortDate(input.nextChargeOn, input.today) };
}

function letterWords({ letterExpiresOn, today }: ReadinessInput): { wide: string; narrow: string } | null {
  if (letterExpiresOn === null) return null;
  const [wide, narrow] = [dayAndMonth(letterExpiresOn, today), shortDate(letterExpiresOn, today)];
  return letterExpiresOn < today
    ? { wide: `Letter ended ${wide}`, narrow: `Ended ${narrow}` }
    : { wide: `Letter valid until ${wide}`, narrow: `Letter until ${narrow}` };
}

function readinessLabel(input: ReadinessInput, charges: readonly ChargeMark[]): string {
  const { today, letterExpiresOn, nextChargeOn, held } = input;
  const on = (date: LocalDate) => dayAndMonth(date, today);
  const letter =
    letterExpiresOn === null
      ? 'No letter yet.'
      : `Letter ${letterExpiresOn < today ? 'ended on' : 'valid until'} ${dayAndMonth(letterExpiresOn, today, 'always')}.`;
  const due = charges.filter(({ date, kind }) => kind !== 'skip' && date >= today);
  const [inside, outside] = [
    due.filter((c) => c.kind === 'next' || c.kind === 'covered'),
    due.filter((c) => c.kind === 'open'),
  ];
  const parts = [letter];
  if (nextChargeOn !== null && held) parts.push(`The charge of ${on(nextChargeOn)} is on hold.`);
  else if (nextChargeOn !== null) parts.push(`Next charge on ${on(nextChargeOn)}.`);
  for (const mark of charges.filter(({ kind }) => kind === 'skip'))
    parts.push(`The charge of ${on(mark.date)} is skipped.`);
  if (letterExpiresOn !== null && inside.length > 0) {
    parts.push(
      `${inside.length === 1 ? '1 charge shown falls' : `${inside.length} charges shown fall`} inside the letter.`,
    );
  }
  if (letterExpiresOn !== null && outside.length > 0) {
    parts.push(`${outside.length} later ${outside.length === 1 ? 'has' : 'have'} no letter.`);
  }
  return parts.join(' ');
}

function firstOfNextMonth(date: LocalDate): LocalDate {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return `${nextYear}-${String(nextMonth).padStart(2, '0')}-01` as LocalDate;
}
