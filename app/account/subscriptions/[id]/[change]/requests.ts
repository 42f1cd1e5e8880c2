import { INTERVAL_UNITS, type Interval, type IntervalUnit, isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { type CancelReason, isCancelReason } from '@/lib/core/cancel-reason';
import type { ChangeKind, RequestedChange } from '@/lib/core/requested-change';
import { isInterval } from '@/lib/core/schedule-change';
import type { BeforeChange } from '@/lib/views/schedule-preview';
import { CHANGE_LINKS } from '../../../_words/change-words';

/** The query of a page. */
export type Query = Record<string, string | string[] | undefined>;

/** The change that an address is about; null for an address that is none. */
export function kindOf(slug: string): ChangeKind | null {
  const kinds = Object.keys(CHANGE_LINKS) as ChangeKind[];
  return kinds.find((kind) => CHANGE_LINKS[kind].slug === slug) ?? null;
}

/** What is asked for by an address; null where the person has yet to choose a day, an interval or a reason. */
export function requestFrom(
  kind: ChangeKind,
  query: Query,
  { nextChargeOn: shown, cancelsAtOnce }: BeforeChange,
): RequestedChange | null {
  switch (kind) {
    case 'skip':
    case 'unskip':
      return { kind, shown };
    case 'move': {
      const to = dayIn(query.to);
      return to === null
        ? null
        : { kind, shown, to, scope: query.scope === 'all_orders' ? 'all_orders' : 'this_order' };
    }
    case 'interval': {
      const interval = intervalIn(query.every);
      return interval === null ? null : { kind, shown, interval };
    }
    case 'pause': {
      // Left empty it is open-ended; a day that is none is asked for again.
      const until = dayIn(query.until);
      return until === null && query.until !== '' ? null : { kind, until };
    }
    case 'cancel':
      return reasonIn(query) === null ? null : { kind, when: cancelsAtOnce ? 'now' : 'period_end' };
    case 'resume':
    case 'undo_cancel':
    case 'reactivate':
      return { kind };
  }
}

/** The reason of a cancellation in an address; null where none is chosen yet. */
export function reasonIn({ reason }: Query): CancelReason | null {
  return typeof reason === 'string' && isCancelReason(reason) ? reason : null;
}

const INTERVALS: readonly Interval[] = [
  { unit: 'week', count: 1 },
  { unit: 'week', count: 2 },
  { unit: 'month', count: 1 },
  { unit: 'month', count: 2 },
  { unit: 'month', count: 3 },
  { unit: 'month', count: 6 },
];

const DAYS: Record<IntervalUnit, number> = { day: 1, week: 7, month: 30, year: 365 };
const daysOf = ({ unit, count }: Interval): number => count * DAYS[unit];

/** The intervals in place of another one; with `isLess` those alone at which less comes. */
export function intervalsInPlaceOf(current: Interval, isLess: boolean): Interval[] {
  const isOther = (interval: Interval) => intervalValue(interval) !== intervalValue(current);
  return INTERVALS.filter((interval) => isOther(interval) && (!isLess || daysOf(interval) > daysOf(current)));
}

/** Whether less is to come, as the offer beside a cancellation has it. */
export function isLessIn({ less }: Query): boolean {
  return less === '1';
}

/** `2-week` for every two weeks: an interval as one value of a form. */
export function intervalValue({ unit, count }: Interval): string {
  return `${count}-${unit}`;
}

function intervalIn(text: Query[string]): Interval | null {
  if (typeof text !== 'string') return null;
  const [count = '', unit = ''] = text.split('-');
  if (!/^\d{1,2}$/.test(count) || !(INTERVAL_UNITS as readonly string[]).includes(unit)) return null;
  const interval = { unit: unit as IntervalUnit, count: Number(count) };
  return isInterval(interval) ? interval : null;
}

function dayIn(text: Query[string]): LocalDate | null {
  return typeof text === 'string' && isLocalDate(text) ? text : null;
}
