import { eq } from 'drizzle-orm';
import { chargeAttempts } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Id } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { setChaos } from '@/sandbox/chaos';
import { setSwitches, setTokenHealth } from '@/sandbox/control/actions';
import { settleSession } from '@/sandbox/model/sessions';
import { tokenOfEmail } from '@/sandbox/model/tokens';
import { attack, firePoison, fireStranger } from './attacks';
import type { Deployment } from './deployment';
import { SECRET } from './deployment';
import { importAgain } from './import-again';
import { closeTo, type Moment } from './moments';
import { RECEIVER_URL } from './network';
import { type About, doSomething, type Noted } from './people';
import type { Person } from './population';
import type { Theme } from './story';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Two days, for which the engine trusts the provider, and a process that stands still for a day and more with a request in its hands. */
const KEY_LIFE_HOURS = 76;

/** Something that happens at an instant of the run, whatever the product does. */
export interface Appointment {
  at: number;
  name: string;
  /** Alone: nothing else is under way meanwhile. */
  isAlone?: boolean;
  /** What comes after it is looked at closely. */
  isWatched?: boolean;
  act: () => Promise<unknown> | unknown;
}

/** What the run knows of the people's decisions, by which the oracle judges. */
export class Decisions {
  /** Subscriptions that people have stopped, with the keys that had left by then, and until when that holds. */
  readonly stopped = new Map<Id<'subscription'>, { left: Set<string>; untilMs: number }>();

  readonly #deployment: Deployment;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  get noted(): Noted {
    return {
      stopped: async (subscriptionId, untilMs) => {
        const { db } = await this.#deployment.context('oracle', { kind: 'system', name: 'command' });
        const attempts = await db
          .select()
          .from(chargeAttempts)
          .where(eq(chargeAttempts.subscriptionId, subscriptionId));
        if (attempts.some(({ status }) => status === 'sent' || status === 'unknown'))
          this.#deployment.faults.count('F33');
        // Somebody else may have started it again before this one knew that it was stopped.
        const [subscription] = await db.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId));
        if (subscription?.status === 'active') return;
        const left = attempts.filter(({ status }) => status !== 'planned').map(({ idempotencyKey }) => idempotencyKey);
        this.stopped.set(subscriptionId, { left: new Set(left), untilMs });
      },
      resumed: (subscriptionId) => void this.stopped.delete(subscriptionId),
      count: (fault) => this.#deployment.faults.count(fault),
    };
  }
}

/** Adds an appointment. */
type Add = (
  name: string,
  at: number,
  act: Appointment['act'],
  how?: Pick<Appointment, 'isAlone' | 'isWatched'>,
) => void;

interface Drawing {
  deployment: Deployment;
  people: readonly Person[];
  moments: readonly Moment[];
  healMs: number;
  add: Add;
  /** An instant: most lie close to a moment at which something falls due. */
  somewhen(from?: number, to?: number): number;
}

/** Draws everything that happens in a run from its seed. What belongs to its themes happens for sure. */
export function drawAgenda(
  deployment: Deployment,
  people: readonly Person[],
  moments: readonly Moment[],
  decisions: Decisions,
  healMs: number,
): Appointment[] {
  const { chance, story } = deployment;
  const agenda: Appointment[] = [];
  const drawing: Drawing = {
    deployment,
    people,
    moments,
    healMs,
    add: (name, at, act, how) => agenda.push({ at, name, act, ...how }),
    somewhen: (from = story.startMs, to = healMs) => {
      const near = moments.filter(({ at }) => at >= from && at < to);
      if (near.length > 0 && chance.hits(0.6)) return closeTo(chance.pick(near).at, chance);
      return from + Math.floor(chance.next() * (to - from));
    },
  };
  drawDeeds(drawing, decisions);
  drawAim(drawing, decisions);
  watchCommits(drawing, decisions);
  drawProvider(drawing);
  drawWeather(drawing);
  drawStrangers(drawing);
  return agenda.sort((a, b) => a.at - b.at);
}

