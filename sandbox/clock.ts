import { z } from 'zod';
import type { Store } from './store';

const ClockState = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('real'), offset_ms: z.number() }),
  z.object({ mode: z.literal('manual'), at: z.iso.datetime() }),
]);

/** `real` ticks at a fixed distance from the system's clock, `manual` stands still until it is moved. */
export type ClockState = z.infer<typeof ClockState>;

const SYSTEM_TIME: ClockState = { mode: 'real', offset_ms: 0 };

/** The sandbox's time, which everything in it obeys and which only moves forward. The one place that reads the system's clock. */
export class SandboxClock {
  readonly #store: Store;
  readonly #listeners: (() => void)[] = [];
  #state: ClockState;

  constructor(store: Store) {
    this.#store = store;
    this.#state = ClockState.catch(SYSTEM_TIME).parse(store.settings.get('clock')?.value);
  }

  get state(): ClockState {
    return this.#state;
  }

  now(): Date {
    return this.#state.mode === 'manual' ? new Date(this.#state.at) : new Date(Date.now() + this.#state.offset_ms);
  }

  nowIso(): string {
    return this.now().toISOString();
  }

  /** Moves to an instant and tells the listeners. False, and nothing moved, for an instant in the past. */
  moveTo(instant: Date): boolean {
    if (instant < this.now()) return false;
    this.#set(
      this.#state.mode === 'manual'
        ? { mode: 'manual', at: instant.toISOString() }
        : { mode: 'real', offset_ms: instant.getTime() - Date.now() },
    );
    return true;
  }

  /** Stops or starts the ticking at the present instant. */
  setMode(mode: ClockState['mode']): void {
    const now = this.now();
    this.#set(mode === 'manual' ? { mode, at: now.toISOString() } : { mode, offset_ms: now.getTime() - Date.now() });
  }

  /** Back to the system's time: part of a reset, when nothing is left that could see time run backwards. */
  reset(): void {
    this.#state = SYSTEM_TIME;
  }

  /** Writes the present state down again, after a reset that keeps the clock. */
  keep(): void {
    this.#store.settings.put({ name: 'clock', value: this.#state });
  }

  onMove(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #set(state: ClockState): void {
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
