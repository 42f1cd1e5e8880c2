import { expect, test } from 'vitest';
import { type LocalDate, localDate } from './calendar';
import { clockTime, dayAndMonth, daysAway, lastDayOfMonth, longDate, monthAndYear, shortDate } from './date-words';

const today = localDate('2026-01-22');

test.each<[string, LocalDate, string, string, string]>([
  ['this year', localDate('2026-02-03'), 'Tuesday, 3 February', '3 February', '3 Feb'],
  ['another year', localDate('2025-12-19'), 'Friday, 19 December 2025', '19 December 2025', '19 Dec 2025'],
])('a day of %s names the year only where it is not this one', (_, date, long, plain, short) => {
  expect([longDate(date, today), dayAndMonth(date, today), shortDate(date, today)]).toEqual([long, plain, short]);
});

test('an expiry always names its year, a column never', () => {
  expect(longDate(localDate('2026-09-14'), today, 'always')).toBe('Monday, 14 September 2026');
  expect(shortDate(localDate('2025-12-19'), today, 'never')).toBe('19 Dec');
});

test('a Sunday is a Sunday', () => {
  expect(longDate(localDate('2026-03-01'), today)).toBe('Sunday, 1 March');
});

test('a card expires in a month', () => {
  expect(monthAndYear('2028-11')).toBe('November 2028');
});

test.each([
  ['2028-02', '2028-02-29'],
  ['2026-11', '2026-11-30'],
])('a card of %s works until %s', (month, last) => {
  expect(lastDayOfMonth(month)).toBe(last);
});

test.each([
  ['2026-02-03', 'in 12 days'],
  ['2026-01-23', 'tomorrow'],
  ['2026-01-22', 'today'],
  ['2026-01-21', 'yesterday'],
  ['2026-01-20', '2 days ago'],
])('%s is %s', (date, words) => {
  expect(daysAway(localDate(date), today)).toBe(words);
});

test.each([
  ['2026-01-22T14:12:00Z', '9:12 am'],
  ['2026-01-22T05:00:00Z', '12:00 am'],
  ['2026-01-22T17:05:00Z', '12:05 pm'],
  ['2026-07-22T23:48:00Z', '7:48 pm'],
])('%s is %s in New York', (instant, words) => {
  expect(clockTime(new Date(instant), 'America/New_York')).toBe(words);
});
