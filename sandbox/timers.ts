/** Timers of Node take no longer time than this; one that is given more ends at once. */
export const LONGEST_PAUSE_MS = 2_147_483_647;

/** Timers in real time that end with the sandbox and whose number says whether something is still to come. */
export class Timers {
  readonly #running = new Map<NodeJS.Timeout, (() => void) | undefined>();

  get pending(): number {
    return this.#running.size;
  }

  after(ms: number, task: () => void): void {
    this.#start(ms, task, undefined);
  }

  /** Waits; false where `clear` came before the time was over. */
  pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#start(
        ms,
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  clear(): void {
    const ended = [...this.#running];
    this.#running.clear();
    for (const [timer, whenCleared] of ended) {
      clearTimeout(timer);
      whenCleared?.();
    }
  }

  #start(ms: number, task: () => void, whenCleared: (() => void) | undefined): void {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      task();
    }, ms);
    this.#running.set(timer, whenCleared);
  }
}
