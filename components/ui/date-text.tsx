import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import { clockTime, dayAndMonth, longDate, monthAndYear, shortDate, type YearRule } from '@/lib/core/date-words';

const FORMS = { long: longDate, day: dayAndMonth, short: shortDate } as const;

interface DateTextProps {
  date: LocalDate;
  /** The day that it is for the reader. */
  today: LocalDate;
  /** `long` "Tuesday, 3 February"; `day` "3 February"; `short` "3 Feb". */
  form?: keyof typeof FORMS;
  /** `always` for an expiry; else the year is said when it is not this one. */
  year?: YearRule;
}

/** A calendar day in words. */
export function DateText({ date, today, form = 'long', year = 'auto' }: DateTextProps) {
  return <time dateTime={date}>{together(FORMS[form](date, today, year))}</time>;
}

// The number of a day stays on the line of its month.
const together = (words: string) => words.replace(/(\d) (?=[A-Z])/, '$1\u00a0');

/** The month of a card's expiry, `YYYY-MM`: "November 2028". */
export function MonthText({ month }: { month: string }) {
  return <time dateTime={month}>{monthAndYear(month)}</time>;
}

interface TimestampProps {
  at: Date;
  now: Date;
  timeZone: string;
  /** `auto`: the time alone today, else day and time; `full`: always both, with the weekday. */
  form?: 'auto' | 'time' | 'full';
}

/** An instant in the reader's zone: "9:12 am", "3 Feb, 9:12 am", "Thursday, 22 January, 9:12 am". */
export function Timestamp({ at, now, timeZone, form = 'auto' }: TimestampProps) {
  const [day, today] = [localDateAt(at, timeZone), localDateAt(now, timeZone)];
  const time = clockTime(at, timeZone);
  const alone = form === 'time' || (form === 'auto' && day === today);
  const words = alone ? time : `${form === 'full' ? longDate(day, today) : shortDate(day, today)}, ${time}`;
  return (
    <time dateTime={at.toISOString()} className="whitespace-nowrap">
      {words}
    </time>
  );
}
