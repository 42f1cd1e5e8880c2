import { addDays, type LocalDate } from './calendar';
import type { RecoveryReason } from './charge';

/** The two timelines of a case (product.md section 5.4): something about paying, or the health survey. */
export const TRACKS = ['payment', 'survey'] as const;
export type Track = (typeof TRACKS)[number];

/** What a reminder offers beside the repair (product.md section 5.4). */
export const MAIL_OFFERS = ['none', 'other_payment', 'leave_out'] as const;
export type MailOffer = (typeof MAIL_OFFERS)[number];

/**
 * What one step of a track does. `collect` reads the token again and charges where that may be done; `staff_task` puts a case
 * of high value before staff; `pause` ends the collecting, the token is kept; `win_back` writes to the paused; `close` ends the case.
 */
export type StepAction =
  | { kind: 'collect' }
  | { kind: 'remind'; offer: MailOffer }
  | { kind: 'last_reminder' }
  | { kind: 'staff_task' }
  | { kind: 'pause' }
  | { kind: 'win_back' }
  | { kind: 'close' };
export type StepKind = StepAction['kind'];

/** A step on its day, counted from the day on which the case began. */
export type PolicyStep = StepAction & { day: number };

/** How an invoice that could not be collected is recovered. A value: a case keeps the version that it was opened under. */
export interface RecoveryPolicy {
  tracks: Record<Track, readonly PolicyStep[]>;
  /** Attempts of one invoice after which nothing is charged on a schedule. */
  attemptsPerInvoice: number;
  hoursBetweenScheduled: number;
  /** Refused attempts of one card in 30 days, whoever asked for them; staff alone are not bound. */
  refusedPerCardIn30Days: number;
  /** Local hours within which a scheduled charge is made: from, and before. */
  collectHours: readonly [from: number, before: number];
  /** A scheduled charge moves by this many days at most to a day on which money arrives. */
  paydayShiftDays: number;
  /** Local hours within which nobody is reminded: from the evening, until the morning. */
  quietHours: readonly [from: number, until: number];
  remindAtHour: number;
  hoursBetweenMails: number;
  jitterMinutes: number;
}

const collect = (day: number): PolicyStep => ({ day, kind: 'collect' });
const remind = (day: number, offer: MailOffer = 'none'): PolicyStep => ({ day, kind: 'remind', offer });
const END: readonly PolicyStep[] = [
  { day: 20, kind: 'last_reminder' },
  { day: 21, kind: 'collect' },
  { day: 21, kind: 'pause' },
  { day: 30, kind: 'win_back' },
  { day: 60, kind: 'win_back' },
  { day: 90, kind: 'close' },
];

/** Version 1 (product.md sections 5.2 to 5.4). The first mail of a case is written when it opens, so it is in no track. */
export const DEFAULT_POLICY: RecoveryPolicy = {
  tracks: {
    payment: [
      collect(1),
      collect(3),
      remind(3),
      collect(7),
      remind(7, 'other_payment'),
      collect(14),
      remind(14),
      { day: 14, kind: 'staff_task' },
      ...END,
    ],
    survey: [
      collect(2),
      remind(2),
      collect(5),
      remind(5, 'other_payment'),
      collect(9),
      remind(9),
      collect(14),
      remind(14, 'leave_out'),
      ...END,
    ],
  },
  attemptsPerInvoice: 6,
  hoursBetweenScheduled: 20,
  refusedPerCardIn30Days: 12,
  collectHours: [7, 10],
  paydayShiftDays: 2,
  quietHours: [20, 9],
  remindAtHour: 12,
  hoursBetweenMails: 48,
  jitterMinutes: 20,
};

/** Which outcomes have a clock (product.md section 5.2: P and H are `payment`, Q is `survey`). Null: waits for Truemed, or for us (W, B). */
export function trackOf(reason: RecoveryReason): Track | null {
  switch (reason) {
    case 'update_payment_method':
    case 'declined':
    case 'token_gone':
      return 'payment';
    case 'take_health_survey':
      return 'survey';
    case 'unknown_action':
    case 'session_pending':
    case 'our_error':
      return null;
  }
}

/**
 * What `collect` may do (product.md section 5.2): charge again after a rejected payment; after a 422 read the token, and
 * charge only where its card or letter is another one than at the failure; nothing where there is no token.
 */
export function collectRule(reason: RecoveryReason): 'charge' | 'charge_if_changed' | 'nothing' {
  if (reason === 'declined') return 'charge';
  return reason === 'update_payment_method' || reason === 'take_health_survey' ? 'charge_if_changed' : 'nothing';
}

