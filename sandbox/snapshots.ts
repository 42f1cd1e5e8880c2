import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { JournalFile } from './journal-file';
import type { Store } from './store';

/** What is known of a snapshot without reading it. */
export interface SnapshotView {
  name: string;
  /** The time of the sandbox when it was made. */
  at: string;
  records: number;
}

/** What a snapshot's name may be: it becomes the name of a file. */
export const SnapshotName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be lower-case letters, digits, - and _, 64 at most');

const Header = z.object({ snapshot: z.literal(1), at: z.iso.datetime(), records: z.number().int() });
const Row = z.object({ table: z.string(), record: z.looseObject({}) });

/** A snapshot whose file is broken. */
export class UnreadableSnapshot extends Error {
  override readonly name = 'UnreadableSnapshot';
}

/** Lines of a snapshot, wherever they are kept: the header, then one line for each record. */
interface Lines {
  each(visit: (line: string) => void): void;
}

/**
 * The whole state under a name: every record of every table, and the time. In a data folder snapshots are files of their
 * own, which a reset leaves alone; without one they last as long as the process.
 */
export class Snapshots {
  readonly #folder: string | null;
  readonly #inMemory = new Map<string, string[]>();

  constructor(data: string) {
    this.#folder = data === 'memory' ? null : path.join(data, 'snapshots');
  }

  /** Those that can be read, by name. */
  list(): SnapshotView[] {
    return this.#names().flatMap((name) => {
      try {
        const header = this.#header(name);
        return header === null ? [] : [{ name, at: header.at, records: header.records }];
      } catch (error) {
        if (error instanceof UnreadableSnapshot) return [];
        throw error;
      }
    });
  }

  /** Writes everything down, in the place of an earlier snapshot of this name. */
  save(name: string, store: Store, at: string): SnapshotView {
    const records = Object.values(store.tables).reduce((sum, table) => sum + table.size, 0);
    const header = JSON.stringify({ snapshot: 1, at, records });
    if (this.#folder === null) {
      this.#inMemory.set(name, [header, ...linesOf(store)]);
    } else {
      mkdirSync(this.#folder, { recursive: true });
      const file = JournalFile.create(`${this.#file(name)}.new`);
      file.append(`${header}\n`);
      for (const line of linesOf(store)) file.append(`${line}\n`);
      file.replace(this.#file(name));
      file.close();
    }
    return { name, at, records };
  }

  /**
   * Puts a snapshot in the place of everything that the store holds, and returns its time; null where there is none of
   * this name. Throws `UnreadableSnapshot`, with nothing changed, where it cannot be read.
   */
  restore(name: string, store: Store): Date | null {
    const header = this.#header(name);
    if (header === null) return null;
    const lines = this.#open(name);
    try {
      // Read once before anything is thrown away.
      eachRow(lines, () => {});
    } catch (cause) {
      throw new UnreadableSnapshot(`The snapshot ${name} cannot be read.`, { cause });
    }
    store.clear();
    eachRow(lines, ({ table, record }) => {
      if (Object.hasOwn(store.tables, table)) store.tables[table]?.restore(record);
    });
    return new Date(header.at);
  }

  /** False where there is none of this name. */
  remove(name: string): boolean {
    if (this.#folder === null) return this.#inMemory.delete(name);
    if (!existsSync(this.#file(name))) return false;
    rmSync(this.#file(name));
    return true;
  }

  #names(): string[] {
    if (this.#folder === null) return [...this.#inMemory.keys()].sort();
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => path.basename(file, '.jsonl'))
      .sort();
  }

  #header(name: string): z.infer<typeof Header> | null {
    if (this.#folder === null ? !this.#inMemory.has(name) : !existsSync(this.#file(name))) return null;
    try {
      return Header.parse(JSON.parse(this.#firstLine(name)));
    } catch (cause) {
      throw new UnreadableSnapshot(`The snapshot ${name} cannot be read.`, { cause });
    }
  }

  #firstLine(name: string): string {
    if (this.#folder === null) return this.#inMemory.get(name)?.[0] ?? '';
    const file = JournalFile.openForReading(this.#file(name));
    // Long enough for a header, however many records there are.
    const bytes = file.read({ offset: 0, bytes: Math.min(256, statSync(this.#file(name)).size) });
    file.close();
    return bytes.toString('utf8').split('\n')[0] ?? '';
  }

  #open(name: string): Lines {
    const inMemory = this.#inMemory.get(name) ?? [];
    const file = this.#folder === null ? null : this.#file(name);
    return file === null ? { each: (visit) => inMemory.forEach((line) => void visit(line)) } : linesOfFile(file);
  }

  #file(name: string): string {
    return path.join(this.#folder ?? '', `${name}.jsonl`);
  }
}

function linesOfFile(name: string): Lines {
  return {
    each(visit) {
      const file = JournalFile.openForReading(name);
      try {
        file.scan((line) => visit(line.toString('utf8')));
      } finally {
        file.close();
      }
    },
  };
}

function* linesOf(store: Store): Generator<string> {
  for (const [table, rows] of Object.entries(store.tables)) {
    for (const record of rows.oldestFirst()) yield JSON.stringify({ table, record });
  }
}

function eachRow(lines: Lines, visit: (row: z.infer<typeof Row>) => void): void {
  let isHeader = true;
  lines.each((line) => {
    if (!isHeader) visit(Row.parse(JSON.parse(line)));
    isHeader = false;
  });
}