function drawDeeds({ deployment, people, moments, add, somewhen, healMs }: Drawing, decisions: Decisions): void {
  const { chance, story } = deployment;
  const open = (principal: Principal) => deployment.context('web', principal);
  const deed = (at: number, about: About | null) =>
    add('somebody', at, async () =>
      deployment.note('web', await doSomething({ open, people, chance, noted: decisions.noted, story, about })),
    );
  for (let deeds = chance.between(2, 4) + story.subscriptions; deeds > 0; deeds -= 1) {
    const moment = moments.length > 0 && chance.hits(0.6) ? chance.pick(moments) : null;
    if (moment === null) deed(somewhen(), null);
    else deed(Math.min(closeTo(moment.at, chance), healMs), moment);
  }
  const imports = story.aim.point.endsWith('import') ? 3 : chance.between(0, 7) - 6;
  for (let left = imports; left > 0; left -= 1)
    add('an import', somewhen(), () => importAgain(deployment, people, chance), { isAlone: true });
}

/** After a charge of somebody whose token asks for them they come several times, in case nobody has ticked meanwhile. */
const COME_AGAIN_HOURS = [1, 20, 45, 70];

// What leads to the crash point that the seed aims at, where it is people who do.
function drawAim({ deployment, people, moments, add, somewhen }: Drawing, decisions: Decisions): void {
  const { chance, story } = deployment;
  const { deed } = story.aim;
  if (deed === null) return;
  const open = (principal: Principal) => deployment.context('web', principal);
  const act = (about: About) => async () => {
    const scene = { open, people, chance, noted: decisions.noted, story, about, wanted: deed };
    deployment.note('web', await doSomething(scene));
  };
  if (deed === 'moveToHsaFsa') {
    const elsewhere = people.flatMap((person) =>
      person.subscriptions.filter(({ isOurs }) => !isOurs).map((ordered) => ({ person, ordered })),
    );
    for (const about of elsewhere) for (let tries = 2; tries > 0; tries -= 1) add('a move', somewhen(), act(about));
    return;
  }
  for (let rounds = 2; rounds > 0 && moments.length > 0; rounds -= 1) {
    const moment = chance.pick(moments);
    if (deed !== 'pause' && deed !== 'refund') {
      const health = chance.pick(['needs_card', 'needs_survey'] as const);
      add(`a token ${health}`, moment.at - HOUR, () => changeHealth(deployment, moment.person, health));
    }
    for (const hours of COME_AGAIN_HOURS) add('somebody', moment.at + hours * HOUR, act(moment));
  }
}

/** Between these steps of a charge a person may come in, whose deed is about what is under way. */
const UNDER_WAY = new Set(['plan', 'plan again', 'claim', 'mark sent']);

// Somebody changes their mind in the very moment at which they are charged.
function watchCommits({ deployment, people, moments }: Drawing, decisions: Decisions): void {
  const { chance, clock, story, scheduler } = deployment;
  const open = (principal: Principal) => deployment.context('web', principal);
  let left = chance.between(0, story.themes.has('schedule') ? 3 : 2);
  deployment.onCommit = (name) => {
    if (left === 0 || deployment.faults.isHealed || !UNDER_WAY.has(name) || !chance.hits(name === 'claim' ? 0.02 : 0.3))
      return;
    const about = moments.findLast(({ at }) => at <= clock.ms);
    if (about === undefined) return;
    left -= 1;
    scheduler.start(deployment.post('web').actor, 'in a hurry', async () => {
      const scene = { open, people, chance, noted: decisions.noted, story, about, isHurried: true };
      deployment.note('web', `in a hurry: ${await doSomething(scene)}`);
    });
  };
}

