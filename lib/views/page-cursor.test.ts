import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/id';
import { cutPage, formatCursor, PAGE_SIZE, parseCursor } from './page-cursor';

describe('a cursor', () => {
  it('is read back as it was made', () => {
    const cursor = { at: new Date('2027-01-12T14:00:00.123Z'), id: newId('webhook') };
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it.each([undefined, '', '~', '1', '1~x', 'x~whk_1', '1~whk_1~2', "1~whk_' or 1=1", '123456789012345~whk_1'])(
    'is not made of %s',
    (text) => {
      expect(parseCursor(text)).toBeNull();
    },
  );
});

describe('a page', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => index);

  it('has a next one only where a row more was read', () => {
    expect(cutPage(rows(PAGE_SIZE), String)).toEqual({ rows: rows(PAGE_SIZE), next: null });
    expect(cutPage(rows(PAGE_SIZE + 1), String)).toEqual({ rows: rows(PAGE_SIZE), next: String(PAGE_SIZE - 1) });
    expect(cutPage([], String)).toEqual({ rows: [], next: null });
  });
});