/** Whether a card was refused so often in 30 days that only staff may try it again (product.md section 5.2). */
export function isSpent(policy: RecoveryPolicy, { refusedOnCard }: { refusedOnCard: number }): boolean {
  return refusedOnCard >= policy.refusedPerCardIn30Days;
}

/** Charges on a schedule in 30 days above which a policy is refused; card networks allow 15 (product.md section 5.1). */
const MOST_CHARGES_IN_30_DAYS = 14;

/** Why a policy may not be used, in words for whoever edits it. Empty: it may. */
export function policyProblems(policy: RecoveryPolicy): string[] {
  return [
    ...TRACKS.flatMap((track) => trackProblems(track, policy.tracks[track])),
    ...(policy.attemptsPerInvoice < 1 ? ['At least one attempt must be allowed.'] : []),
    ...(policy.refusedPerCardIn30Days > MOST_CHARGES_IN_30_DAYS ? ['A card allows 14 tries in 30 days.'] : []),
    ...(policy.hoursBetweenScheduled < 20 ? ['20 hours must lie between two scheduled charges.'] : []),
    ...(policy.hoursBetweenMails < 48 ? ['48 hours must lie between two mails.'] : []),
    ...(policy.jitterMinutes < 0 || policy.jitterMinutes > 20 ? ['The spread is 0 to 20 minutes.'] : []),
    ...(policy.paydayShiftDays < 0 || policy.paydayShiftDays > 2 ? ['A charge moves by 2 days at most.'] : []),
    ...hourProblems(policy),
  ];
}

function trackProblems(track: Track, steps: readonly PolicyStep[]): string[] {
  const charges = steps.filter(({ kind }) => kind === 'collect').map(({ day }) => day);
  const busiest = Math.max(
    0,
    ...charges.map((day) => charges.filter((other) => other >= day && other < day + 30).length),
  );
  const kinds = steps.map(({ kind }) => kind);
  const pauses = kinds.filter((kind) => kind === 'pause').length;
  const isOrdered = steps.every(({ day }, index) => day >= (steps[index - 1]?.day ?? 0) && Number.isInteger(day));
  return [
    ...(isOrdered ? [] : [`${track}: the steps are not in the order of their days.`]),
    // The first attempt of the invoice counts as well.
    ...(busiest + 1 > MOST_CHARGES_IN_30_DAYS ? [`${track}: more than 14 charges in 30 days.`] : []),
    ...(new Set(charges).size < charges.length ? [`${track}: two charges on one day.`] : []),
    ...(pauses === 1 ? [] : [`${track}: it must pause once.`]),
    ...(kinds.at(-1) === 'close' && kinds.filter((kind) => kind === 'close').length === 1
      ? []
      : [`${track}: it must end with close.`]),
    ...misplaced(track, kinds),
  ];
}

function misplaced(track: Track, kinds: readonly StepKind[]): string[] {
  const pause = kinds.indexOf('pause');
  const wrong = kinds.filter((kind, index) => {
    if (kind === 'pause' || kind === 'close') return false;
    return kind === 'win_back' ? index < pause : index > pause;
  });
  return wrong.map((kind) => `${track}: ${kind} is on the wrong side of the pause.`);
}

function hourProblems({ collectHours, quietHours, remindAtHour }: RecoveryPolicy): string[] {
  const [from, before] = collectHours;
  const [evening, morning] = quietHours;
  return [
    ...(from >= 7 && before <= 10 && from < before ? [] : ['Charges are made between 7 and 10 o’clock.']),
    ...(evening <= 20 && morning >= 9 && morning < evening ? [] : ['Nobody is reminded between 20 and 9 o’clock.']),
    ...(remindAtHour >= morning && remindAtHour < evening ? [] : ['Reminders are written outside the quiet hours.']),
  ];
}

/** Whether money arrives on a day: the 1st, the 15th, a Friday (product.md section 5.2). */
export function isPayday(day: LocalDate): boolean {
  return day.endsWith('-01') || day.endsWith('-15') || new Date(`${day}T00:00:00Z`).getUTCDay() === 5;
}

/** The payday nearest to a day within `[first, last]`, the later of two as near; the day itself where there is none. */
export function nearestPayday(day: LocalDate, shift: number, first: LocalDate, last: LocalDate): LocalDate {
  const near = Array.from({ length: shift + 1 }, (_, distance) => [
    addDays(day, distance),
    addDays(day, -distance),
  ]).flat();
  return near.find((other) => other >= first && other <= last && isPayday(other)) ?? day;
}
