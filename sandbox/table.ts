import type { Journal, JournalEntry } from './journal';
import { FileRows, type Location, type Rows } from './rows';
import type { Schedule } from './schedule';

interface TableOptions<T, I extends string> {
  name: string;
  keyOf: (record: T) => string;
  journal: Journal;
  /** Ways to find records beside their key; a null key leaves the record out of that index. */
  indexes?: Record<I, (record: T) => string | null>;
  /** The field of `keyOf`, where it is the first of every record as it is written. */
  leadingKey?: keyof T & string;
  /** A ledger: a record that is there is never changed. */
  appendOnly?: boolean;
  /** What a record waits for: when it is due on the sandbox's clock, or null. The schedule calls `name.timer` then. */
  timers?: { schedule: Schedule; due: Record<string, (record: T) => string | null> };
}

/** How many records of a table are kept at hand; those of a ledger are seldom read again. */
const RECENT = 4096;
const RECENT_OF_LEDGER = 256;
/** What stands around the name of a first field: `{"` and `":"`. */
const LEADING_KEY_MARKS = 5;

/**
 * Records of one kind, in the order in which they were first written, each change of them journaled. A record is read
 * from where the journal keeps it, so nothing here copies a whole table except `all`.
 */
export class Table<T, I extends string = never> {
  readonly #options: TableOptions<T, I>;
  readonly #rows: Rows<T>;
  readonly #rowOf = new Map<string, number>();
  readonly #indexes: Index<T>[];
  /** The row of the next new record. */
  #next = 0;

