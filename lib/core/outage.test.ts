import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAnswers, endDrain, giveCalls, NO_OUTAGE, type OutageState, PROBE_EVERY_MS } from './outage';

const START = Date.parse('2027-01-12T14:00:00Z');
const answered = (state: OutageState, calls: number, failures: number, now = START) =>
  countAnswers(state, { turn: state.turn, calls, failures }, now);
const opened = () => answered(NO_OUTAGE, 20, 20);

describe('outage mode', () => {
  it('begins with half of twenty calls, and neither with fewer calls nor with fewer failures', () => {
    expect(answered(NO_OUTAGE, 20, 10).mode).toBe('open');
    expect(answered(NO_OUTAGE, 19, 19).mode).toBe('closed');
    expect(answered(NO_OUTAGE, 100, 49).mode).toBe('closed');
  });

  it('begins if and only if the last minute says so, however the answers come', () => {
    const report = fc.record({
      afterMs: fc.integer({ min: 0, max: 12 }).map((steps) => steps * 5_000),
      calls: fc.integer({ min: 1, max: 15 }),
      failedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
        let state = NO_OUTAGE;
        let now = START;
        const past: { at: number; calls: number; failures: number }[] = [];
        for (const { afterMs, calls, failedShare } of reports) {
          now += afterMs;
          const failures = Math.floor(calls * failedShare);
          past.push({ at: now, calls, failures });
          state = answered(state, calls, failures, now);
          const minute = past.filter(({ at }) => at > now - 60_000);
          const all = minute.reduce((sum, one) => sum + one.calls, 0);
          const failed = minute.reduce((sum, one) => sum + one.failures, 0);
          const isOut = all >= 20 && failed >= all / 2;
          expect(state.mode).toBe(isOut ? 'open' : 'closed');
          expect(state.window.length).toBeLessThanOrEqual(12);
          if (isOut) return;
        }
      }),
    );
  });

  it('lets one call out every 30 seconds, whoever asks and how often', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 200 }), (pauses) => {
        let state = opened();
        let now = START;
        let last = START;
        for (const pause of pauses) {
          now += pause;
          const given = giveCalls(state, 100, now, 10);
          state = given.state;
          expect([given.calls, given.isProbe]).toEqual(now >= last + PROBE_EVERY_MS ? [1, true] : [0, false]);
          if (given.isProbe) last = now;
        }
      }),
    );
  });

  it('goes on while the call that asks fails, and ends with the first answer', () => {
    const open = opened();
    expect(answered(open, 1, 1)).toEqual(open);
    expect(answered(open, 1, 0).mode).toBe('half_open');
  });

  it('is not ended by an answer to a call that began before it', () => {
    const open = opened();
    expect(countAnswers(open, { turn: NO_OUTAGE.turn, calls: 50, failures: 0 }, START)).toEqual(open);
  });

  it('lets what waited out at the fixed rate, and makes up for five idle seconds at most', () => {
    const rates = fc.integer({ min: 1, max: 500 });
    const asks = fc.array(
      fc.record({ pause: fc.integer({ min: 0, max: 20_000 }), wanted: fc.integer({ min: 1, max: 100 }) }),
      {
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(rates, asks, (rate, all) => {
        let state = answered(opened(), 1, 0);
        let now = START;
        let given = 0;
        for (const { pause, wanted } of all) {
          now += pause;
          const next = giveCalls(state, wanted, now, rate);
          state = next.state;
          given += next.calls;
          expect(next.calls).toBeLessThanOrEqual(Math.min(wanted, rate * 5));
          expect(given).toBeLessThanOrEqual(((now - START) * rate) / 1000 + 0.001);
        }
      }),
    );
    let state = answered(opened(), 1, 0);
    let given = 0;
    for (let now = START; now <= START + 10_000; now += 250) {
      const next = giveCalls(state, 100, now, 10);
      state = next.state;
      given += next.calls;
    }
    expect(given).toBe(100);
  });

  it('is over when nothing waits any more, and comes back where charges fail again', () => {
    const drain = answered(opened(), 1, 0);
    expect(endDrain(drain, drain.turn, START).mode).toBe('closed');
    expect(endDrain(drain, drain.turn - 1, START)).toEqual(drain);
    expect(endDrain(opened(), opened().turn, START).mode).toBe('open');
    expect(answered(drain, 20, 10).mode).toBe('open');
  });
});
