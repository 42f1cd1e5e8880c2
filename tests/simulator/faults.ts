import type { ChaosInput } from '@/sandbox/chaos';
import type { Chance } from './chance';
import type { Actor } from './scheduler';
import type { Story, Theme } from './story';

/** What a run is about: faults to its end, faults and then a world that heals, no webhook at all, or all of a week's at once. */
export const MODES = ['safety', 'liveness', 'lossy', 'flood'] as const;
export type Mode = (typeof MODES)[number];

export type StatementFault = 'die before' | 'die after' | 'lost before' | 'lost after';
export type CallFault = StatementFault | 'timeout before' | 'timeout after';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A process dies so often at most at the point at which a seed aims. */
const MOST_DEATHS = 6;

/** How often things go wrong in one seed. Some seeds are rough in one way and calm in the others. */
interface Rates {
  dieAtStatement: number;
  dieAtDelivery: number;
  dieAtTransaction: number;
  dieAtCall: number;
  lostConnection: number;
  rerun: number;
  lostCall: number;
  freeze: number;
}

/** Decides, by the seed, what goes wrong on our side: processes that die or freeze, connections and answers that are lost. */
export class Faults {
  isHealed = false;
  /** How often each crash point was hit, by `before plan` and the like. */
  readonly crashes = new Map<string, number>();
  /** How often each fault was injected, by its number in reliability.md section 4. */
  readonly injected = new Map<string, number>();
  readonly #chance: Chance;
  readonly #clock: { ms: number };
  readonly #rates: Rates;
  readonly #story: Story;
  /** How often the point that this seed aims at is still passed before a process dies there, and how often one dies there yet. */
  #passes: number;
  #deaths = MOST_DEATHS;

