import { localDate, type Schedule } from './calendar';
import { weekday } from './date-words';

/** `Every month`, `Every 2 months`. */
export function everyInterval({ unit, count }: Schedule['interval']): string {
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}

/** `every month, on the 3rd`, `every 2 weeks, on Tuesdays`, `every day`, for the middle of a sentence. */
export function intervalWithDay({ anchor, interval }: Schedule): string {
  const every = everyInterval(interval).toLowerCase();
  if (interval.unit === 'month') return `${every}, on the ${ordinal(Number(anchor.slice(8, 10)))}`;
  if (interval.unit === 'week') return `${every}, on ${weekday(localDate(anchor))}s`;
  return every;
}

/** `3 items`, `1 item`. */
export function pieces(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

function ordinal(day: number): string {
  const suffix = day % 100 >= 11 && day % 100 <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th');
  return `${day}${suffix}`;
}
