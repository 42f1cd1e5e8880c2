import { Temporal } from 'temporal-polyfill';
import { daysBetween, type LocalDate } from './calendar';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `auto` names the year only where it is not that of today; an expiry always has one. */
export type YearRule = 'auto' | 'always' | 'never';

/** `Tuesday, 3 February`; with the year where the rule asks for it. */
export function longDate(date: LocalDate, today: LocalDate, year: YearRule = 'auto'): string {
  return `${weekday(date)}, ${dayAndMonth(date, today, year)}`;
}

/** `3 February`; with the year where the rule asks for it. */
export function dayAndMonth(date: LocalDate, today: LocalDate, year: YearRule = 'auto'): string {
  return `${dayOf(date)} ${monthName(date)}${yearWords(date, today, year)}`;
}

/** `3 Feb`; with the year where the rule asks for it. */
export function shortDate(date: LocalDate, today: LocalDate, year: YearRule = 'auto'): string {
  return `${dayOf(date)} ${shortMonth(date)}${yearWords(date, today, year)}`;
}

/** `Tuesday`. */
export function weekday(date: LocalDate): string {
  return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? '';
}

/** `November 2028`, from a day or from `YYYY-MM`. */
export function monthAndYear(month: string): string {
  return `${MONTHS[monthOf(month) - 1] ?? ''} ${month.slice(0, 4)}`;
}

/** `February`. */
export function monthName(date: LocalDate): string {
  return MONTHS[monthOf(date) - 1] ?? '';
}

/** `Feb`. */
export function shortMonth(date: LocalDate): string {
  return monthName(date).slice(0, 3);
}

/** `in 12 days`, `tomorrow`, `today`, `yesterday`, `2 days ago`. */
export function daysAway(date: LocalDate, today: LocalDate): string {
  const days = daysBetween(today, date);
  const near = { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)];
  return near ?? (days > 0 ? `in ${days} days` : `${-days} days ago`);
}

/** `9:12 am` in a zone. */
export function clockTime(instant: Date, timeZone: string): string {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return `${hour % 12 === 0 ? 12 : hour % 12}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'am' : 'pm'}`;
}

/** The last day of a `YYYY-MM`: the last day on which a card that expires in that month works. */
export function lastDayOfMonth(month: string): LocalDate {
  const { daysInMonth } = Temporal.PlainYearMonth.from(month);
  return `${month}-${daysInMonth}` as LocalDate;
}

function yearWords(date: LocalDate, today: LocalDate, rule: YearRule): string {
  const named = rule === 'always' || (rule === 'auto' && date.slice(0, 4) !== today.slice(0, 4));
  return named ? ` ${date.slice(0, 4)}` : '';
}

const dayOf = (date: LocalDate) => Number(date.slice(8, 10));
const monthOf = (date: string) => Number(date.slice(5, 7));
