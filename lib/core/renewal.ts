import type { LocalDate, Period, Schedule } from './calendar';
import { periodFrom } from './calendar';
import { chargeInstant } from './subscription';

/**
 * What is billed of several periods that started unbilled (after downtime): only the latest, or each, one after the other
 * and oldest first. With `each` a plan bills the oldest; the next is planned once that invoice is closed, so nothing bursts.
 */
export const CATCH_UPS = ['latest', 'each'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** What a due subscription leads to: periods that passed unbilled, the one that is billed, and the next start. */
export interface RenewalPlan {
  /** Started periods before the billed one, oldest first: kept as `skipped`, so that periods stay contiguous. */
  skipped: Period[];
  billed: Period;
  nextChargeOn: LocalDate;
}

/**
 * Plans the renewal of a subscription whose next unbilled period starts on `nextChargeOn`. Of several started periods
 * only the latest is billed, unless the policy says each (design.md section 4); and of those that were over before the
 * subscription was ours to charge (`since`), such as the past of an import, none in any case. Null while the first has not started.
 */
export function planRenewal(
  schedule: Schedule,
  nextChargeOn: LocalDate,
  now: Date,
  timeZone: string,
  billingHour: number,
  catchUp: CatchUp = 'latest',
  since: Date | null = null,
): RenewalPlan | null {
  const hasStarted = (start: LocalDate) => chargeInstant(start, timeZone, billingHour) <= now;
  if (!hasStarted(nextChargeOn)) return null;
  const skipped: Period[] = [];
  let billed = periodFrom(schedule, nextChargeOn);
  const isPassedOver = ({ end }: Period) =>
    catchUp === 'latest' || (since !== null && chargeInstant(end, timeZone, billingHour) <= since);
  while (hasStarted(billed.end) && isPassedOver(billed)) {
    skipped.push(billed);
    billed = periodFrom(schedule, billed.end);
  }
  return { skipped, billed, nextChargeOn: billed.end };
}

/** The plan of a charge that staff make before its day: the next period is billed now, and the one after it stays where it was. */
export function planEarlyRenewal(schedule: Schedule, nextChargeOn: LocalDate): RenewalPlan {
  const billed = periodFrom(schedule, nextChargeOn);
  return { skipped: [], billed, nextChargeOn: billed.end };
}
