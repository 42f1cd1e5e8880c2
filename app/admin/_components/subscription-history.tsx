import type { ReactNode } from 'react';
import { initials } from '@/components/staff-shell';
import { QuietLink } from '@/components/ui/page-heading';
import { Timeline, type TimelineEvent } from '@/components/ui/timeline';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import { clockTime, dayAndMonth, longDate } from '@/lib/core/date-words';
import { isId } from '@/lib/core/id';
import type { TimelineEntry, TimelinePage } from '@/lib/views/admin-timeline';
import { addressOf } from '../_page/query';
import type { Reader } from '../_words/tasks';
import { eventWords } from '../_words/timeline';

/** What happened, the latest first, day by day. */
export function SubscriptionHistory({
  timeline,
  path,
  isFirst,
  reader,
}: {
  timeline: TimelinePage;
  path: string;
  isFirst: boolean;
  reader: Reader;
}) {
  const today = localDateAt(reader.now, reader.timeZone);
  return (
    <section aria-labelledby="happened">
      <h2 id="happened" className="mb-4 text-title font-semibold">
        {isFirst ? 'What happened' : 'What happened earlier'}
      </h2>
      {timeline.entries.length === 0 ? (
        <p className="text-muted">Nothing yet. Every change to this subscription will stand here.</p>
      ) : (
        <Timeline days={byDay(timeline.entries, reader.timeZone, today)} />
      )}
      <p className="flex flex-wrap gap-2 sm:ml-[4.875rem]">
        {timeline.older !== null && (
          <a href={addressOf(path, { before: timeline.older })} className="btn btn-edge btn-sm">
            Earlier
          </a>
        )}
        {!isFirst && (
          <a href={path} className="btn btn-bare btn-sm">
            Latest
          </a>
        )}
      </p>
    </section>
  );
}

function byDay(
  entries: readonly TimelineEntry[],
  timeZone: string,
  today: LocalDate,
): { heading: string; events: TimelineEvent[] }[] {
  const days: { day: LocalDate; heading: string; events: TimelineEvent[] }[] = [];
  for (const entry of entries) {
    const day = localDateAt(entry.at, timeZone);
    const last = days.at(-1);
    const event = eventOf(entry, timeZone, today);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, heading: headingOf(day, today), events: [event] });
  }
  return days;
}

const headingOf = (day: LocalDate, today: LocalDate) =>
  day === today ? `Today, ${dayAndMonth(day, today)}` : longDate(day, today);

function eventOf(entry: TimelineEntry, timeZone: string, today: LocalDate): TimelineEvent {
  const { icon, tone, title } = eventWords(entry, today);
  const { actor } = entry;
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    time: clockTime(entry.at, timeZone),
    mark: actor.kind === 'staff' ? { initials: initials(actor.name) } : { icon, ...(tone ? { tone } : {}) },
    title,
    by: <By entry={entry} />,
  };
}

function By({ entry: { actor, cause, subject } }: { entry: TimelineEntry }) {
  const who = actor.kind === 'staff' ? actor.name : actor.kind === 'customer' ? 'Customer' : 'System';
  return (
    <>
      {who}
      {isId('webhook', cause) && (
        <>
          {' '}
          · <QuietLink href={`/admin/webhooks/${cause}`}>Truemed’s webhook</QuietLink>
        </>
      )}{' '}
      · <span className="break-all">{recordOf(subject)}</span>
    </>
  );
}

function recordOf(subject: string): ReactNode {
  return isId('provisionRequest', subject) ? (
    <QuietLink href={`/admin/provisioning/${subject}`}>{subject}</QuietLink>
  ) : (
    subject
  );
}