  constructor(chance: Chance, clock: { ms: number }, story: Story) {
    this.#chance = chance;
    this.#clock = clock;
    this.#story = story;
    this.#passes = story.aim.theme === null ? chance.pick([0, 0, 0, 1, 2]) : chance.pick([0, 0, 0, 1]);
    const rough = (calm: number, high: number, theme?: Theme) =>
      (theme !== undefined && story.themes.has(theme)) || chance.hits(0.25) ? high : calm;
    this.#rates = {
      dieAtStatement: rough(0.0005, 0.004),
      dieAtDelivery: rough(0.004, 0.15, 'webhooks'),
      dieAtTransaction: rough(0.002, 0.02),
      dieAtCall: rough(0.003, 0.03),
      lostConnection: rough(0, 0.004),
      rerun: rough(0.001, 0.02),
      lostCall: rough(0.01, 0.2, 'lost answers'),
      freeze: rough(0.001, 0.015, 'frozen'),
    };
  }

  count(fault: string): void {
    this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
  }

  died(actor: Actor, point: string): void {
    this.crashes.set(point, (this.crashes.get(point) ?? 0) + 1);
    this.count('F23');
    this.onDeath(actor, point);
  }

  /** Set by the run, which starts another process in the dead one's place. */
  onDeath: (actor: Actor, point: string) => void = () => {};

  /** Told of each process that stands still from now on, and for how long. */
  onFreeze: (actor: Actor, ms: number) => void = () => {};

  ofStatement(actor: Actor, step: string): StatementFault | null {
    if (this.#isSafe(actor)) return null;
    this.#maybeFreeze(actor);
    // The receiver has one statement for each delivery, where a worker has hundreds for each charge.
    const isReceiver = actor.name === 'receiver';
    const death = this.#deathAt(step, isReceiver ? this.#rates.dieAtDelivery : this.#rates.dieAtStatement);
    if (death !== null) return death;
    if (!this.#chance.hits((isReceiver ? 8 : 1) * this.#rates.lostConnection)) return null;
    this.count('F27');
    return this.#half('lost');
  }

  ofTransaction(actor: Actor, step: string): StatementFault | 'rerun' | null {
    if (this.#isSafe(actor)) return null;
    this.#maybeFreeze(actor);
    const death = this.#deathAt(step, this.#rates.dieAtTransaction);
    if (death !== null) return death;
    if (this.#chance.hits(this.#rates.rerun)) {
      this.count('F28');
      return 'rerun';
    }
    if (!this.#chance.hits(this.#rates.lostConnection)) return null;
    this.count('F27');
    return this.#half('lost');
  }

  ofCall(actor: Actor, operation: string): CallFault | null {
    if (this.#isSafe(actor)) return null;
    this.#maybeFreeze(actor);
    const death = this.#deathAt(`call ${operation}`, this.#rates.dieAtCall);
    if (death !== null) return death;
    if (!this.#chance.hits(this.#rates.lostCall)) return null;
    if (this.#chance.hits(0.3)) {
      this.count('F3');
      return this.#chance.hits(0.5) ? 'timeout before' : 'timeout after';
    }
    const fault = this.#half('lost');
    this.count(fault === 'lost after' ? 'F1' : 'F2');
    return fault;
  }

  ofMail(actor: Actor): StatementFault | null {
    if (this.#isSafe(actor)) return null;
    const death = this.#deathAt('mail', this.#rates.dieAtCall);
    if (death !== null) return death;
    return this.#chance.hits(this.#rates.lostCall / 2) ? this.#half('lost') : null;
  }

  /** What the provider does by itself, as the sandbox's own chaos. */
  providerChaos(seed: number, mode: Mode): ChaosInput {
    const { themes } = this.#story;
    const rate = (calm: number, high: number) => (this.#chance.hits(0.3) ? high : calm);
    const answers = (calm: number, high: number) => (themes.has('lost answers') ? high : rate(calm, high));
    const hooks = (calm: number, high: number) => (themes.has('webhooks') ? high : rate(calm, high));
    return {
      seed,
      calls: {
        ServerError: answers(0.01, 0.08),
        '500': answers(0.005, 0.04),
        sticky500: this.#chance.hits(0.2) ? 0.01 : 0,
        '429': rate(0.005, 0.05),
        IdempotencyViolation: this.#chance.hits(0.1) ? 0.005 : 0,
        malformed: answers(0.003, 0.06),
        not_json: answers(0.003, 0.03),
        extra_fields: rate(0.01, 0.1),
        missing_fields: rate(0.003, 0.02),
        foreign_redirect: rate(0.005, 0.05),
        http_redirect: 0.003,
        javascript_redirect: 0.003,
      },
      deliveries: {
        // Where answers are lost the webhooks must not always make up for it.
        drop:
          mode === 'lossy'
            ? 1
            : Math.max(hooks(0.01, 0.15), themes.has('lost answers') ? this.#chance.pick([0, 0.7]) : 0),
        duplicate: hooks(0.03, 0.25),
        delay: hooks(0.05, 0.3),
        reorder: hooks(0.02, 0.2),
        fail: hooks(0.02, 0.3),
        wrong_signature: hooks(0, 0.06),
        reencode: hooks(0, 0.06),
        corrupt: hooks(0, 0.06),
        oversized: hooks(0, 0.01),
        original_timestamp: hooks(0, 0.4),
      },
      max_delay_seconds: this.#chance.pick([600, 7_200, 86_400, 6.9 * 86_400]),
    };
  }

  #isSafe(actor: Actor): boolean {
    return this.isHealed || actor.name === 'oracle' || actor.isDead;
  }

  #deathAt(step: string, rate: number): 'die before' | 'die after' | null {
    const { point } = this.#story.aim;
    const when = point === `before ${step}` ? 'die before' : point === `after ${step}` ? 'die after' : null;
    if (when !== null && this.#deaths > 0 && this.#isAimed()) {
      this.#deaths -= 1;
      return when;
    }
    return this.#chance.hits(rate) ? this.#half('die') : null;
  }

  #isAimed(): boolean {
    this.#passes -= 1;
    return this.#passes < 0 && this.#chance.hits(0.9);
  }

  #half<W extends 'die' | 'lost'>(what: W): `${W} before` | `${W} after` {
    return this.#chance.hits(0.5) ? `${what} before` : `${what} after`;
  }

  /** A process that stands still while its call is on the wire: others may learn the outcome before it does. */
  freezeOnTheWire(actor: Actor): void {
    if (!this.#isSafe(actor)) this.#maybeFreeze(actor, 4);
  }

  /** A process that stands still with what it has just leased: others may take it up before it goes on. */
  freezeWithClaims(actor: Actor): void {
    if (!this.#isSafe(actor)) this.#maybeFreeze(actor, 8);
  }

  // SIGSTOP: it goes on later, within its lease or long after it, with what it believed then.
  #maybeFreeze(actor: Actor, often = 1): void {
    if (!actor.name.startsWith('worker') || !this.#chance.hits(often * this.#rates.freeze)) return;
    this.count('F24');
    const ms = this.#chance.pick([MINUTE / 2, MINUTE / 2, 2 * MINUTE, 10 * MINUTE, 3 * HOUR, 26 * HOUR]);
    actor.frozenUntil = this.#clock.ms + ms;
    actor.wasFrozen = true;
    this.onFreeze(actor, ms);
  }
}
