import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { everyInterval, intervalWithDay, pieces } from './interval-words';

describe('how often', () => {
  it.each([
    [{ unit: 'month', count: 1 }, '2026-02-03', 'every month, on the 3rd'],
    [{ unit: 'month', count: 3 }, '2026-01-31', 'every 3 months, on the 31st'],
    [{ unit: 'month', count: 1 }, '2026-01-12', 'every month, on the 12th'],
    [{ unit: 'month', count: 1 }, '2026-01-22', 'every month, on the 22nd'],
    [{ unit: 'week', count: 2 }, '2026-02-03', 'every 2 weeks, on Tuesdays'],
    [{ unit: 'day', count: 45 }, '2026-02-03', 'every 45 days'],
    [{ unit: 'year', count: 1 }, '2026-02-03', 'every year'],
  ] as const)('%o from %s is said as it is', (interval, anchor, words) => {
    expect(intervalWithDay({ anchor: localDate(anchor), interval })).toBe(words);
  });

  it('begins a line with a capital', () => {
    expect(everyInterval({ unit: 'month', count: 1 })).toBe('Every month');
    expect(everyInterval({ unit: 'month', count: 2 })).toBe('Every 2 months');
  });

  it('counts pieces', () => {
    expect([pieces(1), pieces(3)]).toEqual(['1 item', '3 items']);
  });
});
