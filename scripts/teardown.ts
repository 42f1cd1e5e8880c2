import { AppError } from '@/lib/core/errors';
import { ProgramFailure } from './processes';

/**
 * The frame of a command that starts things. At its end, after a failure and after Ctrl-C, what it added to the teardown
 * is ended. Failures that have words for people are printed without their stack; exit code 1, after a signal 130.
 */
export async function runCommand(work: (teardown: Teardown) => Promise<void>): Promise<void> {
  const teardown = new Teardown();
  try {
    await work(teardown);
  } catch (error) {
    process.exitCode = teardown.wasInterrupted ? 130 : 1;
    const isForPeople = error instanceof AppError || error instanceof ProgramFailure;
    if (!teardown.wasInterrupted) console.error(isForPeople ? error.message : error);
  } finally {
    await teardown.end();
  }
}

/** What a command has begun and must end: asked to stop by a signal or by a failure, it ends in the other order. */
export class Teardown {
  readonly #stopping = new AbortController();
  readonly #stops: (() => Promise<void> | void)[] = [];
  #wasInterrupted = false;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        this.#wasInterrupted = true;
        this.#stopping.abort();
      });
    }
  }

  /** Aborted when everything is to end. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Whether a signal from outside, such as Ctrl-C, was the reason. */
  get wasInterrupted(): boolean {
    return this.#wasInterrupted;
  }

  /** Has `stop` called at the end. */
  add(stop: () => Promise<void> | void): void {
    this.#stops.push(stop);
  }

  /** Waits for all of them. When one fails the others are asked to stop, and the first failure is thrown when they have. */
  async together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
    const failures: unknown[] = [];
    const watch = (work: Promise<unknown>) =>
      work.catch((error: unknown) => {
        failures.push(error);
        this.#stopping.abort();
      });
    await Promise.all([watch(first), watch(second)]);
    if (failures.length > 0) throw failures[0];
    return [await first, await second];
  }

  /** Ends everything that was added, the latest first. */
  async end(): Promise<void> {
    this.#stopping.abort();
    for (const stop of this.#stops.reverse()) await stop();
  }
}
