import { z } from 'zod';
import type { Store } from './store';

const ClockState = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('real'), offset_ms: z.number() }),
  z.object({ mode: z.literal('accelerated'), rate: z.number().positive(), at: z.iso.datetime(), since_ms: z.number() }),
  z.object({ mode: z.literal('manual'), at: z.iso.datetime() }),
]);

/**
 * `real` ticks at a fixed distance from the system's clock, `accelerated` ticks `rate` times as fast from the instant
 * `at` on, which was `since_ms` by the system's clock, and `manual` stands still until it is moved.
 */
export type ClockState = z.infer<typeof ClockState>;

const SYSTEM_TIME: ClockState = { mode: 'real', offset_ms: 0 };
/** The last instant that the other parts can write; an accelerated clock stops there. */
const END_OF_TIME_MS = Date.UTC(9999, 0);

/** The sandbox's time, which everything in it obeys and which only moves forward. The one place that reads the system's clock. */
export class SandboxClock {
  readonly #store: Store;
  readonly #listeners: (() => void)[] = [];
  #state: ClockState;
  #standing: Date | undefined;
  #lastMs = Number.NaN;
  #lastIso = '';
  /** By how much whoever reads the clock over the control API is told wrong, as with a machine whose clock is off. */
  skewSeconds = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#state = ClockState.catch(SYSTEM_TIME).parse(store.settings.get('clock')?.value);
  }

  get state(): ClockState {
    return this.#state;
  }

  now(): Date {
    return this.#standing ?? this.present();
  }

  /** The time that everybody else reads, where `now` says at what instant a task belongs. */
  present(): Date {
    return new Date(this.#presentMs());
  }

  #presentMs(): number {
    const state = this.#state;
    if (state.mode === 'real') return Date.now() + state.offset_ms;
    if (state.mode === 'manual') return Date.parse(state.at);
    return Math.min(Date.parse(state.at) + (Date.now() - state.since_ms) * state.rate, END_OF_TIME_MS);
  }

  nowIso(): string {
    const ms = this.#standing?.getTime() ?? this.#presentMs();
    // One call asks for it many times.
    if (ms !== this.#lastMs) {
      this.#lastMs = ms;
      this.#lastIso = new Date(ms).toISOString();
    }
    return this.#lastIso;
  }

  /** Runs a task while the clock says this instant; up to its first `await` where it has one. */
  standingAt<T>(instant: Date, task: () => T): T {
    const before = this.#standing;
    this.#standing = instant;
    try {
      return task();
    } finally {
      this.#standing = before;
    }
  }

  /** Says what the time is from now on; whoever waits for something is not told. For the schedule alone, which moves time. */
  set(instant: Date): void {
    const state = this.#state;
    if (state.mode === 'real') this.#change({ mode: 'real', offset_ms: instant.getTime() - Date.now() });
    else if (state.mode === 'manual') this.#change({ mode: 'manual', at: instant.toISOString() });
    else this.#change({ ...state, at: instant.toISOString(), since_ms: Date.now() });
  }

  /** Stops the ticking or lets it run, at the present instant; `rate` is how many times as fast `accelerated` is. */
  setMode(mode: ClockState['mode'], rate = 1): void {
    const now = this.now();
    if (mode === 'real') this.#change({ mode, offset_ms: now.getTime() - Date.now() });
    else if (mode === 'manual') this.#change({ mode, at: now.toISOString() });
    else this.#change({ mode, rate, at: now.toISOString(), since_ms: Date.now() });
  }

  /** How long it takes until the clock says this instant, in real milliseconds; null where it never does by itself. */
  realMsUntil(instant: Date): number | null {
    const ms = Math.max(0, instant.getTime() - this.now().getTime());
    if (ms > 0 && this.#state.mode === 'manual') return null;
    return Math.ceil(this.#state.mode === 'accelerated' ? ms / this.#state.rate : ms);
  }

  /** Back to the system's time: part of a reset, when nothing is left that could see time run backwards. */
  reset(): void {
    this.skewSeconds = 0;
    this.#state = SYSTEM_TIME;
  }

  /** Goes on from an instant in the mode that the store has: part of restoring a snapshot, where time may run backwards. */
  restore(instant: Date): void {
    this.#state = ClockState.catch(SYSTEM_TIME).parse(this.#store.settings.get('clock')?.value);
    this.set(instant);
  }

  /** Writes the present state down again, after a reset that keeps the clock. */
  keep(): void {
    this.#store.settings.put({ name: 'clock', value: this.#state });
  }

  /** Told of every change of the state. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #change(state: ClockState): void {
    this.#state = state;
    this.keep();
    for (const listener of this.#listeners) listener();
  }
}

/** The same day and time some months later, or the last day of that month where it is shorter. UTC. */
export function addMonths(instant: Date, months: number): Date {
  const moved = new Date(instant);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(instant.getUTCDate(), lastDay));
  return moved;
}
