import type { ReactNode } from 'react';
import type { LocalDate } from '@/lib/core/calendar';
import { shortMonth } from '@/lib/core/date-words';
import {
  type Anchor,
  type ChargeKind,
  type ChargeMark,
  monthStarts,
  positionIn,
  type ReadinessDrawing,
} from '@/lib/core/readiness';

/* x is a percentage and there is no viewBox: the line stretches with its column, words and dots keep their size. */
const AXIS = 42;
const LABEL_Y = 17;
const MONTH_Y = 82;
const pct = (n: number) => `${Math.round(n * 100) / 100}%`;

const MARKS: Record<ChargeKind, (x: string) => ReactNode> = {
  next: (x) => (
    <>
      <circle cx={x} cy={AXIS} r="9" className="fill-base-content stroke-base-100" strokeWidth="3" />
      <circle cx={x} cy={AXIS} r="2.5" className="fill-base-100" />
    </>
  ),
  covered: (x) => <circle cx={x} cy={AXIS} r="4" className="fill-base-content" />,
  open: (x) => <circle cx={x} cy={AXIS} r="5" className="fill-base-100 stroke-edge" strokeWidth="1.75" />,
  skip: (x) => (
    <circle cx={x} cy={AXIS} r="9" className="fill-base-100 stroke-edge" strokeWidth="1.75" strokeDasharray="3 3" />
  ),
  held: (x) => (
    <>
      <circle cx={x} cy={AXIS} r="9" className="fill-base-100 stroke-warning" strokeWidth="2" />
      <svg x={x} y={AXIS} overflow="visible" aria-hidden="true">
        <path d="M-2.5 -3.2V3.2M2.5 -3.2V3.2" className="stroke-warning" strokeWidth="2" strokeLinecap="round" />
      </svg>
    </>
  ),
};
const LABEL_TONES: Partial<Record<ChargeKind, string>> = { held: 'fill-warning', skip: 'fill-muted' };

/**
 * The readiness line: the letter as a band, the charges as marks on it, today and the months below. `narrow` says that the
 * column itself is narrow (a side panel). The sentence beside it says the same; `label` is read out in its place.
 */
export function ReadinessLine({ narrow = false, ...drawing }: ReadinessDrawing & { narrow?: boolean }) {
  const { label, start, end, today, charges } = drawing;
  const at = positionIn(start, end);
  const now = at(today);
  return (
    <svg className="block w-full overflow-visible text-fine" height="96" role="img" aria-label={label}>
      <Letter drawing={drawing} at={at} narrow={narrow} />
      {charges.map((charge) => (
        <Charge key={charge.date} charge={charge} x={pct(at(charge.date))} />
      ))}
      <line x1={pct(now)} x2={pct(now)} y1="58" y2="66" className="stroke-base-content" strokeWidth="1.5" />
      <Word
        x={pct(now)}
        y={MONTH_Y}
        anchor={now < 6 ? 'start' : 'middle'}
        className="fill-base-content font-medium"
        dx={now < 6 ? -6 : undefined}
      >
        Today
      </Word>
      {monthStarts(start, end).map((first, index) => (
        <Month key={first} first={first} x={at(first)} now={now} narrow={narrow} second={index % 2 === 0} />
      ))}
    </svg>
  );
}

type Scale = (date: LocalDate) => number;

function Letter({ drawing, at, narrow }: { drawing: ReadinessDrawing; at: Scale; narrow: boolean }) {
  const { letter, letterFrom, letterLabel } = drawing;
  const from = letterFrom ? Math.max(0, at(letterFrom)) : 0;
  const to = letter ? at(letter) : 0;
  const band = pct(Math.min(100, to));
  return (
    <>
      {to < 100 && (
        <line
          x1={pct(Math.max(0, to))}
          x2="100%"
          y1={AXIS}
          y2={AXIS}
          className="stroke-edge"
          strokeWidth="1.5"
          strokeDasharray="1.5 6"
          strokeLinecap="round"
        />
      )}
      {to > 0 && (
        <>
          <circle cx={pct(from)} cy={AXIS} r="7" className="fill-band" />
          <line x1={pct(from)} x2={band} y1={AXIS} y2={AXIS} className="stroke-band" strokeWidth="14" />
        </>
      )}
      {to > 100 && letterLabel && (
        <Word x="100%" y={LABEL_Y} anchor="end" className="fill-muted max-sm:hidden">
          {letterLabel.wide}
        </Word>
      )}
      {to > 0 && to <= 100 && (
        <line x1={band} x2={band} y1="26" y2={AXIS + 7} className="stroke-base-content" strokeWidth="1.5" />
      )}
      {to > 0 && to <= 100 && letterLabel && (
        <>
          {!narrow && (
            <Word
              x={band}
              y={LABEL_Y}
              anchor={letterLabel.anchor}
              className="fill-base-content font-medium max-sm:hidden"
            >
              {letterLabel.wide}
            </Word>
          )}
          {letterLabel.wideOnly !== true && (
            <Word
              x={band}
              y={LABEL_Y}
              anchor={letterLabel.anchor}
              className={`fill-base-content font-medium ${narrow ? '' : 'sm:hidden'}`}
            >
              {letterLabel.narrow}
            </Word>
          )}
        </>
      )}
    </>
  );
}

function Charge({
  charge: { kind, label, anchor = 'middle', wideOnly = false },
  x,
}: {
  charge: ChargeMark;
  x: string;
}) {
  return (
    <>
      {MARKS[kind](x)}
      {label && (
        <Word
          x={x}
          y={LABEL_Y}
          anchor={anchor}
          className={`font-semibold ${LABEL_TONES[kind] ?? 'fill-base-content'}${wideOnly ? ' max-sm:hidden' : ''}`}
        >
          {label}
        </Word>
      )}
    </>
  );
}

/** Every first of a month gets a tick; it gets its name where "Today" leaves room, in a narrow column and on a phone every second one. */
function Month({
  first,
  x,
  now,
  narrow,
  second,
}: {
  first: LocalDate;
  x: number;
  now: number;
  narrow: boolean;
  second: boolean;
}) {
  const gap = Math.abs(x - now);
  const hasName = gap >= (narrow ? 15 : 7) && x <= 97 && !(narrow && second);
  return (
    <>
      <line x1={pct(x)} x2={pct(x)} y1="58" y2="62" className="stroke-edge" strokeWidth="1" />
      {hasName && (
        <Word
          x={pct(x)}
          y={MONTH_Y}
          anchor="middle"
          className={`fill-muted${second || gap < 15 ? ' max-sm:hidden' : ''}`}
        >
          {shortMonth(first)}
        </Word>
      )}
    </>
  );
}

function Word({
  x,
  y,
  anchor,
  className,
  dx,
  children,
}: {
  x: string;
  y: number;
  anchor: Anchor;
  className: string;
  dx?: number | undefined;
  children: string;
}) {
  return (
    <text x={x} y={y} dx={dx} textAnchor={anchor} className={className}>
      {children}
    </text>
  );
}
