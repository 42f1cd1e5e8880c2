import { addDays, daysBetween, type LocalDate, localDateAt, type Period } from './calendar';
import { chargeInstant } from './subscription';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Least time between an order that was paid late and the next charge (product.md section 5.3, rule 5). */
export const SPACE_DAYS = 5;

/**
 * The earliest charge after one that was paid late: five days later, or an interval where that is shorter, at the billing
 * hour. The period keeps its dates; only its charge waits.
 */
export function earliestNextCharge(paidAt: Date, period: Period, timeZone: string, billingHour: number): Date {
  const days = Math.min(SPACE_DAYS, daysBetween(period.start, period.end));
  const floor = new Date(paidAt.getTime() + days * DAY_MS);
  const day: LocalDate = localDateAt(floor, timeZone);
  const at = chargeInstant(day, timeZone, billingHour);
  return at >= floor ? at : chargeInstant(addDays(day, 1), timeZone, billingHour);
}

/** The day on which a subscription is charged next: that on which its period starts, or a later one where an order was paid late. */
export function chargeDay(row: { nextChargeOn: LocalDate; nextChargeAt: Date | null; timeZone: string }): LocalDate {
  return row.nextChargeAt === null ? row.nextChargeOn : localDateAt(row.nextChargeAt, row.timeZone);
}
