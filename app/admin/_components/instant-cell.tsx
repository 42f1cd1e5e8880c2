import { Cell } from '@/components/ui/data-table';
import { localDateAt } from '@/lib/core/calendar';
import { clockTime, shortDate } from '@/lib/core/date-words';
import type { Reader } from '../_words/tasks';

/** An instant at the right of a row: the day over the time. */
export function InstantCell({ at, reader }: { at: Date; reader: Reader }) {
  const [day, today] = [localDateAt(at, reader.timeZone), localDateAt(reader.now, reader.timeZone)];
  return (
    <Cell align="right" detail={clockTime(at, reader.timeZone)}>
      <time dateTime={at.toISOString()} className="font-normal">
        {day === today ? 'Today' : shortDate(day, today)}
      </time>
    </Cell>
  );
}
