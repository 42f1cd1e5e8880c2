import { type LocalDate, localDate } from '@/lib/core/calendar';
import { type ReadinessInput, readinessFacts } from '@/lib/core/readiness';
import { Shown } from './gallery-shown';
import { MiniLine } from './mini-line';
import { ReadinessLine } from './readiness-line';

const today = localDate('2026-01-22');
const days = (...texts: string[]): LocalDate[] => texts.map(localDate);
const monthly = Array.from({ length: 9 }, (_, n) => localDate(`2026-${String(n + 2).padStart(2, '0')}-03`));

const fine: ReadinessInput = {
  today,
  nextChargeOn: localDate('2026-02-03'),
  upcoming: monthly,
  letterExpiresOn: localDate('2026-09-14'),
  cardExpiresOn: localDate('2028-11-30'),
  held: false,
};

const CASES: readonly [string, ReadinessInput][] = [
  ['Fine', fine],
  ['Letter ends before the next charge', { ...fine, letterExpiresOn: localDate('2026-01-28') }],
  ['No letter yet, or billed elsewhere', { ...fine, letterExpiresOn: null }],
  [
    'A skipped order',
    { ...fine, nextChargeOn: localDate('2026-03-03'), upcoming: monthly.slice(1), skipped: days('2026-02-03') },
  ],
  [
    'Letter ended, charge on hold',
    {
      ...fine,
      nextChargeOn: localDate('2026-01-20'),
      upcoming: days('2026-04-20', '2026-07-20'),
      past: days('2025-10-20'),
      letterExpiresOn: localDate('2026-01-12'),
      held: true,
    },
  ],
  ['A letter of a year', { ...fine, letterExpiresOn: localDate('2027-01-22') }],
];

const MINI: readonly [string, LocalDate | null, LocalDate[]][] = [
  ['fine', localDate('2026-09-14'), monthly],
  ['next charge not covered', localDate('2026-01-20'), days('2026-01-22', ...monthly)],
  ['no letter', null, monthly],
];

export function ReadinessGallery() {
  return (
    <Shown
      title="The readiness line"
      about="The tinted band is the letter, dots are charges, hollow dots lie outside it. The line stretches, the words keep their size. The sentence beside it says the same; the picture has a label."
    >
      <div className="grid gap-x-12 gap-y-8 md:grid-cols-2">
        {CASES.map(([name, input]) => (
          <figure key={name}>
            <figcaption className="text-dense text-muted">{name}</figcaption>
            <ReadinessLine {...readinessFacts(input).line} />
          </figure>
        ))}
      </div>
      <div className="mt-6 flex flex-wrap items-center gap-x-10 gap-y-4 text-dense text-muted">
        <span>In a cell:</span>
        {MINI.map(([name, letter, charges]) => (
          <span key={name} className="flex items-center gap-3">
            <MiniLine
              label={name}
              start={localDate('2026-01-15')}
              end={localDate('2026-10-15')}
              letter={letter}
              charges={charges}
            />
            {name}
          </span>
        ))}
      </div>
    </Shown>
  );
}
