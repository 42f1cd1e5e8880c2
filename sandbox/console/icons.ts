import { html, type Markup } from '../markup';

/*
 * The console's icons, one path each, taken from Lucide (ISC License, Copyright (c) 2026 Lucide Icons and Contributors;
 * components/ui/icon-shapes.ts has its whole text). Grid 24 by 24, stroke 1.8, no fill.
 */
const SHAPES = {
  activity:
    'M22 12h-2.48a2 2 0 0 0-1.93 1.46l-2.35 8.36a.25.25 0 0 1-.48 0L9.24 2.18a.25.25 0 0 0-.48 0l-2.35 8.36A2 2 0 0 1 4.49 12H2',
  'arrow-down': 'M12 5v14M19 12l-7 7-7-7',
  'arrow-up': 'M5 12l7-7 7 7M12 19V5',
  check: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0ZM16 9l-5.5 5.5L8 12',
  'chevron-left': 'M15 18l-6-6 6-6',
  clock: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0ZM12 6v6l4 2',
  cross: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0ZM15 9l-6 6M9 9l6 6',
  grip: 'M9 5v.01M9 12v.01M9 19v.01M15 5v.01M15 12v.01M15 19v.01',
  hourglass:
    'M5 22h14M5 2h14M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2',
  house:
    'M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  mail: 'M22 7l-8.991 5.727a2 2 0 0 1-2.009 0L2 7M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2Z',
  menu: 'M4 5h16M4 12h16M4 19h16',
  off: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0ZM9 15L15 9',
  receipt: 'M4 2v20l2-1 2 1 2-1 2 1 2-1 2 1 2-1 2 1V2l-2 1-2-1-2 1-2-1-2 1-2-1-2 1ZM8 8h8M8 12h8M8 16h5',
  scenes: 'M5 3v18M19 3v18M5 8h14M5 16h14M2 3h20M2 21h20',
  switches: 'M4 7h10M18 7h2M14 7a2 2 0 1 0 4 0a2 2 0 1 0 -4 0ZM4 17h2M10 17h10M6 17a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z',
  token: 'M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2ZM2 10L22 10M6 14h2',
  wand: 'M15 4V2M15 16v-2M8 9h2M20 9h2M17.8 11.8 19 13M17.8 6.2 19 5M3 21l9-9M12.2 6.2 11 5',
  warning: 'M12 3l9.5 17h-19ZM12 10v4M12 17v.01',
  webhook:
    'M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2M6 17l3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06M12 6l3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8',
} as const;
export type IconName = keyof typeof SHAPES;

/** An icon beside words, hidden from screen readers: the words say it. */
export function icon(name: IconName): Markup {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${SHAPES[name]}"/></svg>`;
}

/** The mark of Perennial: a stem with two leaves. */
export const MARK = html`<svg class="mark" viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M12 21.5V10" stroke="var(--color-primary)" stroke-width="1.9" stroke-linecap="round"/><path d="M12 12.2C12 7.4 8.6 4.4 3.6 4.2 3.6 9.2 7 12.2 12 12.2Z" fill="var(--color-primary)"/><path d="M12 17.4c0-4.4 3.1-7.2 8.4-7.4 0 4.6-3.4 7.4-8.4 7.4Z" fill="var(--color-primary)" opacity=".62"/></svg>`;
