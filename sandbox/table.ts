import type { Journal } from './journal';
import type { Schedule } from './schedule';

interface TableOptions<T, I extends string> {
  name: string;
  keyOf: (record: T) => string;
  journal: Journal;
  /** Ways to find records beside their key; a null key leaves the record out of that index. */
  indexes?: Record<I, (record: T) => string | null>;
  /** A ledger: a record that is there is never changed. */
  appendOnly?: boolean;
  /** What a record waits for: when it is due on the sandbox's clock, or null. The schedule calls `name.timer` then. */
  timers?: { schedule: Schedule; due: Record<string, (record: T) => string | null> };
}

/** Records of one kind in memory, in the order in which they were first written, each change of them journaled. */
export class Table<T, I extends string = never> {
  readonly #options: TableOptions<T, I>;
  readonly #rows = new Map<string, T>();
  readonly #buckets = new Map<string, Map<string, T>>();

  constructor(options: TableOptions<T, I>) {
    this.#options = options;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): T | undefined {
    return this.#rows.get(key);
  }

  /** All records, oldest first. */
  all(): T[] {
    return [...this.#rows.values()];
  }

  /** The newest records, newest first. */
  newest(limit: number): T[] {
    return this.all().slice(-limit).reverse();
  }

  /** The records that an index files under a key. */
  find(index: I, key: string): T[] {
    return [...(this.#buckets.get(`${index}:${key}`)?.values() ?? [])];
  }

  /** Writes a record over the one with its key. Throws where the table is a ledger and the key is known. */
  put(record: T): T {
    this.#options.journal.append({ table: this.#options.name, put: record });
    this.#apply(record);
    return record;
  }

  remove(key: string): void {
    if (!this.#rows.has(key)) return;
    this.#options.journal.append({ table: this.#options.name, remove: key });
    this.#forget(key);
  }

  /** Takes one journal entry of this table back in. */
  replay(entry: { put: unknown } | { remove: string }): void {
    // The journal was written by `put`, so what it holds has the table's type.
    if ('put' in entry) this.#apply(entry.put as T);
    else this.#forget(entry.remove);
  }

  clear(): void {
    this.#rows.clear();
    this.#buckets.clear();
  }

  #apply(record: T): void {
    const key = this.#options.keyOf(record);
    if (this.#options.appendOnly === true && this.#rows.has(key)) {
      throw new Error(`${this.#options.name} is append-only and already holds ${key}.`);
    }
    this.#unindex(key);
    this.#rows.set(key, record);
    this.#setTimers(record, false);
    for (const bucket of this.#bucketsOf(record)) {
      const rows = this.#buckets.get(bucket) ?? new Map<string, T>();
      this.#buckets.set(bucket, rows.set(key, record));
    }
  }

  #setTimers(record: T, isGone: boolean): void {
    const { name, keyOf, timers } = this.#options;
    if (timers === undefined) return;
    for (const [timer, dueOf] of Object.entries(timers.due)) {
      timers.schedule.set(`${name}.${timer}`, keyOf(record), isGone ? null : dueOf(record));
    }
  }

  #forget(key: string): void {
    const record = this.#rows.get(key);
    if (record !== undefined) this.#setTimers(record, true);
    this.#unindex(key);
    this.#rows.delete(key);
  }

  #unindex(key: string): void {
    const record = this.#rows.get(key);
    if (record === undefined) return;
    for (const bucket of this.#bucketsOf(record)) {
      const rows = this.#buckets.get(bucket);
      rows?.delete(key);
      if (rows?.size === 0) this.#buckets.delete(bucket);
    }
  }

  #bucketsOf(record: T): string[] {
    const indexes: Partial<Record<I, (record: T) => string | null>> = this.#options.indexes ?? {};
    return Object.entries<((record: T) => string | null) | undefined>(indexes).flatMap(([index, keyOf]) => {
      const key = keyOf?.(record) ?? null;
      return key === null ? [] : [`${index}:${key}`];
    });
  }
}
