import type { SandboxClock } from './clock';

/** One thing that waits for its moment: the timer's kind, the record that it is for, and when on the sandbox's clock. */
export interface Appointment {
  /** `table.timer`, such as `deliveries.attempt`. */
  readonly kind: string;
  readonly key: string;
  readonly due: string;
}

/** What is done at the moment. While it runs, and until its first `await`, the clock says `due`. */
export type Handler = (key: string, due: Date) => void | Promise<void>;

/** A move waits this long, in real milliseconds, for one more of the things to end that a moment has started, such as deliveries. */
const PATIENCE_MS = 2000;
/** Timers of Node cannot wait longer than this; an earlier wake-up finds nothing due and sleeps again. */
const LONGEST_SLEEP_MS = 86_400_000;

/**
 * The one place where everything that is timed waits. A record says itself when it is due (`timers` of its table), so the
 * schedule is rebuilt whenever records are, and never disagrees with them. What is due is done once, in the order of the
 * due instants, however far the clock is moved; a record is due again only after it was written again.
 */
export class Schedule {
  readonly #heap: (Appointment & { order: number })[] = [];
  /** What counts: an entry of the heap that is not in here any more is skipped. */
  readonly #valid = new Map<string, number>();
  readonly #handlers = new Map<string, Handler>();
  readonly #beforeMoves: ((target: Date) => void)[] = [];
  #clock: SandboxClock | undefined;
  #order = 0;
  #generation = 0;
  #alarm: NodeJS.Timeout | undefined;
  #moving: Promise<unknown> = Promise.resolve();
  #isMoving = false;

  /** Says what is done when a timer of this kind is due. */
  on(kind: string, handler: Handler): void {
    this.#handlers.set(kind, handler);
  }

  /** Says what must be done before the clock is moved ahead. */
  beforeMove(task: (target: Date) => void): void {
    this.#beforeMoves.push(task);
  }

  /** Puts an appointment in the place of the earlier one of this kind and key; null takes it out. */
  set(kind: string, key: string, due: string | null): void {
    const id = `${kind} ${key}`;
    if (due === null) {
      // An alarm that finds nothing due sets the next one.
      this.#valid.delete(id);
      return;
    }
    this.#order += 1;
    this.#valid.set(id, this.#order);
    if (this.#heap.length > 2 * this.#valid.size + 1000) this.#sweep();
    push(this.#heap, { kind, key, due, order: this.#order });
    if (this.#heap[0]?.order === this.#order) this.#setAlarm();
  }

  /** Takes out everything that waits, and ends a move that is under way. */
  clear(): void {
    this.#valid.clear();
    this.#heap.length = 0;
    // A move that is under way belongs to the state that was.
    this.#generation += 1;
    clearTimeout(this.#alarm);
  }

  /** Starts to keep the appointments. */
  start(clock: SandboxClock): void {
    this.#clock = clock;
    clock.onChange(() => this.#setAlarm());
    this.catchUp();
  }

  stop(): void {
    clearTimeout(this.#alarm);
    this.#clock = undefined;
  }

  /** What comes next; null where nothing waits. */
  next(): Appointment | null {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined) return null;
      if (this.#valid.get(`${first.kind} ${first.key}`) === first.order) return first;
      pop(this.#heap);
    }
  }

  /** What comes in the next time, soonest first. */
  upcoming(limit: number): Appointment[] {
    return this.#heap
      .filter(({ kind, key, order }) => this.#valid.get(`${kind} ${key}`) === order)
      .sort(compare)
      .slice(0, limit)
      .map(({ kind, key, due }) => ({ kind, key, due }));
  }

  /** Whether something is due that was not done yet. */
  get isBehind(): boolean {
    const first = this.next();
    return first !== null && this.#clock !== undefined && first.due <= this.#clock.nowIso();
  }

  /** Does everything that is due now. Whoever asks the sandbox for something sees it done. */
  catchUp(): void {
    if (this.#clock === undefined) return;
    const now = this.#clock.nowIso();
    for (let first = this.next(); first !== null && first.due <= now; first = this.next()) void this.#keep(first);
    this.#setAlarm();
  }

  /**
   * Moves the clock to an instant, and keeps every appointment on the way at its own time; what one of them makes due on
   * the way is done on the way too. Moves follow each other, and a function is asked in its turn. False, and nothing moved, where the instant is in the past.
   */
  moveTo(target: Date | (() => Date)): Promise<boolean> {
    const move = this.#moving.then(() => this.#walk(target instanceof Date ? target : target()));
    this.#moving = move.catch(() => {});
    return move;
  }

  async #walk(target: Date): Promise<boolean> {
    const clock = this.#clock;
    if (clock === undefined || target < clock.now()) return false;
    this.#isMoving = true;
    const generation = this.#generation;
    try {
      for (const task of this.#beforeMoves) task(target);
      const end = target.toISOString();
      for (let first = this.next(); first !== null && first.due <= end; first = this.next()) {
        // What is overdue already is done at the present: time does not run backwards.
        if (new Date(first.due) > clock.now()) clock.set(new Date(first.due));
        await patiently(this.#keepAllUntil(first.due));
        if (this.#clock === undefined || this.#generation !== generation) return true;
      }
      if (target > clock.now()) clock.set(target);
      return true;
    } finally {
      this.#isMoving = false;
      this.#setAlarm();
    }
  }

  /** Everything that is due at one instant, so that it is under way together. */
  #keepAllUntil(instant: string): Promise<void>[] {
    const started: Promise<void>[] = [];
    for (let first = this.next(); first !== null && first.due <= instant; first = this.next()) {
      started.push(this.#keep(first));
    }
    return started;
  }

  async #keep({ kind, key, due }: Appointment): Promise<void> {
    pop(this.#heap);
    this.#valid.delete(`${kind} ${key}`);
    const handler = this.#handlers.get(kind);
    if (handler === undefined || this.#clock === undefined) return;
    try {
      await this.#clock.standingAt(new Date(due), () => handler(key, new Date(due)));
    } catch (error) {
      // One that fails must not keep the others from their moment.
      console.error(error);
    }
  }

  /** Takes out of the heap what no longer counts. A sorted array is a heap. */
  #sweep(): void {
    const left = this.#heap.filter(({ kind, key, order }) => this.#valid.get(`${kind} ${key}`) === order).sort(compare);
    this.#heap.splice(0, this.#heap.length, ...left);
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const clock = this.#clock;
    const first = this.next();
    if (clock === undefined || first === null || this.#isMoving) return;
    const ms = clock.realMsUntil(new Date(first.due));
    if (ms !== null) this.#alarm = setTimeout(() => this.catchUp(), Math.min(ms, LONGEST_SLEEP_MS));
  }
}

/** Waits for all of them, as long as one after the other ends. */
async function patiently(started: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const stuck = new Promise<void>((resolve) => {
    const wait = () => {
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(resolve, PATIENCE_MS);
    };
    wait();
    for (const one of started) void one.then(wait);
  });
  await Promise.race([stuck, Promise.all(started)]);
  isOver = true;
  clearTimeout(timer);
}

type Entry = Appointment & { order: number };

function compare(a: Entry, b: Entry): number {
  if (a.due !== b.due) return a.due < b.due ? -1 : 1;
  return a.order - b.order;
}

/** A binary heap: the soonest first, and among equals the one that was made first. */
function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || compare(above, entry) <= 0) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    const [a, b] = [heap[left], heap[right]];
    if (a === undefined) break;
    const child = b !== undefined && compare(b, a) < 0 ? right : left;
    const below = heap[child];
    if (below === undefined || compare(last, below) <= 0) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}
