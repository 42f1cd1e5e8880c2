/** Where a page of a list ends: the next one begins after it. Rows are ordered by instant and id, the latest first. */
export interface PageCursor {
  at: Date;
  id: string;
}

/** How many rows a page of a staff list has. */
export const PAGE_SIZE = 50;

/** Reads `?after=` of an address; null where it is absent or not one that `formatCursor` made. */
export function parseCursor(text: string | undefined): PageCursor | null {
  const [ms, id, ...rest] = (text ?? '').split('~');
  if (id === undefined || rest.length > 0 || !/^\d{1,14}$/.test(ms ?? '') || !/^[a-z]{3}_[0-9a-z]+$/.test(id))
    return null;
  return { at: new Date(Number(ms)), id };
}

/** A cursor as text for an address. */
export function formatCursor({ at, id }: PageCursor): string {
  return `${at.getTime()}~${id}`;
}

/** One page of rows that were read with one more than `PAGE_SIZE`, and the cursor of the next; null on the last page. */
export function cutPage<Row>(
  rows: readonly Row[],
  cursorOf: (row: Row) => string,
): { rows: Row[]; next: string | null } {
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { rows: page, next: rows.length > PAGE_SIZE && last !== undefined ? cursorOf(last) : null };
}
