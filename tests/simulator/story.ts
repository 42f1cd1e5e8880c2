import type { CatchUp } from '@/lib/core/renewal';
import { Chance } from './chance';
import { type Aim, CRASH_POINTS } from './crash-points';
import { MODES, type Mode } from './faults';

/**
 * What a seed is about. A seed is a short story of few people: everything may happen in it, and what belongs to its themes
 * happens often and close to the instants at which something is due.
 */
export const THEMES = [
  'calendar',
  'lost answers',
  'schedule',
  'webhooks',
  'recovery',
  'frozen',
  'absence',
  'moves',
  'outage',
  'mail',
] as const;
export type Theme = (typeof THEMES)[number];

/** The frame of one seed, which follows from its number alone. */
export interface Story {
  seed: number;
  mode: Mode;
  /** The theme whose turn it is, and the one in which the crash point that this seed aims at is reached. */
  themes: ReadonlySet<Theme>;
  aim: Aim;
  startMs: number;
  /** What the merchant has chosen for orders that a downtime, or one that was on hold, has held up. */
  catchUp: CatchUp;
  days: number;
  subscriptions: number;
}

/** Days near which calendars are hard: the year's end, February with and without its 29th, both changes of the clock. */
const STARTS = [
  '2026-12-15',
  '2027-01-24',
  '2027-02-21',
  '2027-03-05',
  '2027-10-25',
  '2028-01-25',
  '2028-02-20',
] as const;

/** Now and then a story has the size of reliability.md section 3: what takes a season, and a shop of some size, is seen too. */
const LONG_EVERY = 50;
const LONG = { days: 95, subscriptions: 24 };

/** Coprime with the number of themes, so that each theme meets it. */
const EACH_EVERY = 3;

function sizeOf(themes: ReadonlySet<Theme>, chance: Chance): { days: number; subscriptions: number } {
  const days = themes.has('calendar') ? chance.between(35, 50) : chance.between(20, 36);
  return { days, subscriptions: chance.between(4, 7) };
}

/** Themes take turns, and so do crash points: any number of seeds in a row has each of them about equally often. */
export function drawStory(seed: number): Story {
  const chance = new Chance(`story ${seed}`);
  const aim = CRASH_POINTS[seed % CRASH_POINTS.length];
  // Shifted from round to round, so that each theme meets each crash point.
  const own = THEMES[(seed + Math.floor(seed / THEMES.length)) % THEMES.length];
  if (aim === undefined || own === undefined) throw new RangeError(`There is no seed ${seed}.`);
  const themes = new Set<Theme>([own, ...(aim.theme === null ? [] : [aim.theme])]);
  const needsWebhooks = themes.has('webhooks');
  const mode = chance.weighed<Mode>({
    safety: 35,
    liveness: 35,
    lossy: needsWebhooks ? 0 : 20,
    flood: needsWebhooks ? 20 : 10,
  });
  if (!MODES.includes(mode)) throw new Error(mode);
  return {
    seed,
    mode,
    themes,
    aim,
    catchUp: seed % EACH_EVERY === 0 ? 'each' : 'latest',
    startMs: Date.parse(`${chance.pick(STARTS)}T12:00:00Z`),
    ...(seed % LONG_EVERY === 0 ? LONG : sizeOf(themes, chance)),
  };
}
