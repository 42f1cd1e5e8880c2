import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, INTERVAL_UNITS, type LocalDate, nextStart, type Period } from './calendar';
import { decideInterval, decideMove, decideSkip, decideUnskip } from './next-order-change';
import { planRenewal } from './renewal';
import { decideCancelNow, decidePause, decideReactivate, decideResume, type Standing } from './schedule-change';
import { chargeInstant } from './subscription';
import { carriedOut, day, MAYA } from './test-standing';

const anyStep = fc.record({
  kind: fc.constantFrom('renew', 'renew', 'skip', 'unskip', 'pause', 'resume', 'move', 'interval', 'cancel', 'return'),
  days: fc.integer({ min: 1, max: 90 }),
  unit: fc.constantFrom(...INTERVAL_UNITS),
  count: fc.integer({ min: 1, max: 6 }),
  scope: fc.constantFrom('this_order', 'all_orders'),
});

test('after any changes in any order periods stay contiguous, and the next one starts where the last one ends', () => {
  const anyAnchor = fc.constantFrom('2026-01-29', '2026-01-30', '2026-01-31', '2024-02-29', '2025-11-12').map(day);
  fc.assert(
    fc.property(anyAnchor, fc.array(anyStep, { maxLength: 30 }), (anchor, steps) => {
      let standing: Standing = {
        ...MAYA,
        schedule: { anchor, interval: { unit: 'month', count: 1 } },
        nextChargeOn: anchor,
        lastPeriods: [],
      };
      let today = anchor;
      for (const step of steps) {
        today = addDays(today, step.days);
        standing = take(standing, step, today);
        const periods: Period[] = [...standing.lastPeriods];
        for (const [index, period] of periods.entries()) {
          expect(period.end > period.start).toBe(true);
          expect(period.end).toBe(periods[index + 1]?.start ?? standing.nextChargeOn);
        }
      }
    }),
    { numRuns: 200 },
  );

  function take(standing: Standing, step: typeof anyStep extends fc.Arbitrary<infer T> ? T : never, today: LocalDate) {
    const now = chargeInstant(today, standing.timeZone, 12);
    const shown = standing.nextChargeOn;
    const { unit, count, scope } = step;
    if (step.kind === 'renew') return renewed(standing, now);
    const decision = {
      skip: () => decideSkip(standing, shown, now),
      unskip: () => decideUnskip(standing, shown, now),
      pause: () => decidePause(standing, addDays(today, step.days), now),
      resume: () => decideResume(standing, today),
      move: () => decideMove(standing, { shown, to: addDays(today, step.days), scope }, now),
      interval: () => decideInterval(standing, { shown, interval: { unit, count } }, now),
      cancel: () => decideCancelNow(standing),
      return: () => decideReactivate(standing, today, true),
    }[step.kind]();
    return decision.ok ? carriedOut(standing, decision.change) : standing;
  }

  function renewed(standing: Standing, now: Date): Standing {
    if (standing.status !== 'active') return standing;
    const plan = planRenewal(standing.schedule, standing.nextChargeOn, now, standing.timeZone, standing.billingHour);
    if (plan === null) return standing;
    expect(plan.nextChargeOn).toBe(nextStart(standing.schedule, plan.billed.start));
    const skipped = plan.skipped.map((period) => ({ ...period, status: 'skipped' as const }));
    return {
      ...standing,
      nextChargeOn: plan.nextChargeOn,
      lastPeriods: [...standing.lastPeriods, ...skipped, { ...plan.billed, status: 'paid' }],
    };
  }
});
