/** Timers in real time that end with the sandbox and whose number says whether something is still to come. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();

  get pending(): number {
    return this.#running.size;
  }

  after(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      task();
    }, ms);
    this.#running.add(timer);
  }

  clear(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}
