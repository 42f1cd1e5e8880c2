import { z } from 'zod';

const DEFAULT_PAGE_SIZE = 30;

const Count = z.coerce.number().int().min(1, 'must be a whole number of at least 1');

/** The two parameters of every list (section 1.3). The largest size is not documented, so there is none. */
export const PageFields = { page: Count.default(1), page_size: Count.default(DEFAULT_PAGE_SIZE) };

/** One page of records, and where it stands (section 1.3). */
export interface PageOf<T> {
  rows: T[];
  pagination: { count: number; current_page: number; last_page: number; page_size: number };
}

/** Cuts a page out of records that come one by one, in their order. */
export function pageOf<T>(records: Iterable<T>, { page, page_size }: { page: number; page_size: number }): PageOf<T> {
  const rows: T[] = [];
  let count = 0;
  for (const record of records) {
    if (count >= (page - 1) * page_size && count < page * page_size) rows.push(record);
    count += 1;
  }
  return {
    rows,
    pagination: { count, current_page: page, last_page: Math.max(1, Math.ceil(count / page_size)), page_size },
  };
}

/** Those that fit, one by one. */
export function* only<T>(records: Iterable<T>, fits: (record: T) => boolean): Generator<T> {
  for (const record of records) if (fits(record)) yield record;
}
