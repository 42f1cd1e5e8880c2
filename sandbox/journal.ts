import path from 'node:path';
import { JournalFile } from './journal-file';
import { FileRows, type LineFile, type Location, MemoryRows, type Rows } from './rows';

/** Where the tables keep their records. */
export interface Journal {
  /** The rows of a table; `recent` says how many of its records are kept at hand. */
  rowsOf<T>(table: string, recent: number): Rows<T>;
  readonly size: number;
  /** How many of its bytes later lines have made void. */
  readonly wasted: number;
  /** Gives every change so far to the operating system: whoever answers for one calls this first. */
  flush(): void;
  /** Forgets everything that was written. */
  truncate(): void;
  close(): void;
}

/** Keeps everything in memory, and nothing after that. */
export const MEMORY_JOURNAL: Journal = {
  size: 0,
  wasted: 0,
  rowsOf: <T>() => new MemoryRows<T>(),
  flush() {},
  truncate() {},
  close() {},
};

/** One line as it was read: a record's JSON with where it stands, or the key of one that was removed. */
export type JournalEntry = { json: Buffer; location: Location } | { remove: string; bytes: number };

const NAME = 'journal.jsonl';
/** A file with fewer wasted bytes than this is not worth writing anew. */
const LEAST_WASTE = 16 * 1_048_576;

/**
 * The journal of a data folder: one file, a line for each change. It is read at the start and written after `open`. Once
 * more than half of it is made void by later lines, what counts is written to a new file, which takes the place of the
 * old one when all of it is on the disk.
 */
export class FileJournal implements Journal, LineFile {
  readonly #name: string;
  readonly #tables: { rows: FileRows<unknown>; name: string }[] = [];
  #file: JournalFile;
  #isFlushPlanned = false;

  constructor(folder: string) {
    this.#name = path.join(folder, NAME);
    this.#file = JournalFile.openForReading(this.#name);
  }

  get size(): number {
    return this.#file.size;
  }

  get wasted(): number {
    return this.#file.wasted;
  }

  rowsOf<T>(table: string, recent: number): FileRows<T> {
    const rows = new FileRows<T>(this, table, recent);
    // Nothing is written through this list: it only says whose lines are to be moved.
    this.#tables.push({ rows: rows as FileRows<unknown>, name: table });
    return rows;
  }

  /** Reads what the folder holds, in order. A last line that a killed process left unfinished is none. Throws on one that cannot be read. */
  replay(visit: (table: string, entry: JournalEntry) => void): void {
    const lead = new Map(this.#tables.map(({ name, rows }) => [name, rows.lead]));
    let number = 0;
    this.#file.scan((line, offset) => {
      number += 1;
      try {
        const entry = readLine(line, offset, lead);
        if (entry === null) this.#file.waste(line.length + 1);
        else visit(entry.table, entry);
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause;
        throw new Error(
          `${this.#name}, line ${number} is not JSON. Remove the file to begin anew, or set SANDBOX_DATA=memory.`,
          { cause },
        );
      }
    });
  }

  /** Begins to write. */
  open(): void {
    this.#file.openForWriting();
    this.#compactIfWorthIt();
  }

  append(line: string): Location {
    this.#planFlush();
    return this.#file.append(line);
  }

  appendBytes(parts: readonly Buffer[]): Location {
    this.#planFlush();
    return this.#file.appendBytes(parts);
  }

  read(location: Location): Buffer {
    return this.#file.read(location);
  }

  waste(bytes: number): void {
    this.#file.waste(bytes);
  }

  flush(): void {
    this.#file.flush();
    this.#compactIfWorthIt();
  }

  truncate(): void {
    this.#file.truncate();
  }

  close(): void {
    this.#file.close();
  }

  // What nobody answers for, such as the work of a timer, is written soon all the same.
  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      try {
        this.flush();
      } catch (error) {
        // The disk may be full. The lines wait for the next try, and whoever answers for them learns of it there.
        console.error(error);
      }
    });
  }

  #compactIfWorthIt(): void {
    const { wasted, size } = this.#file;
    if (wasted < LEAST_WASTE || wasted * 2 < size) return;
    const fresh = JournalFile.create(`${this.#name}.new`);
    for (const { rows } of this.#tables) rows.moveTo(fresh);
    fresh.replace(this.#name);
    this.#file.close();
    this.#file = fresh;
  }
}

/**
 * What one line says; null where it is about a table that is not known. Lines are written in one form only, so the table
 * stands at its beginning. Throws `SyntaxError` on what was never written here.
 */
function readLine(
  line: Buffer,
  offset: number,
  lead: ReadonlyMap<string, number>,
): (JournalEntry & { table: string }) | null {
  const table = line.toString('latin1', TABLE_AT, Math.max(TABLE_AT, line.indexOf(QUOTE, TABLE_AT)));
  const start = lead.get(table);
  const end = line.length - 1;
  if (start !== undefined && line[end] === CLOSING && line.toString('latin1', start - PUT.length, start) === PUT) {
    return { table, json: line.subarray(start, end), location: { offset: offset + start, bytes: end - start } };
  }
  const entry: unknown = JSON.parse(line.toString('utf8'));
  if (typeof entry !== 'object' || entry === null || !('remove' in entry) || start === undefined) return null;
  return { table, remove: String(entry.remove), bytes: line.length + 1 };
}

const CLOSING = 125;
const TABLE_AT = '{"table":"'.length;
const QUOTE = 34;
const PUT = '"put":';