function drawProvider({ deployment, people, moments, add, somewhen }: Drawing): void {
  const { chance, story } = deployment;
  const isRecovery = story.themes.has('recovery');
  for (let changes = chance.between(isRecovery ? 2 : 0, 3); changes > 0; changes -= 1) {
    const health = chance.weighed({ needs_card: 8, needs_survey: 8, pending: 3, deleted: 1, ok: 2 });
    const moment = moments.length > 0 && chance.hits(0.8) ? chance.pick(moments) : null;
    const at = moment === null ? somewhen() : moment.at - chance.pick([0, 1, 20]) * HOUR;
    add(`a token ${health}`, at, () => changeHealth(deployment, moment?.person ?? chance.pick(people), health));
  }
  for (let decided = chance.between(1, 4); decided > 0; decided -= 1)
    add('the provider decides', somewhen(), () => decideSome(deployment));
  if (isRecovery) add('the provider goes on by itself', somewhen(), () => goOnByItself(deployment));
}

// What befalls the whole deployment for some hours or days.
function drawWeather({ deployment, moments, add, somewhen, healMs }: Drawing): void {
  const { chance, story } = deployment;
  const { themes, startMs } = story;
  const often = (theme: Theme, rate: number) => chance.hits(themes.has(theme) ? Math.max(rate, 0.7) : rate);
  const window = (name: string, hours: readonly number[], turn: (isOn: boolean) => void, isWatched = false) => {
    const from = moments.length > 0 && chance.hits(0.7) ? chance.pick(moments).at - HOUR : somewhen();
    const at = Math.max(startMs, from);
    add(`${name} begins`, at, () => turn(true), { isWatched: isWatched && chance.hits(0.7) });
    add(`${name} ends`, Math.min(at + chance.pick(hours) * HOUR, healMs), () => turn(false));
  };
  const as = (captureAs: 'processing' | 'rejected') => (isOn: boolean) =>
    capture(deployment, isOn ? captureAs : 'captured');
  if (often('outage', 0.3)) window('processing', [2, 24, 72, 192], as('processing'));
  if (often('recovery', 0.15)) window('rejecting', [2, 12], as('rejected'));
  if (often('mail', 0.15))
    window('mail out', [3, 24], (isOn) => {
      deployment.isMailServerDown = isOn;
    });
  if (often('outage', 0.12))
    window('provider out', [1, 5, 20], (isOn) => {
      deployment.isProviderOut = isOn;
    });
  if (often('lost answers', 0.15))
    window(
      'answers lost',
      [2, 9, 30],
      (isOn) => {
        deployment.areAnswersLost = isOn;
      },
      true,
    );
  const due = moments.filter(({ at }) => at > startMs + HOUR && at < healMs - 7 * DAY);
  if (often('absence', 0.16)) drawAbsence(deployment, add, due.length > 0 ? chance.pick(due).at : somewhen(), healMs);
  if (often('webhooks', 0.1)) drawRotation(deployment, add, somewhen());
  if (story.mode === 'flood') drawFlood(deployment, add, somewhen(startMs + 2 * DAY, healMs - 8 * DAY), story.seed);
}

function drawStrangers({ deployment, people, add, somewhen }: Drawing): void {
  const { chance, story } = deployment;
  const attacks = story.themes.has('webhooks') ? chance.between(3, 6) : chance.between(0, 2);
  for (let tries = attacks; tries > 0; tries -= 1) add('an attacker', somewhen(), () => attack(deployment));
  const isLikely = story.themes.has('moves') ? 0.7 : 0.2;
  if (chance.hits(isLikely))
    add('an event of a stranger', somewhen(), () => fireStranger(deployment, chance.pick(people)));
  if (chance.hits(0.2))
    add('an event that always fails', somewhen(), () => firePoison(deployment, chance.pick(people)));
}

function changeHealth(
  deployment: Deployment,
  person: Person,
  health: 'ok' | 'needs_card' | 'needs_survey' | 'pending' | 'deleted',
): void {
  const { world } = deployment.sandbox;
  const token = tokenOfEmail(world, person.email);
  if (token === undefined) return;
  const counts = { needs_card: 'F8', needs_survey: 'F8', pending: 'F11', deleted: 'F10', ok: 'F8' };
  deployment.faults.count(counts[health]);
  setTokenHealth(world, { payment_token: token.payment_token, health });
}

function capture(deployment: Deployment, captureAs: 'captured' | 'processing' | 'rejected'): void {
  setSwitches(deployment.sandbox.world, { captureAs });
}

