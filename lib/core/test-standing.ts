import { localDate } from './calendar';
import type { ScheduleChange, Standing } from './schedule-change';
import { nextStatus } from './subscription';

/** Tuesday, 10 February 2026, ten in the morning in New York. */
export const NOW = new Date('2026-02-10T15:00:00Z');
/** A day of a test. */
export const day = localDate;

/** Maya's order: monthly on the 31st, paid for to 28 February. */
export const MAYA: Standing = {
  status: 'active',
  billingMethod: 'hsa_fsa',
  schedule: { anchor: day('2026-01-31'), interval: { unit: 'month', count: 1 } },
  nextChargeOn: day('2026-02-28'),
  isScheduled: true,
  timeZone: 'America/New_York',
  billingHour: 8,
  pauseUntil: null,
  cancelOn: null,
  lastPeriods: [{ start: day('2026-01-31'), end: day('2026-02-28'), status: 'paid' }],
};
/** The next charge that her page shows. */
export const SHOWN = MAYA.nextChargeOn;

/** The change of a decision. Throws where it is a refusal. */
export const changeOf = (decision: { ok: true; change: ScheduleChange } | { ok: false; reason: string }) => {
  if (!decision.ok) throw new Error(`Refused: ${decision.reason}`);
  return decision.change;
};
/** `passed`, or the reason of a refusal. */
export const outcome = (decision: { ok: boolean; reason?: string }) => decision.reason ?? 'passed';

/** The subscription after a change, as the services write it. */
export function carriedOut(standing: Standing, change: ScheduleChange): Standing {
  const status = change.event === null ? standing.status : nextStatus(standing.status, change.event);
  if (status === null) throw new Error(`${change.event} is refused when ${standing.status}.`);
  const kept = standing.lastPeriods
    .filter((period) => period.start !== change.unskipped?.start)
    .map((period, index, all) =>
      index === all.length - 1 && change.lastPeriodEnd !== null ? { ...period, end: change.lastPeriodEnd } : period,
    );
  return {
    ...standing,
    status,
    schedule: change.schedule,
    nextChargeOn: change.nextChargeOn,
    pauseUntil: change.pauseUntil,
    cancelOn: change.cancelOn,
    lastPeriods: [...kept, ...change.skipped.map((period) => ({ ...period, status: 'skipped' as const }))],
  };
}
