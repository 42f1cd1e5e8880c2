import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';

/** One change of the state: a record written to a table, or taken out of it. */
export type JournalEntry = { table: string; put: unknown } | { table: string; remove: string };

/** Where changes are written down, in order. */
export interface Journal {
  append(entry: JournalEntry): void;
  /** Forgets everything that was written. */
  truncate(): void;
  close(): void;
}

/** A journal that keeps nothing. */
export const MEMORY_JOURNAL: Journal = { append() {}, truncate() {}, close() {} };

/** What a journal file holds, and how many of its bytes are whole lines. */
export interface JournalContents {
  file: string;
  entries: JournalEntry[];
  wholeBytes: number;
}

/**
 * Reads the journal of a data folder without changing it; none is the same as an empty one. A last line that a killed
 * process left unfinished is not an entry. Throws where an earlier line cannot be read.
 */
export function readJournal(folder: string): JournalContents {
  const file = path.join(folder, 'journal.jsonl');
  if (!existsSync(file)) return { file, entries: [], wholeBytes: 0 };
  const bytes = readFileSync(file);
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const entries = lines.map((line, index) => {
    try {
      return JSON.parse(line) as JournalEntry;
    } catch (cause) {
      throw new Error(
        `${file}, line ${index + 1} is not JSON. Remove the file to begin anew, or set SANDBOX_DATA=memory.`,
        {
          cause,
        },
      );
    }
  });
  return { file, entries, wholeBytes };
}

/** Opens a journal for writing after its last whole line. Every entry reaches the operating system before `append` returns. */
export function openJournal({ file, wholeBytes }: JournalContents): Journal {
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, existsSync(file) ? 'r+' : 'w+');
  ftruncateSync(descriptor, wholeBytes);
  let position = wholeBytes;
  return {
    append(entry) {
      position += writeSync(descriptor, `${JSON.stringify(entry)}\n`, position, 'utf8');
    },
    truncate() {
      ftruncateSync(descriptor, 0);
      position = 0;
    },
    close() {
      closeSync(descriptor);
    },
  };
}
