import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { LineFile, Location } from './rows';

const BUFFER_BYTES = 1_048_576;
const CHUNK_BYTES = 4 * 1_048_576;
const NEW_LINE = 10;

/**
 * A file of lines that grows at its end and is read anywhere. Lines wait in memory until `flush` gives them to the
 * operating system in one write; whoever promises something to the outside flushes first.
 */
export class JournalFile implements LineFile {
  readonly #name: string;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #descriptor: number | null;
  /** How many bytes the file has, without those that wait. */
  #written = 0;
  /** How many bytes of the buffer wait. */
  #waiting = 0;
  #wasted = 0;

  private constructor(name: string, descriptor: number | null) {
    this.#name = name;
    this.#descriptor = descriptor;
  }

  /** A file as it is, for reading; none is the same as an empty one. `scan` says where writing begins. */
  static openForReading(name: string): JournalFile {
    return new JournalFile(name, existsSync(name) ? openSync(name, 'r') : null);
  }

  /** A new file in the place of any other of this name. */
  static create(name: string): JournalFile {
    return new JournalFile(name, openSync(name, 'w+'));
  }

  get name(): string {
    return this.#name;
  }

  /** All bytes, those that wait too. */
  get size(): number {
    return this.#written + this.#waiting;
  }

  /** The bytes of lines that later ones have made void. */
  get wasted(): number {
    return this.#wasted;
  }

  waste(bytes: number): void {
    this.#wasted += bytes;
  }

  /**
   * Goes through the whole lines in order, a few megabytes in memory at a time. A last line without an end, which a
   * killed process has left, is passed over.
   */
  scan(visit: (line: Buffer, offset: number) => void): void {
    if (this.#descriptor === null) return;
    let rest = Buffer.alloc(0);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let offset = 0; ; ) {
      const count = readSync(this.#descriptor, chunk, 0, CHUNK_BYTES, offset + rest.length);
      if (count === 0) break;
      const bytes = rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      let start = 0;
      for (let end = bytes.indexOf(NEW_LINE); end !== -1; end = bytes.indexOf(NEW_LINE, start)) {
        visit(bytes.subarray(start, end), offset + start);
        start = end + 1;
      }
      rest = Buffer.from(bytes.subarray(start));
      offset += start;
      this.#written = offset;
    }
  }

  /** Begins to write after the last whole line that `scan` has seen. */
  openForWriting(): void {
    mkdirSync(path.dirname(this.#name), { recursive: true });
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#name, existsSync(this.#name) ? 'r+' : 'w+');
    ftruncateSync(this.#descriptor, this.#written);
  }

  /** Adds text that ends in a line's end. */
  append(text: string): Location {
    // In UTF-8 a unit of UTF-16 has at most three bytes.
    if (text.length * 3 > BUFFER_BYTES - this.#waiting && this.#mustFlushFor(Buffer.byteLength(text))) {
      return this.appendBytes([Buffer.from(text)]);
    }
    const offset = this.size;
    const bytes = this.#buffer.write(text, this.#waiting, 'utf8');
    this.#waiting += bytes;
    return { offset, bytes };
  }

  /** Adds bytes that end in a line's end. */
  appendBytes(parts: readonly Buffer[]): Location {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const isTooLong = this.#mustFlushFor(bytes);
    const offset = this.size;
    for (const part of parts) {
      if (isTooLong) {
        this.#writeOut(part);
      } else {
        part.copy(this.#buffer, this.#waiting);
        this.#waiting += part.length;
      }
    }
    return { offset, bytes };
  }

  read({ offset, bytes }: Location): Buffer {
    if (offset + bytes > this.#written) this.flush();
    const target = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes; ) {
      const count = readSync(this.#open(), target, done, bytes - done, offset + done);
      if (count === 0) throw new Error(`${this.#name} ends before byte ${offset + bytes}.`);
      done += count;
    }
    return target;
  }

  /** Gives everything that waits to the operating system. Throws where it takes less, and then keeps it for the next try. */
  flush(): void {
    if (this.#waiting === 0) return;
    const waiting = this.#waiting;
    this.#writeAt(this.#buffer.subarray(0, waiting));
    this.#waiting = 0;
    this.#written += waiting;
  }

  /** Makes sure that it is on the disk, and that this is its name. */
  replace(name: string): void {
    this.flush();
    fsyncSync(this.#open());
    renameSync(this.#name, name);
  }

  truncate(): void {
    ftruncateSync(this.#open(), 0);
    this.#written = 0;
    this.#waiting = 0;
    this.#wasted = 0;
  }

  /** Writes what waits, if it was opened for writing, and closes. */
  close(): void {
    if (this.#descriptor === null) return;
    this.flush();
    closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Makes room for a line; true where even an empty buffer has none. */
  #mustFlushFor(bytes: number): boolean {
    if (bytes > BUFFER_BYTES - this.#waiting) this.flush();
    return bytes > BUFFER_BYTES;
  }

  #writeOut(bytes: Buffer): void {
    this.#writeAt(bytes);
    this.#written += bytes.length;
  }

  // Always at the same place: a write that failed half-way is written over by the next.
  #writeAt(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#open(), bytes, done, bytes.length - done, this.#written + done);
    }
  }

  #open(): number {
    if (this.#descriptor === null) throw new Error(`${this.#name} is not open.`);
    return this.#descriptor;
  }
}
