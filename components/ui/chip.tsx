import type { ReactNode } from 'react';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';

/** ok: as it should be. wait: somebody else's move. attn: the reader's move. bad: it did not work. off: at rest. */
export type Tone = 'ok' | 'wait' | 'attn' | 'bad' | 'off';

/** Every status that a page names, with its tone and icon: one word, one look, everywhere. */
export const STATUSES = {
  Connected: ['ok', 'circle-check'],
  Active: ['ok', 'circle-check'],
  Paid: ['ok', 'check'],
  Ready: ['ok', 'circle-check'],
  Valid: ['ok', 'file-check'],
  Confirming: ['wait', 'circle-dashed'],
  'Being reviewed': ['wait', 'hourglass'],
  'Waiting for Truemed': ['wait', 'clock'],
  Trial: ['wait', 'calendar-clock'],
  'Action needed': ['attn', 'circle-alert'],
  'On hold': ['attn', 'circle-pause'],
  'Letter ends soon': ['attn', 'file-clock'],
  'At risk': ['attn', 'triangle-alert'],
  'Not taken': ['bad', 'circle-x'],
  'Needs attention': ['bad', 'circle-alert'],
  'Outcome unknown': ['bad', 'scan-search'],
  'Billed elsewhere': ['off', 'arrow-left-right'],
  Paused: ['off', 'pause'],
  Ending: ['off', 'calendar-clock'],
  Skipped: ['off', 'skip-forward'],
  'Not charged': ['off', 'circle-minus'],
  Refunded: ['off', 'undo'],
  Canceled: ['off', 'circle-slash'],
  'Not completed': ['off', 'circle-minus'],
} as const satisfies Record<string, readonly [Tone, IconName]>;

export type Status = keyof typeof STATUSES;

const TONES = { ok: 'chip-ok', wait: 'chip-wait', attn: 'chip-attn', bad: 'chip-bad', off: 'chip-off' } as const;

/** Icon, word and color. `bare` drops the ground, for tables and lists. */
export function Chip({
  tone,
  icon,
  bare = false,
  children,
}: {
  tone: Tone;
  icon: IconName;
  bare?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`chip ${TONES[tone]}${bare ? ' chip-bare' : ''}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

/** The chip of a status. */
export function StatusChip({ status, bare = false }: { status: Status; bare?: boolean }) {
  const [tone, icon] = STATUSES[status];
  return (
    <Chip tone={tone} icon={icon} bare={bare}>
      {status}
    </Chip>
  );
}
