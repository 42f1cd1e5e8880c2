import type { Chance } from './chance';
import { realMs } from './system';

/** Something that runs: a worker's process, the web server, a person. It can die, and it can be frozen. */
export class Actor {
  isDead = false;
  /** Virtual milliseconds until which it gets no turn. */
  frozenUntil = 0;
  isInTransaction = false;
  /** Whether it stood still at some time since it began what it does now: what it held then may be another's by now. */
  wasFrozen = false;
  readonly #mourners: (() => void)[] = [];
  readonly name: string;
  /** Tells it from the process that had its place before. */
  readonly id: string;

  constructor(name: string, generation = 0) {
    this.name = name;
    this.id = `${name}#${generation}`;
  }

  die(): void {
    this.isDead = true;
    for (const tell of this.#mourners.splice(0)) tell();
  }

  /** Called at its death. */
  whenDead(tell: () => void): void {
    this.#mourners.push(tell);
  }
}

interface Parked {
  actor: Actor;
  name: string;
  run: () => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface Task {
  actor: Actor;
  name: string;
}

/** So long in real time nothing may happen before a run counts as stuck. */
const STUCK_MS = 8_000;

/**
 * Lets one operation run at a time, the next one chosen by the seed. What an actor does between two operations runs at once.
 * An operation is a whole transaction, a single statement, one half of a call; so interleaving is between those.
 */
export class Scheduler {
  #waiting: Parked[] = [];
  readonly #tasks = new Set<Task>();
  readonly #chance: Chance;
  readonly #clock: { ms: number };
  readonly #trace: (actor: string, name: string) => void;

  constructor(chance: Chance, clock: { ms: number }, trace: (actor: string, name: string) => void) {
    this.#chance = chance;
    this.#clock = clock;
    this.#trace = trace;
  }

  /** Waits for its turn, then runs. Of a dead actor nothing is heard any more: the promise never settles. */
  operate<T>(actor: Actor, name: string, run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (actor.isDead) return;
      this.#waiting.push({ actor, name, run, resolve: (value) => resolve(value as T), reject });
    });
  }

  /** Begins something that the run waits for. What it throws is a failure of the simulator, unless its actor has died. */
  start(actor: Actor, name: string, run: () => Promise<unknown>): void {
    const task = { actor, name };
    this.#tasks.add(task);
    run().then(
      () => this.#tasks.delete(task),
      (error: unknown) => {
        this.#tasks.delete(task);
        if (!actor.isDead) this.#failure ??= { error };
      },
    );
  }

  #failure: { error: unknown } | null = null;

  /** Whether an actor has something under way. */
  isBusy(actor: Actor): boolean {
    return [...this.#tasks].some((task) => task.actor === actor);
  }

  /** Kills an actor where it stands: its open work is never heard of again. */
  kill(actor: Actor): void {
    actor.die();
    this.#waiting = this.#waiting.filter((parked) => parked.actor !== actor);
    for (const task of this.#tasks) if (task.actor === actor) this.#tasks.delete(task);
  }

  /** Runs until nobody who may move has anything left to do. Throws what a task threw. */
  async rest(): Promise<void> {
    for (;;) {
      await drained();
      if (this.#failure !== null) throw this.#failure.error;
      const able = this.#waiting.filter(({ actor }) => actor.frozenUntil <= this.#clock.ms);
      if (able.length > 0) {
        await this.#run(this.#chance.pick(able));
        continue;
      }
      const busy = [...this.#tasks].filter(({ actor }) => actor.frozenUntil <= this.#clock.ms);
      if (busy.length === 0) return;
      await this.#waitForSomething(busy);
    }
  }

  async #run(parked: Parked): Promise<void> {
    this.#waiting.splice(this.#waiting.indexOf(parked), 1);
    const { actor, name, run, resolve, reject } = parked;
    this.#trace(actor.name, name);
    try {
      const value = await run();
      if (!actor.isDead) resolve(value);
    } catch (error) {
      if (!actor.isDead) reject(error);
    }
  }

  // What goes on outside of the turns, such as reading a body, takes a moment of real time.
  async #waitForSomething(busy: readonly Task[]): Promise<void> {
    const deadline = realMs() + STUCK_MS;
    while (realMs() < deadline) {
      await drained();
      const isSame = this.#waiting.every(({ actor }) => actor.frozenUntil > this.#clock.ms);
      if (!isSame || this.#failure !== null || busy.some((task) => !this.#tasks.has(task))) return;
    }
    throw new Error(`Stuck: ${busy.map(({ actor, name }) => `${actor.name} ${name}`).join(', ')}.`);
  }
}

/** Lets everything run that has no operation to wait for. */
async function drained(): Promise<void> {
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
