/**
 * Outage mode, a circuit breaker around the charges of all workers. `closed`: charges go out. It opens where at least half
 * of the calls of a minute, and of 20 at least, were not answered. `open`: charges wait, and one call every 30 seconds asks
 * whether Truemed is back. `half_open`: it is, and what has waited goes out at a fixed rate, until nothing is left.
 */
export interface OutageState {
  mode: 'closed' | 'open' | 'half_open';
  /** Goes up with every change of mode. A call counts only under the turn in which it began. */
  turn: number;
  /** What was answered lately, in steps of five seconds, oldest first. */
  window: { at: number; calls: number; failures: number }[];
  /** `open`: from when the next call may ask. */
  probeAt: number;
  /** `half_open`: up to when the calls of the fixed rate have been given out. */
  givenTo: number;
}

/** Before anything has been called. */
export const NO_OUTAGE: OutageState = { mode: 'closed', turn: 0, window: [], probeAt: 0, givenTo: 0 };

/** How calls ended that began in one turn. */
export interface AnsweredCalls {
  turn: number;
  calls: number;
  /** Those of them that brought no answer: time out, no connection, an error of the server's, nonsense. */
  failures: number;
}

const WINDOW_MS = 60_000;
const STEP_MS = 5_000;
const FEWEST_CALLS = 20;
export const PROBE_EVERY_MS = 30_000;
/** Of a time in which nobody sent, no more than this is made up for at once. */
const MOST_SAVED_MS = 5_000;

/** What answers make of the state. Instants are milliseconds of business time. */
export function countAnswers(state: OutageState, answered: AnsweredCalls, now: number): OutageState {
  const { calls, failures } = answered;
  if (answered.turn !== state.turn || calls === 0) return state;
  if (state.mode === 'open') return failures < calls ? change(state, 'half_open', now) : state;
  const at = Math.floor(now / STEP_MS) * STEP_MS;
  const kept = state.window.filter((step) => step.at > now - WINDOW_MS && step.at < at);
  const same = state.window.find((step) => step.at === at) ?? { at, calls: 0, failures: 0 };
  const window = [...kept, { at, calls: same.calls + calls, failures: same.failures + failures }];
  const all = window.reduce((sum, step) => sum + step.calls, 0);
  const failed = window.reduce((sum, step) => sum + step.failures, 0);
  return all >= FEWEST_CALLS && failed * 2 >= all ? change(state, 'open', now) : { ...state, window };
}

/** How many of `wanted` calls may begin now, and whether the one that may is to ask if Truemed is back. */
export function giveCalls(
  state: OutageState,
  wanted: number,
  now: number,
  callsPerSecond: number,
): { state: OutageState; calls: number; isProbe: boolean } {
  switch (state.mode) {
    case 'closed':
      return { state, calls: wanted, isProbe: false };
    case 'open':
      if (now < state.probeAt || wanted === 0) return { state, calls: 0, isProbe: false };
      return { state: { ...state, probeAt: now + PROBE_EVERY_MS }, calls: 1, isProbe: true };
    case 'half_open': {
      const from = Math.max(state.givenTo, now - MOST_SAVED_MS);
      const calls = Math.max(0, Math.min(wanted, Math.floor(((now - from) * callsPerSecond) / 1000)));
      const givenTo = calls === 0 ? state.givenTo : from + (calls * 1000) / callsPerSecond;
      return { state: { ...state, givenTo }, calls, isProbe: false };
    }
  }
}

/** Nothing waits any more: charges go out as ever. */
export function endDrain(state: OutageState, turn: number, now: number): OutageState {
  return state.mode === 'half_open' && state.turn === turn ? change(state, 'closed', now) : state;
}

function change(state: OutageState, mode: OutageState['mode'], now: number): OutageState {
  return { mode, turn: state.turn + 1, window: [], probeAt: now + PROBE_EVERY_MS, givenTo: now };
}
