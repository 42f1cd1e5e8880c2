import { z } from 'zod';
import type { Table } from '../table';

const DEFAULT_PAGE_SIZE = 30;

const Count = z.coerce.number().int().min(1, 'must be a whole number of at least 1');

/** The two parameters of every list (section 1.3). The largest size is not documented, so there is none. */
export const PageFields = { page: Count.default(1), page_size: Count.default(DEFAULT_PAGE_SIZE) };

/** A parameter that is on or off; Truemed's text writes `True`. */
export const Flag = z
  .string()
  .regex(/^(true|false|1|0)$/i, 'must be true or false')
  .transform((word) => /^(true|1)$/i.test(word));

/** One page of records, and where it stands (section 1.3). */
export interface PageOf<T> {
  rows: T[];
  pagination: { count: number; current_page: number; last_page: number; page_size: number };
}

/** A page of a table, newest first: of those that fit, or of all without reading the others. */
export function pageOf<T>(
  table: Pick<Table<T>, 'size' | 'newest' | 'newestFirst'>,
  { page, page_size }: { page: number; page_size: number },
  fits: ((record: T) => boolean) | null,
): PageOf<T> {
  const skipped = (page - 1) * page_size;
  if (fits === null)
    return { rows: table.newest(page_size, skipped), pagination: paginationOf(table.size, { page, page_size }) };
  const rows: T[] = [];
  let count = 0;
  for (const record of table.newestFirst()) {
    if (!fits(record)) continue;
    if (count >= skipped && rows.length < page_size) rows.push(record);
    count += 1;
  }
  return { rows, pagination: paginationOf(count, { page, page_size }) };
}

/** A page of what is listed whole. */
export function pageOfList<T>(list: readonly T[], query: { page: number; page_size: number }): PageOf<T> {
  const { page, page_size } = query;
  return { rows: list.slice((page - 1) * page_size, page * page_size), pagination: paginationOf(list.length, query) };
}

function paginationOf(
  count: number,
  { page, page_size }: { page: number; page_size: number },
): PageOf<unknown>['pagination'] {
  return { count, current_page: page, last_page: Math.max(1, Math.ceil(count / page_size)), page_size };
}