  constructor(options: TableOptions<T, I>) {
    this.#options = options;
    const recent = options.appendOnly === true ? RECENT_OF_LEDGER : RECENT;
    this.#rows = options.journal.rowsOf<T>(options.name, recent);
    const indexes: Partial<Record<string, (record: T) => string | null>> = options.indexes ?? {};
    this.#indexes = Object.entries(indexes).flatMap(([name, keyOf]) =>
      keyOf === undefined ? [] : [{ name, keyOf, rows: new Map<string, number | Set<number>>() }],
    );
  }

  get size(): number {
    return this.#rowOf.size;
  }

  get(key: string): T | undefined {
    const row = this.#rowOf.get(key);
    return row === undefined ? undefined : this.#rows.read(row);
  }

  /** All records, oldest first: for what is small, or must be shown whole. */
  all(): T[] {
    return [...this.oldestFirst()];
  }

  /** What a record is found by. */
  keyOf(record: T): string {
    return this.#options.keyOf(record);
  }

  /** Takes back in what was read out of this table at another time. */
  restore(record: unknown): void {
    // It was written from this table, so it has its type.
    this.put(record as T);
  }

  /** The records one by one, oldest first, or those that came after the one with this key. Those that are written meanwhile come too. */
  *oldestFirst(after?: string): Generator<T> {
    const start = after === undefined ? 0 : (this.#rowOf.get(after) ?? this.#next) + 1;
    for (let row = start; row < this.#next; row += 1) {
      const record = this.#rows.read(row);
      if (record !== undefined) yield record;
    }
  }

  /** The records one by one, newest first; those that came before the record with this key, where one is given. */
  *newestFirst(before?: string): Generator<T> {
    const start = before === undefined ? this.#next : (this.#rowOf.get(before) ?? 0);
    for (let row = start - 1; row >= 0; row -= 1) {
      const record = this.#rows.read(row);
      if (record !== undefined) yield record;
    }
  }

  /** The newest records, newest first, after the first `skip` of them. */
  newest(limit: number, skip = 0): T[] {
    const found: T[] = [];
    // Where nothing was ever removed, rows can be counted instead of read.
    const isWhole = this.#next === this.#rowOf.size;
    let row = this.#next - 1 - (isWhole ? skip : 0);
    for (let left = isWhole ? 0 : skip; row >= 0 && found.length < limit; row -= 1) {
      const record = this.#rows.read(row);
      if (record === undefined) continue;
      if (left > 0) left -= 1;
      else found.push(record);
    }
    return found;
  }

  /** The records that an index files under a key, oldest first. */
  find(index: I, key: string): T[] {
    return rowsUnder(this.#indexOf(index), key).flatMap((row) => {
      const record = this.#rows.read(row);
      return record === undefined ? [] : [record];
    });
  }

  /** How many records an index files under a key; none of them is read. */
  count(index: I, key: string): number {
    const rows = this.#indexOf(index).rows.get(key);
    if (rows === undefined) return 0;
    return typeof rows === 'number' ? 1 : rows.size;
  }

  /** Writes a record over the one with its key. Throws where the table is a ledger and the key is known. */
  put(record: T): T {
    const { key, known, row } = this.#rowFor(record);
    this.#reindex(row, known ? this.#rows.read(row) : undefined, record);
    this.#rows.write(row, record);
    this.#keep(key, row);
    this.#setTimers(key, record);
    return record;
  }

  remove(key: string): void {
    const row = this.#rowOf.get(key);
    if (row === undefined) return;
    this.#reindex(row, this.#rows.read(row), undefined);
    this.#rows.erase(row, key);
    this.#rowOf.delete(key);
    this.#setTimers(key, undefined);
  }

  /** Takes one entry of the journal back in. */
  replay(entry: JournalEntry): void {
    if (!(this.#rows instanceof FileRows)) throw new Error('Only what a file keeps can be read from one.');
    if ('json' in entry) {
      const key = this.#leadingKeyOf(entry.json);
      if (key !== null) {
        const { row } = this.#rowForKey(key);
        this.#rows.adopt(row, undefined, entry.location);
        this.#keep(key, row);
        return;
      }
      // The journal was written by `put`, so what it holds has the table's type.
      this.#adopt(JSON.parse(entry.json.toString('utf8')) as T, this.#rows, entry.location);
      return;
    }
    const row = this.#rowOf.get(entry.remove);
    if (row === undefined) return;
    this.#reindex(row, this.#rows.read(row), undefined);
    this.#rows.adoptErasure(row, entry.bytes);
    this.#rowOf.delete(entry.remove);
    this.#setTimers(entry.remove, undefined);
  }

  clear(): void {
    this.#rows.clear();
    this.#rowOf.clear();
    for (const { rows } of this.#indexes) rows.clear();
    this.#next = 0;
  }

  #adopt(record: T, rows: FileRows<T>, location: Location): void {
    const { key, known, row } = this.#rowFor(record);
    this.#reindex(row, known ? rows.read(row) : undefined, record);
    rows.adopt(row, record, location);
    this.#keep(key, row);
    this.#setTimers(key, record);
  }

  /**
   * The key of a record, from the beginning of its JSON; null where that does not show it. Where nothing else must be
   * known of a record, it need not be read at the start.
   */
  #leadingKeyOf(json: Buffer): string | null {
    const { leadingKey, timers } = this.#options;
    if (leadingKey === undefined || this.#indexes.length > 0 || timers !== undefined) return null;
    const start = leadingKey.length + LEADING_KEY_MARKS;
    if (json.toString('latin1', 0, start) !== `{"${leadingKey}":"`) return null;
    const key = json.toString('utf8', start, json.indexOf('"', start));
    return key.includes('\\') ? null : key;
  }

  #rowFor(record: T): { key: string; known: boolean; row: number } {
    return this.#rowForKey(this.#options.keyOf(record));
  }

  #rowForKey(key: string): { key: string; known: boolean; row: number } {
    const row = this.#rowOf.get(key);
    if (row !== undefined && this.#options.appendOnly === true) {
      throw new Error(`${this.#options.name} is append-only and already holds ${key}.`);
    }
    return { key, known: row !== undefined, row: row ?? this.#next };
  }

  #keep(key: string, row: number): void {
    if (row < this.#next) return;
    this.#rowOf.set(key, row);
    this.#next = row + 1;
  }

  #reindex(row: number, before: T | undefined, after: T | undefined): void {
    for (const index of this.#indexes) {
      const from = before === undefined ? null : index.keyOf(before);
      const to = after === undefined ? null : index.keyOf(after);
      if (from === to) continue;
      if (from !== null) unfile(index, from, row);
      if (to !== null) file(index, to, row);
    }
  }

  #setTimers(key: string, record: T | undefined): void {
    const { name, timers } = this.#options;
    if (timers === undefined) return;
    for (const [timer, dueOf] of Object.entries(timers.due)) {
      timers.schedule.set(`${name}.${timer}`, key, record === undefined ? null : dueOf(record));
    }
  }

  #indexOf(name: I): Index<T> {
    const index = this.#indexes.find((candidate) => candidate.name === name);
    if (index === undefined) throw new Error(`${this.#options.name} has no index ${name}.`);
    return index;
  }
}

/** Rows by key. Most keys have one row only, which then stands for itself. */
interface Index<T> {
  name: string;
  keyOf: (record: T) => string | null;
  rows: Map<string, number | Set<number>>;
}

function rowsUnder(index: Index<unknown> | { rows: Index<unknown>['rows'] }, key: string): number[] {
  const rows = index.rows.get(key);
  if (rows === undefined) return [];
  return typeof rows === 'number' ? [rows] : [...rows];
}

function file({ rows }: Pick<Index<never>, 'rows'>, key: string, row: number): void {
  const there = rows.get(key);
  if (there === undefined) rows.set(key, row);
  else if (typeof there === 'number') rows.set(key, new Set([there, row]));
  else there.add(row);
}

function unfile({ rows }: Pick<Index<never>, 'rows'>, key: string, row: number): void {
  const there = rows.get(key);
  if (there === row) rows.delete(key);
  else if (typeof there === 'object') {
    there.delete(row);
    if (there.size === 0) rows.delete(key);
  }
}
