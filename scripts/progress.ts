const TICK_MS = 1_000;

/** Tells a person what is going on: a line for each step that is done, and on a terminal one more for what is not. */
export class Progress {
  readonly #running = new Map<string, number>();
  readonly #isTerminal = process.stdout.isTTY === true;
  #timer: NodeJS.Timeout | undefined;

  /** Runs one step and prints `done` with the seconds that it took. Steps may run side by side. */
  async step<T>(label: string, done: string | ((result: T) => string), work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#running.set(label, startedAt);
    this.#show();
    try {
      const result = await work();
      const words = typeof done === 'string' ? done : done(result);
      this.line(`  ✓ ${words} (${seconds(startedAt)} s)`);
      return result;
    } finally {
      this.#running.delete(label);
      this.#show();
    }
  }

  /** Prints a line above what is still running. */
  line(text: string): void {
    this.#erase();
    console.log(text);
    this.#show();
  }

  #show(): void {
    if (!this.#isTerminal) return;
    this.#erase();
    clearTimeout(this.#timer);
    if (this.#running.size === 0) return;
    const parts = [...this.#running].map(
      ([label, startedAt]) => `${label} ${Math.round(Number(seconds(startedAt)))} s`,
    );
    process.stdout.write(`  … ${parts.join(', ')}`.slice(0, process.stdout.columns - 1));
    this.#timer = setTimeout(() => this.#show(), TICK_MS).unref();
  }

  #erase(): void {
    if (this.#isTerminal) process.stdout.write('\r\u001b[K');
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
