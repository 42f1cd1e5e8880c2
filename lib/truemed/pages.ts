import { z } from 'zod';
import type { UnknownReason } from '@/lib/core/charge';
import { errorOf, isFromTruemed, type Reply, unknownReason } from './transport';

/** One page of a list (truemed-api.md section 1.3). Numbers that Truemed did not tell are null. */
export interface Page<T> {
  items: T[];
  /** All that there are, on every page. */
  count: number | null;
  currentPage: number | null;
  lastPage: number | null;
  pageSize: number | null;
}

/** The answer to a list: a page, that the question was refused, or why we do not know. */
export type PageAnswer<T> =
  | { kind: 'found'; value: Page<T> }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unavailable'; reason: UnknownReason; retryAfterSeconds: number | null };

/** Which page, from 1, and how many on it; Truemed takes 1 and 30 where nothing is asked. The largest size is unknown. */
export interface PageQuery {
  page?: number;
  pageSize?: number;
}

/** Everything that a list holds; `cut_off` says that it went on after the last page that was allowed. */
export type WholeList<T> = Exclude<PageAnswer<T>, { kind: 'found' }> | { kind: 'found' | 'cut_off'; value: T[] };

const Count = z.coerce.number().int().min(0).nullish().catch(null);
const Pagination = z
  .looseObject({ count: Count, current_page: Count, last_page: Count, page_size: Count })
  .nullish()
  .catch(null);

/** Reads a page: the rows under the first of `names` that there is. One row that is not as promised makes it malformed. */
export function readPage<S extends z.ZodType, T>(
  reply: Reply,
  names: readonly [string, ...string[]],
  row: S,
  shape: (value: z.infer<S>) => T,
): PageAnswer<T> {
  const unavailable = (reason: UnknownReason): PageAnswer<T> => ({
    kind: 'unavailable',
    reason,
    retryAfterSeconds: reply.kind === 'reply' ? reply.retryAfterSeconds : null,
  });
  const why = unknownReason(reply);
  if (why !== null) return unavailable(why);
  if (reply.kind === 'none') return unavailable(reply.reason);
  if (reply.status >= 400 && isFromTruemed(reply)) {
    const { error: code, message } = errorOf(reply);
    return { kind: 'refused', code, message };
  }
  const body = z.looseObject({ pagination: Pagination }).safeParse(reply.json);
  if (reply.status !== 200 || !body.success) return unavailable('malformed');
  const { pagination, ...lists } = body.data;
  const name = names.find((candidate) => lists[candidate] !== undefined) ?? names[0];
  const rows = z.array(row).safeParse(lists[name]);
  if (!rows.success) return unavailable('malformed');
  return {
    kind: 'found',
    value: {
      items: rows.data.map(shape),
      count: pagination?.count ?? null,
      currentPage: pagination?.current_page ?? null,
      lastPage: pagination?.last_page ?? null,
      pageSize: pagination?.page_size ?? null,
    },
  };
}

/**
 * Asks for page after page, at most `maxPages` of them, and answers all rows, or why one page could not be had: half a list
 * is never taken for a whole one. Where Truemed tells no last page it ends with the first page that is empty or, because
 * `page` may be ignored, the same as the one before.
 */
export async function readWholeList<T>(
  ask: (page: number) => Promise<PageAnswer<T>>,
  maxPages = 1000,
): Promise<WholeList<T>> {
  const all: T[] = [];
  let before = '';
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await ask(page);
    if (answer.kind !== 'found') return answer;
    const { items, lastPage } = answer.value;
    const now = JSON.stringify(items);
    if (items.length === 0 || now === before) return { kind: 'found', value: all };
    all.push(...items);
    if (lastPage !== null && page >= lastPage) return { kind: 'found', value: all };
    before = now;
  }
  return { kind: 'cut_off', value: all };
}
