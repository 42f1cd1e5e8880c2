import { Shown } from './gallery-shown';
import { STATUSES, type Status, StatusChip } from './ui/chip';

const GROUNDS = [
  ['bg-base-200', 'base-200, paper', 'Aa'],
  ['bg-base-100', 'base-100, sheet', 'Aa'],
  ['bg-base-300', 'base-300, well', 'Aa'],
  ['bg-base-100 text-muted', 'muted', 'Aa'],
  ['bg-primary text-primary-content', 'primary', 'Aa'],
  ['bg-band', 'band', 'Aa'],
  ['bg-leaf', 'leaf, charts', ''],
  ['bg-edge', 'edge, fields', ''],
] as const;

export function Grounds() {
  return (
    <Shown title="Grounds and ink">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-8">
        {GROUNDS.map(([ground, name, sample]) => (
          <div key={name}>
            <div className={`grid h-16 place-items-end rounded-field border border-line p-2 ${ground}`}>
              <span className="text-fine font-medium">{sample}</span>
            </div>
            <p className="mt-1 text-fine text-muted">{name}</p>
          </div>
        ))}
      </div>
    </Shown>
  );
}

const SIZES = [
  ['text-answer font-semibold', '$48.30 on Tuesday, 3 February', 'answer, 28 to 46, once a page'],
  ['text-head font-semibold', 'Five things need a person', 'head, 28'],
  ['text-title font-semibold', 'How you pay', 'title, 22'],
  ['text-lead font-semibold', 'Daily Essentials', 'lead, 19'],
  ['text-body', 'Your letter is valid until Monday, 14 September 2026.', 'body, 17, customers'],
  ['text-small', 'Every 2 months, 2 bottles', 'small, 15, second lines for customers'],
  ['text-dense', 'Home air filters and 1 more', 'dense, 14, body for staff'],
  ['text-fine', 'in 12 days', 'fine, 13, second lines for staff, labels, chips'],
] as const;

export function Type() {
  return (
    <Shown title="Type">
      <div className="space-y-3">
        {SIZES.map(([look, words, name]) => (
          <p key={name} className={look}>
            {words} <span className="text-fine font-normal tracking-normal text-muted">{name}</span>
          </p>
        ))}
      </div>
    </Shown>
  );
}

const BARE: readonly Status[] = ['Paid', 'Being reviewed', 'On hold', 'Not taken', 'Billed elsewhere'];

export function Chips() {
  const statuses = Object.keys(STATUSES) as Status[];
  return (
    <Shown
      title="Status: icon, word, color"
      about="Five tones: ok, wait, attn, bad, off. Above with a ground, for headings and single facts; below bare, for tables and lists."
    >
      <div className="flex flex-wrap gap-2">
        {statuses.map((status) => (
          <StatusChip key={status} status={status} />
        ))}
      </div>
      <div className="mt-4 flex flex-wrap gap-x-6 gap-y-2">
        {BARE.map((status) => (
          <StatusChip key={status} status={status} bare />
        ))}
      </div>
    </Shown>
  );
}
