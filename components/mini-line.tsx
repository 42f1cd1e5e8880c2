import type { LocalDate } from '@/lib/core/calendar';
import { positionIn } from '@/lib/core/readiness';

const pct = (n: number) => `${Math.round(n * 100) / 100}%`;

interface MiniLineProps {
  label: string;
  start: LocalDate;
  end: LocalDate;
  letter: LocalDate | null;
  /** Ascending, the next one first. */
  charges: readonly LocalDate[];
}

/** The same line in a table cell: no words; ochre only where the next charge lies outside the letter. */
export function MiniLine({ label, start, end, letter, charges }: MiniLineProps) {
  const at = positionIn(start, end);
  const to = Math.max(0, Math.min(100, letter ? at(letter) : 0));
  return (
    <svg className="block overflow-visible" width="116" height="16" role="img" aria-label={label}>
      <line
        x1={pct(to)}
        x2="100%"
        y1="8"
        y2="8"
        className="stroke-edge"
        strokeWidth="1.25"
        strokeDasharray="1 4"
        strokeLinecap="round"
      />
      {to > 0 && (
        <line x1="0" x2={pct(to)} y1="8" y2="8" className="stroke-band" strokeWidth="7" strokeLinecap="round" />
      )}
      {to > 0 && to < 100 && (
        <line x1={pct(to)} x2={pct(to)} y1="2" y2="14" className="stroke-base-content" strokeWidth="1.25" />
      )}
      {charges
        .filter((date) => date <= end)
        .map((date, index) =>
          letter !== null && date <= letter ? (
            <circle key={date} cx={pct(Math.max(0, at(date)))} cy="8" r="2.2" className="fill-base-content" />
          ) : (
            <circle
              key={date}
              cx={pct(Math.max(0, at(date)))}
              cy="8"
              r="2.6"
              strokeWidth="1.5"
              className={`fill-base-100 ${index === 0 && letter ? 'stroke-warning' : 'stroke-edge'}`}
            />
          ),
        )}
    </svg>
  );
}