/** Sessions that are under way come to an end: most are captured. */
export function decideSome(deployment: Deployment, share = 0.7): void {
  const { chance, sandbox } = deployment;
  for (const session of sandbox.world.store.sessions.all()) {
    if (session.status === 'processing' && chance.hits(share))
      settleSession(sandbox.world, session, chance.hits(0.8) ? 'captured' : 'rejected');
  }
}

/**
 * A session that asked for a repair goes on by itself, which no document rules out (truemed-api.md section 5.4). Once its order
 * is given up only a webhook tells of it, so it happens where every webhook comes in the end.
 */
function goOnByItself({ chance, sandbox, story }: Deployment): void {
  if (story.mode === 'lossy' || story.mode === 'safety') return;
  for (const session of sandbox.world.store.sessions.all())
    if (session.status === 'pending' && session.next_action !== null && chance.hits(0.4))
      settleSession(sandbox.world, session, 'processing');
}

// F26: nobody ticks for days. F6: just before it answers get lost, and the provider forgets its keys in the meantime.
function drawAbsence(deployment: Deployment, add: Add, dueAt: number, healMs: number): void {
  const { chance, faults, sandbox } = deployment;
  const isLong = chance.hits(0.7);
  const at = dueAt + (isLong ? chance.pick([2, 8, 20]) * HOUR : -HOUR);
  const end = Math.min(at + (isLong ? 120 : chance.pick([30, 72])) * HOUR, healMs);
  if (isLong) {
    const loseAnswers = () => {
      faults.count('F6');
      setSwitches(sandbox.world, { idempotencyKeyLifetimeHours: KEY_LIFE_HOURS });
      deployment.areAnswersLost = true;
    };
    // Looked at closely, so that something is sent before nobody ticks.
    add('answers get lost', dueAt - HOUR, loseAnswers, { isWatched: true });
    add('answers come again', end, () => {
      deployment.areAnswersLost = false;
    });
  }
  add('scheduler off begins', at, () => {
    faults.count('F26');
    deployment.isSchedulerOff = true;
  });
  add('scheduler off ends', end, () => {
    deployment.isSchedulerOff = false;
  });
}

// F20: for a while both secrets sign, in either order; then the new one alone.
function drawRotation(
  deployment: Deployment,
  add: (name: string, at: number, act: () => void) => void,
  at: number,
): void {
  const { chance, sandbox, faults } = deployment;
  const next = `${SECRET}-rotated`;
  const sign = (secrets: string[]) => sandbox.world.webhooks.book.set([{ url: RECEIVER_URL, secrets, signed: true }]);
  add('both secrets are known', at, () => {
    faults.count('F20');
    deployment.knowSecrets(chance.hits(0.5) ? `${SECRET},${next}` : `${next},${SECRET}`);
  });
  add('both secrets sign', at + HOUR, () => sign(chance.hits(0.5) ? [SECRET, next] : [next, SECRET]));
  add('the new secret signs', at + 26 * HOUR, () => sign([next]));
}

// A week's events are kept back, and then all come within a minute, in any order.
function drawFlood(
  deployment: Deployment,
  add: (name: string, at: number, act: () => Promise<unknown> | unknown) => void,
  at: number,
  seed: number,
): void {
  const { world } = deployment.sandbox;
  add('the flood gathers', at, () =>
    setChaos(world.store, {
      seed: `flood ${seed}`,
      calls: {},
      deliveries: { hold: 1 },
      max_delay_seconds: 60,
      ms: 100,
    }),
  );
  add('the flood comes', at + 7 * DAY, async () => {
    deployment.faults.count('F16');
    setChaos(world.store, null);
    const held = world.store.deliveries.all().filter(({ status }) => status === 'held');
    for (const delivery of shuffled(held, deployment)) world.webhooks.sendNow(delivery);
  });
}

function shuffled<T>(list: readonly T[], { chance }: Deployment): T[] {
  return list
    .map((item) => ({ item, place: chance.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
