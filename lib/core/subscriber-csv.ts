import { pipeline } from 'node:stream/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { type GatheredSubscriptions, gatherSubscriptions, type NumberedRow } from './subscriber-gather';
import type { RefusedRow } from './subscriber-refusal';
import {
  type Cells,
  COLUMNS,
  type Column,
  MAX_LENGTH,
  plainText,
  REQUIRED_COLUMNS,
  readSubscriberRow,
} from './subscriber-row';

/** Why a file as a whole cannot be read. */
export type FileProblem =
  | { reason: 'not_utf8' }
  | { reason: 'empty' }
  | { reason: 'header_incomplete'; missing: readonly Column[] }
  | { reason: 'column_twice'; column: Column }
  | { reason: 'quote_not_closed' }
  | { reason: 'record_too_long'; line: number };

export type SubscriberFile = ({ kind: 'read' } & GatheredSubscriptions) | { kind: 'unreadable'; problem: FileProblem };

/** The longest record that is a row and not the rest of a file behind a quote that was never closed, in bytes. */
const MAX_RECORD_BYTES = 1_000_000;

/**
 * Reads a file of existing subscribers (contract.md, "The CSV of existing subscribers"). Any bytes give a file: what cannot
 * be read is `unreadable` as a whole, and each record is taken or refused with the line that it begins on, the header being
 * line 1. Records of which every cell is empty are blank lines. The bytes are streamed; what is kept is what was taken.
 */
export async function readSubscribers(bytes: AsyncIterable<Uint8Array>): Promise<SubscriberFile> {
  const reader = new RecordReader();
  try {
    await pipeline(unixText(bytes), openParser(), async (records: AsyncIterable<{ record: string[]; info: Info }>) => {
      for await (const { record, info } of records) reader.take(record, info.lines - lineBreaksIn(record));
    });
  } catch (error) {
    return { kind: 'unreadable', problem: problemOf(error) };
  }
  return reader.finish();
}

/** What a person is told of a file that cannot be read. */
export function describeProblem(problem: FileProblem): string {
  switch (problem.reason) {
    case 'not_utf8':
      return 'It is not UTF-8 text. Save it as "CSV UTF-8" and try again.';
    case 'empty':
      return 'It is empty: the first line must name the columns.';
    case 'header_incomplete':
      return `Its first line lacks ${problem.missing.join(', ')}. The columns are separated by commas.`;
    case 'column_twice':
      return `Its first line names ${problem.column} twice.`;
    case 'quote_not_closed':
      return 'A value that begins with a quotation mark (") never ends: the mark that closes it is missing.';
    case 'record_too_long':
      return `The row that ends on line ${problem.line} or after it is too long: a closing quotation mark (") is probably missing.`;
  }
}

class UnreadableFile extends Error {
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem.reason);
    this.problem = problem;
  }
}

function problemOf(error: unknown): FileProblem {
  if (error instanceof UnreadableFile) return error.problem;
  if (error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED') return { reason: 'quote_not_closed' };
  if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') {
    return { reason: 'record_too_long', line: Number(error.lines) };
  }
  throw error;
}

/**
 * The parser is lenient with quotation marks inside a value (`5" roller`) and with the number of cells, so that one odd row
 * is judged alone.
 */
function openParser() {
  return parse({
    info: true,
    ltrim: true,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
}

/** Decodes strictly and makes every line end a line feed, so that files with mixed ends have one count of lines. */
async function* unixText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  const decode = (chunk?: Uint8Array): string => {
    try {
      return pending + (chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true }));
    } catch (error) {
      if (error instanceof TypeError) throw new UnreadableFile({ reason: 'not_utf8' });
      throw error;
    }
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    // The line feed of a CR LF may come with the next chunk.
    pending = text.endsWith('\r') ? '\r' : '';
    yield unixLines(text.slice(0, text.length - pending.length));
  }
  yield unixLines(decode());
}

function unixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function lineBreaksIn(record: readonly string[]): number {
  return record.reduce((count, value) => count + value.split('\n').length - 1, 0);
}

/** Takes the records of one file in order, the header first. */
class RecordReader {
  private header: { positions: Map<Column, number>; width: number } | null = null;
  private readonly rows: NumberedRow[] = [];
  private readonly refused: RefusedRow[] = [];

  take(record: readonly string[], line: number): void {
    if (record.every((value) => plainText(value) === '')) return;
    if (this.header === null) {
      this.header = { positions: positionsOf(record), width: record.length };
      return;
    }
    const cells = cellsOf(record, this.header.positions);
    const result =
      record.length < this.header.width
        ? ({ ok: false, reason: 'columns_missing' } as const)
        : readSubscriberRow(cells);
    if (result.ok) this.rows.push({ ...result.row, line });
    else this.refused.push({ line, subscriptionId: idInReport(cells), reason: result.reason });
  }

  finish(): SubscriberFile {
    if (this.header === null) return { kind: 'unreadable', problem: { reason: 'empty' } };
    return { kind: 'read', ...gatherSubscriptions(this.rows, this.refused) };
  }
}

function positionsOf(header: readonly string[]): Map<Column, number> {
  const names = header.map((name) => plainText(name).toLowerCase());
  const positions = new Map<Column, number>();
  for (const column of COLUMNS) {
    const position = names.indexOf(column);
    if (position !== names.lastIndexOf(column)) throw new UnreadableFile({ reason: 'column_twice', column });
    if (position !== -1) positions.set(column, position);
  }
  const missing = REQUIRED_COLUMNS.filter((column) => !positions.has(column));
  if (missing.length > 0) throw new UnreadableFile({ reason: 'header_incomplete', missing });
  return positions;
}

function cellsOf(record: readonly string[], positions: ReadonlyMap<Column, number>): Cells {
  const entries = COLUMNS.map((column) => [column, record[positions.get(column) ?? -1] ?? ''] as const);
  // Object.fromEntries forgets the keys; COLUMNS holds each of them once.
  return Object.fromEntries(entries) as Cells;
}

// A report names the row by its id even where the id is what is wrong with it.
function idInReport(cells: Cells): string {
  return plainText(cells.subscription_id).slice(0, MAX_LENGTH);
}
