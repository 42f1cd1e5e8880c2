import { eq } from 'drizzle-orm';
import { chargeAttempts } from '@/db/schema/billing';
import type { Id } from '@/lib/core/id';
import { setChaos } from '@/sandbox/chaos';
import { setSwitches, setTokenHealth } from '@/sandbox/control/actions';
import { settleSession } from '@/sandbox/model/sessions';
import { tokenOfEmail } from '@/sandbox/model/tokens';
import { attack, firePoison, fireStranger } from './attacks';
import type { Deployment } from './deployment';
import { SECRET } from './deployment';
import type { Mode } from './faults';
import { importAgain } from './import-again';
import { RECEIVER_URL } from './network';
import { doSomething, type Noted } from './people';
import type { Person } from './population';

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
        const left = attempts.filter(({ status }) => status !== 'planned').map(({ idempotencyKey }) => idempotencyKey);
        this.stopped.set(subscriptionId, { left: new Set(left), untilMs });
      },
      resumed: (subscriptionId) => void this.stopped.delete(subscriptionId),
      count: (fault) => this.#deployment.faults.count(fault),
    };
  }
}

/** Draws everything that happens in a run from its seed. */
export function drawAgenda(
  deployment: Deployment,
  people: readonly Person[],
  decisions: Decisions,
  span: { startMs: number; healMs: number; mode: Mode; seed: number },
): Appointment[] {
  const { chance } = deployment;
  const { startMs, healMs, mode } = span;
  const agenda: Appointment[] = [];
  const somewhen = (from = startMs, to = healMs) => from + Math.floor(chance.next() * (to - from));
  const add = (name: string, at: number, act: Appointment['act'], isAlone = false) =>
    agenda.push({ at, name, act, isAlone });
  const window = (name: string, hours: readonly number[], begin: () => void, end: () => void) => {
    const at = somewhen();
    add(`${name} begins`, at, begin);
    add(`${name} ends`, Math.min(at + chance.pick(hours) * HOUR, healMs), end);
  };

  const set = (what: 'isMailServerDown' | 'isProviderOut', value: boolean) => {
    deployment[what] = value;
  };

  const open: Parameters<typeof doSomething>[0] = (principal) => deployment.context('web', principal);
  for (let deeds = chance.between(35, 60); deeds > 0; deeds -= 1) {
    add('somebody', somewhen(), async () =>
      deployment.note('web', await doSomething(open, people, chance, decisions.noted)),
    );
  }
  for (let changes = chance.between(3, 9); changes > 0; changes -= 1) {
    const health = chance.weighed({ needs_card: 8, needs_survey: 8, pending: 3, deleted: 1, ok: 2 });
    add(`a token ${health}`, somewhen(), () => changeHealth(deployment, chance.pick(people), health));
  }
  if (chance.hits(0.5))
    window(
      'processing',
      [2, 24, 72, 192],
      () => capture(deployment, 'processing'),
      () => capture(deployment, 'captured'),
    );
  if (chance.hits(0.3))
    window(
      'rejecting',
      [2, 12],
      () => capture(deployment, 'rejected'),
      () => capture(deployment, 'captured'),
    );
  for (let decided = chance.between(2, 8); decided > 0; decided -= 1)
    add('the provider decides', somewhen(), () => decideSome(deployment));
  if (chance.hits(0.4)) drawAbsence(deployment, add, somewhen(startMs + DAY), healMs);
  if (chance.hits(0.3))
    window(
      'mail out',
      [3, 24],
      () => set('isMailServerDown', true),
      () => set('isMailServerDown', false),
    );
  if (chance.hits(0.25))
    window(
      'provider out',
      [1, 5, 20],
      () => set('isProviderOut', true),
      () => set('isProviderOut', false),
    );
  if (chance.hits(0.25)) drawRotation(deployment, add, somewhen());
  if (mode === 'flood') drawFlood(deployment, add, somewhen(startMs + 10 * DAY, healMs - 8 * DAY), span.seed);
  for (let tries = chance.between(1, 4); tries > 0; tries -= 1)
    add('an attacker', somewhen(), () => attack(deployment));
  if (chance.hits(0.4)) add('an event of a stranger', somewhen(), () => fireStranger(deployment, chance.pick(people)));
  if (chance.hits(0.4))
    add('an event that always fails', somewhen(), () => firePoison(deployment, chance.pick(people)));
  if (chance.hits(0.3)) add('an import', somewhen(), () => importAgain(deployment, people, chance), true);
  return agenda.sort((a, b) => a.at - b.at);
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

// F26: nobody ticks for days. F6: a day before, answers begin to get lost, and the provider forgets its keys in the meantime.
function drawAbsence(
  deployment: Deployment,
  add: (name: string, at: number, act: () => void) => void,
  at: number,
  healMs: number,
): void {
  const { chance, faults, sandbox } = deployment;
  const isLong = chance.hits(0.5);
  const end = Math.min(at + (isLong ? 120 : chance.pick([30, 72])) * HOUR, healMs);
  if (isLong) {
    add('answers get lost', at - DAY, () => {
      faults.count('F6');
      setSwitches(sandbox.world, { idempotencyKeyLifetimeHours: KEY_LIFE_HOURS });
      deployment.areAnswersLost = true;
    });
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
