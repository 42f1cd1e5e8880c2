import type { ReactNode } from 'react';
import type { Tone } from './chip';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';
import { Disclosure } from './sheet';

export interface TimelineEvent {
  id: string;
  /** `9:04 am`. */
  time: string;
  /** The instant, ISO 8601. */
  at: string;
  /** An icon, or the initials of the person who did it. */
  mark: { icon: IconName; tone?: Tone } | { initials: string };
  title: ReactNode;
  /** Actor, source, record, parted by " · ". */
  by: ReactNode;
  note?: string;
  why?: { question: string; answer: ReactNode };
}

const TONES = {
  ok: 'bg-tint-ok text-success',
  wait: 'bg-tint-wait text-info',
  attn: 'bg-tint-attn text-warning',
  bad: 'bg-tint-bad text-error',
  off: 'bg-base-300 text-base-content',
} as const;

/** What happened, newest first, under the headings of its days. `days[].heading`: "Today, 22 January". */
export function Timeline({ days }: { days: readonly { heading: string; events: readonly TimelineEvent[] }[] }) {
  return days.map(({ heading, events }) => (
    <div key={heading}>
      <h3 className="relative z-1 mb-3 bg-base-100 py-1 text-fine font-semibold text-muted sm:ml-[4.875rem]">
        {heading}
      </h3>
      <ol className="relative before:absolute before:top-0 before:bottom-0 before:left-[0.8125rem] before:w-px before:bg-line sm:before:left-[5.6875rem]">
        {events.map((event) => (
          <TimelineRow key={event.id} event={event} />
        ))}
      </ol>
    </div>
  ));
}

function TimelineRow({ event }: { event: TimelineEvent }) {
  const tone = 'icon' in event.mark ? (event.mark.tone ?? 'off') : 'off';
  return (
    <li className="relative grid grid-cols-[auto_1fr] gap-x-3.5 pb-6 sm:grid-cols-[4rem_auto_1fr]">
      <time dateTime={event.at} className="pt-1 text-right text-fine text-muted max-sm:hidden">
        {event.time}
      </time>
      <span className={`relative z-1 grid size-7 place-items-center rounded-full ${TONES[tone]}`} aria-hidden="true">
        {'icon' in event.mark ? (
          <Icon name={event.mark.icon} size={3.5} />
        ) : (
          <span className="text-fine font-semibold">{event.mark.initials}</span>
        )}
      </span>
      <div className="min-w-0 pt-1">
        <p className="font-medium">{event.title}</p>
        <p className="mt-0.5 text-fine text-muted">
          <time dateTime={event.at} className="sm:hidden">
            {event.time} ·{' '}
          </time>
          {event.by}
        </p>
        {event.note && <blockquote className="mt-2 rounded-field bg-base-200 px-3.5 py-2.5">{event.note}</blockquote>}
        {event.why && (
          <div className="mt-1.5">
            <Disclosure summary={event.why.question} size="fine">
              {event.why.answer}
            </Disclosure>
          </div>
        )}
      </div>
    </li>
  );
}
