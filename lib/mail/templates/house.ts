import type { LocalDate } from '@/lib/core/calendar';

/** What every mail to a subscriber knows beside its own facts. */
export interface House {
  merchantName: string;
  /** The merchant's day on which the mail is written: dates of another year name it. */
  today: LocalDate;
}

/** The last line of a mail to a subscriber. */
export function subscriptionFooter(merchantName: string): string {
  return `You get this mail from ${merchantName} because of your subscription. Questions? Reply to this mail.`;
}

/** How a paused subscription goes on; `mayWake` is false where the merchant keeps that from customers. */
export function startAgain(mayWake = true): string {
  return mayWake ? 'You can start it again at any time.' : 'To start it again, reply to this mail.';
}
