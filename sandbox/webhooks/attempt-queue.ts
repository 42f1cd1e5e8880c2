/** More at once would try the machine instead of the endpoint. */
const MAX_IN_FLIGHT = 32;

/** The attempts at one endpoint. */
interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Runs attempts, some at once for each endpoint, and its others when one of those has ended: a slow one delays itself alone. */
export class AttemptQueue {
  readonly #ended = new Map<string, Promise<void>>();
  readonly #lanes = new Map<string, Lane>();

  get isEmpty(): boolean {
    return this.#ended.size === 0;
  }

  /** Resolves when the attempt of this delivery has ended; undefined where there is none. */
  ended(id: string): Promise<void> | undefined {
    return this.#ended.get(id);
  }

  /** Resolves when everything that is in here now has ended. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#ended.values());
  }

  /** Runs an attempt at an endpoint, at once or in its turn. A delivery has one attempt at a time. */
  run(id: string, endpoint: string, attempt: () => Promise<void>): Promise<void> {
    const ended = this.#inTurn(this.#laneOf(endpoint), attempt).finally(() => this.#ended.delete(id));
    this.#ended.set(id, ended);
    return ended;
  }

  #laneOf(endpoint: string): Lane {
    const lane = this.#lanes.get(endpoint) ?? { running: 0, waiting: [] };
    this.#lanes.set(endpoint, lane);
    return lane;
  }

  #inTurn(lane: Lane, attempt: () => Promise<void>): Promise<void> {
    if (lane.running < MAX_IN_FLIGHT) return start(lane, attempt);
    return new Promise((resolve, reject) => {
      lane.waiting.push(() => void start(lane, attempt).then(resolve, reject));
    });
  }
}

function start(lane: Lane, attempt: () => Promise<void>): Promise<void> {
  lane.running += 1;
  return attempt().finally(() => {
    lane.running -= 1;
    lane.waiting.shift()?.();
  });
}
