/** More at once would try the machine instead of the endpoints. */
const MAX_IN_FLIGHT = 32;

/** Runs attempts, some at once, and the others when one of those has ended. */
export class AttemptQueue {
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, { start: () => void; ended: Promise<void> }>();

  get isEmpty(): boolean {
    return this.#inFlight.size === 0 && this.#waiting.size === 0;
  }

  /** Resolves when the attempt of this delivery has ended; undefined where there is none. */
  ended(id: string): Promise<void> | undefined {
    return this.#inFlight.get(id) ?? this.#waiting.get(id)?.ended;
  }

  /** Resolves when everything that is in here now has ended. */
  async allEnded(): Promise<void> {
    await Promise.all([...this.#inFlight.values(), ...[...this.#waiting.values()].map(({ ended }) => ended)]);
  }

  /** Runs an attempt, at once or in its turn. A delivery has one attempt at a time. */
  run(id: string, attempt: () => Promise<void>): Promise<void> {
    if (this.#inFlight.size < MAX_IN_FLIGHT) return this.#start(id, attempt);
    let start = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      start = () => void this.#start(id, attempt).then(resolve, reject);
    });
    this.#waiting.set(id, { start, ended });
    return ended;
  }

  #start(id: string, attempt: () => Promise<void>): Promise<void> {
    const running = attempt().finally(() => {
      this.#inFlight.delete(id);
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next[0]);
      next[1].start();
    });
    this.#inFlight.set(id, running);
    return running;
  }
}
