/** Where a table keeps its records, each in a row that stays its own. */
export interface Rows<T> {
  /** The record of a row; undefined for one that was erased or never written. */
  read(row: number): T | undefined;
  write(row: number, record: T): void;
  /** Empties a row; `key` is that of its record. */
  erase(row: number, key: string): void;
  clear(): void;
}

/** Where a record stands in the journal's file: the bytes of its JSON alone, without the line around it. */
export interface Location {
  offset: number;
  bytes: number;
}

/** Where lines are added and read again. */
export interface LineFile {
  append(line: string): Location;
  appendBytes(parts: readonly Buffer[]): Location;
  read(location: Location): Buffer;
  /** Notes that so many bytes were made void. */
  waste(bytes: number): void;
}

/** Rows that last as long as the process. */
export class MemoryRows<T> implements Rows<T> {
  #records: (T | undefined)[] = [];

  read(row: number): T | undefined {
    return this.#records[row];
  }

  write(row: number, record: T): void {
    this.#records[row] = record;
  }

  erase(row: number): void {
    this.#records[row] = undefined;
  }

  clear(): void {
    this.#records = [];
  }
}

const ERASED = -1;
const FIRST_CAPACITY = 1024;

/**
 * Rows that stand in the journal's file: memory holds where each one is, 12 bytes, and the records that were used last.
 * A million sessions with all that belongs to them thus fit into a process of ordinary size.
 */
export class FileRows<T> implements Rows<T> {
  readonly #file: LineFile;
  readonly #before: string;
  readonly #table: string;
  readonly #recent: number;
  #offsets = new Float64Array(FIRST_CAPACITY).fill(ERASED);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  // The record of a row is remembered at the row's number modulo the size; beside it stands whose it is.
  #recentRecords: (T | undefined)[];
  #recentRows: Int32Array;

  constructor(file: LineFile, table: string, recent: number) {
    this.#file = file;
    this.#table = table;
    this.#before = `{"table":${JSON.stringify(table)},"put":`;
    this.#recent = recent;
    this.#recentRecords = new Array<T | undefined>(recent);
    this.#recentRows = new Int32Array(recent).fill(ERASED);
  }

  /** How many bytes stand before the record in its line. */
  get lead(): number {
    return this.#before.length;
  }

  read(row: number): T | undefined {
    const place = row % this.#recent;
    if (this.#recentRows[place] === row) return this.#recentRecords[place];
    const location = this.#locationOf(row);
    if (location === null) return undefined;
    // The file was written by `write`, so what stands there has the table's type.
    const record = JSON.parse(this.#file.read(location).toString('utf8')) as T;
    this.#remember(row, record);
    return record;
  }

  write(row: number, record: T): void {
    const json = JSON.stringify(record);
    const line = this.#file.append(`${this.#before}${json}}\n`);
    this.#drop(row);
    this.#place(row, { offset: line.offset + this.#before.length, bytes: line.bytes - this.#before.length - 2 });
    this.#remember(row, record);
  }

  erase(row: number, key: string): void {
    const line = this.#file.append(`${JSON.stringify({ table: this.#table, remove: key })}\n`);
    this.#file.waste(line.bytes);
    this.#forget(row);
  }

  /** Takes in a row that stands in the file already, and its record where that was read. */
  adopt(row: number, record: T | undefined, location: Location): void {
    this.#forget(row);
    this.#place(row, location);
    if (record !== undefined) this.#remember(row, record);
  }

  /** Takes in that a row was erased, from a line of so many bytes. */
  adoptErasure(row: number, bytes: number): void {
    this.#file.waste(bytes);
    this.#forget(row);
  }

  clear(): void {
    this.#offsets = new Float64Array(FIRST_CAPACITY).fill(ERASED);
    this.#lengths = new Uint32Array(FIRST_CAPACITY);
    this.#count = 0;
    this.#recentRecords = new Array<T | undefined>(this.#recent);
    this.#recentRows.fill(ERASED);
  }

  /** Writes every row into another file, in order, and remembers where each one stands there. */
  moveTo(target: LineFile): void {
    const before = Buffer.from(this.#before);
    for (let row = 0; row < this.#count; row += 1) {
      const location = this.#locationOf(row);
      if (location === null) continue;
      const line = target.appendBytes([before, this.#file.read(location), LINE_END]);
      this.#place(row, { offset: line.offset + before.length, bytes: location.bytes });
    }
  }

  #locationOf(row: number): Location | null {
    const offset = row < this.#count ? (this.#offsets[row] ?? ERASED) : ERASED;
    return offset === ERASED ? null : { offset, bytes: this.#lengths[row] ?? 0 };
  }

  #place(row: number, location: Location): void {
    if (row >= this.#offsets.length) this.#grow(row);
    this.#offsets[row] = location.offset;
    this.#lengths[row] = location.bytes;
    this.#count = Math.max(this.#count, row + 1);
  }

  #grow(row: number): void {
    const capacity = Math.max(row + 1, this.#offsets.length * 2);
    const offsets = new Float64Array(capacity).fill(ERASED, this.#offsets.length);
    offsets.set(this.#offsets);
    const lengths = new Uint32Array(capacity);
    lengths.set(this.#lengths);
    this.#offsets = offsets;
    this.#lengths = lengths;
  }

  #remember(row: number, record: T): void {
    this.#recentRecords[row % this.#recent] = record;
    this.#recentRows[row % this.#recent] = row;
  }

  #forget(row: number): void {
    this.#drop(row);
    if (row < this.#count) this.#offsets[row] = ERASED;
    if (this.#recentRows[row % this.#recent] !== row) return;
    this.#recentRows[row % this.#recent] = ERASED;
    this.#recentRecords[row % this.#recent] = undefined;
  }

  /** Counts the line that a row has had so far as waste. */
  #drop(row: number): void {
    const location = this.#locationOf(row);
    if (location !== null) this.#file.waste(this.#before.length + location.bytes + 2);
  }
}

const LINE_END = Buffer.from('}\n');
