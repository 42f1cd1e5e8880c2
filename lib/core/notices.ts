import { addDays, daysBetween, type Interval, type LocalDate } from './calendar';

/** A charge is announced this many days ahead (product.md section 5.4), unless its customer chooses otherwise. */
export const UPCOMING_DAYS = 7;
/** A letter's or a card's end is announced this many days ahead. */
export const NOTICE_DAYS = [30, 14, 3] as const;
export type NoticeDays = (typeof NOTICE_DAYS)[number];

/** An end so long after the next charge is none of its business yet. */
const BEYOND_CHARGE_DAYS = 30;
/** Orders that follow each other so closely are announced by the receipt of the one before; where that came long before the day of the notice, by both. */
const RECEIPT_ANNOUNCES_DAYS = 14;

/**
 * Whether a charge is announced today: `leadDays` ahead, or later where that day was missed. Not where a mail of that same
 * time has named the charge already: the receipt of the order before, or the mail about the move.
 */
export function isUpcomingNoticeDue(
  subscription: { nextChargeOn: LocalDate; intervalUnit: Interval['unit']; intervalCount: number; isTrial?: boolean },
  movedOn: LocalDate | null,
  today: LocalDate,
  leadDays: number = UPCOMING_DAYS,
): boolean {
  const days = daysBetween(today, subscription.nextChargeOn);
  if (days < 1 || days > leadDays) return false;
  if (movedOn !== null && daysBetween(movedOn, today) < leadDays) return false;
  // Of a trial there was no receipt.
  if (subscription.isTrial) return true;
  const unitDays = { day: 1, week: 7, month: 30, year: 365 }[subscription.intervalUnit];
  return unitDays * subscription.intervalCount > Math.min(RECEIPT_ANNOUNCES_DAYS, 2 * leadDays);
}

/** Which notice of an end is due today: the latest whose day has come. Null: none, or it is over, or the next charge comes long before. */
export function noticeStep(endsOn: LocalDate, nextChargeOn: LocalDate, today: LocalDate): NoticeDays | null {
  const days = daysBetween(today, endsOn);
  if (days < 0 || endsOn > addDays(nextChargeOn, BEYOND_CHARGE_DAYS)) return null;
  return NOTICE_DAYS.findLast((step) => days <= step) ?? null;
}
