import type { World } from '../world';
import { ControlError } from './inputs';

/** How many records one request looks at: a filter that fits few of a million answers in several pages. */
const MOST_READ = 20_000;
const DEFAULT_LIMIT = 100;
const MOST_ROWS = 1000;

/** One page of a table. */
export interface TablePage {
  table: string;
  /** How many records the whole table has. */
  total: number;
  rows: unknown[];
  /** What `after` must be for the next page, which may be there even where this one has few rows; null at the end. */
  next: string | null;
}

/** How many records each table has. */
export function viewTables({ store }: World): Record<string, number> {
  return Object.fromEntries(Object.entries(store.tables).map(([name, table]) => [name, table.size]));
}

/**
 * A page of a table, newest first, or oldest first with `order=oldest`. `after` and `limit` page through it by key. Any
 * other parameter is a filter: `field=value`, `field.contains=text`, `field.from=` and `field.until=` (half-open; for
 * instants), where `field` may be a path such as `request.body`.
 */
export function viewTable({ store }: World, name: string, query: URLSearchParams): TablePage {
  const table = Object.hasOwn(store.tables, name) ? store.tables[name] : undefined;
  if (table === undefined) throw new ControlError(`There is no table ${name}.`, 404);
  const { limit, after, order, filters } = readQuery(query);
  if (after !== undefined && table.get(after) === undefined) throw new ControlError(`after: there is no ${after}.`);
  const records = order === 'oldest' ? table.oldestFirst(after) : table.newestFirst(after);
  const rows: unknown[] = [];
  let read = 0;
  for (const record of records) {
    if (read === 0) refuseUnknownFields(record, filters);
    read += 1;
    if (filters.every((filter) => filter.fits(valueAt(record, filter.path)))) rows.push(record);
    if (rows.length === limit || read === MOST_READ)
      return { table: name, total: table.size, rows, next: table.keyOf(record) };
  }
  return { table: name, total: table.size, rows, next: null };
}

interface Filter {
  path: string[];
  fits: (value: unknown) => boolean;
}

function readQuery(query: URLSearchParams): { limit: number; after?: string; order: string; filters: Filter[] } {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    throw new ControlError(`limit: must be a whole number from 1 to ${MOST_ROWS}.`);
  }
  const order = query.get('order') ?? 'newest';
  if (order !== 'newest' && order !== 'oldest') throw new ControlError('order: must be newest or oldest.');
  const after = query.get('after');
  const filters = [...query].filter(([name]) => !['limit', 'after', 'order'].includes(name)).map(readFilter);
  return { limit, order, filters, ...(after === null ? {} : { after }) };
}

function readFilter([name, text]: [string, string]): Filter {
  const path = name.split('.');
  const operator = path.at(-1);
  const wanted = text.toLowerCase();
  switch (operator) {
    case 'contains':
      return { path: path.slice(0, -1), fits: (value) => textOf(value).toLowerCase().includes(wanted) };
    case 'from':
      return { path: path.slice(0, -1), fits: (value) => value != null && textOf(value) >= text };
    case 'until':
      return { path: path.slice(0, -1), fits: (value) => value != null && textOf(value) < text };
    default:
      return { path, fits: (value) => textOf(value) === text };
  }
}

/** A typing error in a filter must not look like an empty table. */
function refuseUnknownFields(record: unknown, filters: readonly Filter[]): void {
  if (typeof record !== 'object' || record === null) return;
  const unknown = filters.map(({ path }) => path[0] ?? '').find((field) => !Object.hasOwn(record, field));
  if (unknown !== undefined) {
    throw new ControlError(`There is no field ${unknown}; there are ${Object.keys(record).join(', ')}.`);
  }
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined,
    record,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
