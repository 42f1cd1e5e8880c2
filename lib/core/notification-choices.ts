import type { Interval } from './calendar';

/** How many days ahead a charge may be announced; 0: not at all. */
export const NOTICE_LEADS = [0, 3, 7, 14] as const;
export type NoticeLead = (typeof NOTICE_LEADS)[number];
export const LONGEST_NOTICE_LEAD: NoticeLead = 14;

/** What a customer wants to be written to about. What is not here is about money or asked for by law, and always goes out. */
export interface NotificationChoices {
  /** Reminders of an order that waits, between its first mail and its last. */
  wantsReminders: boolean;
  upcomingNoticeDays: NoticeLead;
}

/** From this length on a renewal is announced whatever is chosen, a week ahead at least (product.md section 1, notices). */
const LONG_INTERVAL_DAYS = 180;
const LEGAL_LEAD: NoticeLead = 7;
const UNIT_DAYS = { day: 1, week: 7, month: 30, year: 365 } as const;

/** How many days ahead a charge of this interval is announced; 0: not at all. */
export function noticeLeadOf(chosen: NoticeLead, interval: Interval): NoticeLead {
  const isLong = UNIT_DAYS[interval.unit] * interval.count >= LONG_INTERVAL_DAYS;
  return isLong && chosen < LEGAL_LEAD ? LEGAL_LEAD : chosen;
}

/** The templates that are left out where a customer does not want reminders. */
export const REMINDER_TEMPLATES: readonly string[] = ['reminder'];

/** Whether a mail of this template is not written to somebody with these choices. */
export function isMuted(template: string, choices: Pick<NotificationChoices, 'wantsReminders'>): boolean {
  return !choices.wantsReminders && REMINDER_TEMPLATES.includes(template);
}
