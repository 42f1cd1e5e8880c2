import { tick } from '@/lib/jobs/tick';
import { Chaos, setChaos } from '@/sandbox/chaos';
import { setSwitches } from '@/sandbox/control/actions';
import { type Appointment, Decisions, decideSome, drawAgenda } from './agenda';
import { isInjected, type Slot } from './database';
import type { Deployment } from './deployment';
import { momentsOf } from './moments';
import { judge } from './oracle';
import { populate } from './population';
import type { Actor } from './scheduler';
import { moveWatch } from './system';
import { watchCalls } from './watch-calls';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So long before a frozen process goes on the others are looked at. */
const MOMENT_MS = 1_000;
/** So long a close-up lasts. */
const CLOSE_UP_MS = 4 * HOUR;
/** After the world has healed everything must come to its end within this. */
const LIVENESS_MS = 26 * HOUR;
const REST_ROUNDS = 7;
/** So many turns of the others whoever waits for a sender stands still at most. */
const MOST_TURNS = 80;
export const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'] as const;
export const POSTS = [...WORKERS, 'receiver', 'web', 'oracle'] as const;

/** One run: the people, what happens to them, and the processes that see to it, until the world has come to rest. */
export class Run {
  steps = 0;
  readonly #deployment: Deployment;
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #due: string;
  /** Instants from which on the run is looked at closely for some hours. */
  #closeUps: number[] = [];
  /** The name of the transaction that committed last. */
  #lastCommit = '';

  constructor(deployment: Deployment, slots: ReadonlyMap<string, Slot>, due: string) {
    this.#deployment = deployment;
    this.#slots = slots;
    this.#due = due;
  }

  async play(): Promise<void> {
    const deployment = this.#deployment;
    const { chance, faults, sandbox, story } = deployment;
    sandbox.world.clock.setMode('manual');
    sandbox.world.clock.restore(new Date(story.startMs));
    setSwitches(sandbox.world, {
      captureDelayMs: 0,
      renewalEmitsProcessing: chance.hits(0.3),
      includeIdIn422: story.aim.point.endsWith('cancelPaymentSession') || chance.hits(0.7),
    });
    faults.isHealed = true;
    const healMs = story.startMs + story.days * DAY;
    const { people, moments } = await this.#alone(async () => {
      const ctx = await deployment.context('oracle', { kind: 'system', name: 'command' });
      const people = await populate(ctx, sandbox.world, chance, story);
      return { people, moments: momentsOf(people, ctx.env.merchant.billingHour, healMs) };
    });
    faults.isHealed = false;
    if (story.mode === 'lossy') faults.count('F17');
    setChaos(sandbox.world.store, Chaos.parse(faults.providerChaos(story.seed, story.mode)));
    if (chance.hits(story.themes.has('frozen') ? 0.6 : 0.15)) {
      faults.count('F31');
      for (const name of WORKERS) deployment.skew(name, chance.pick([-10, -3, 0, 3, 10]) * MINUTE);
    }
    const decisions = new Decisions(deployment);
    watchCalls(deployment, decisions);
    for (let looks = chance.between(1, 2); looks > 0 && moments.length > 0; looks -= 1)
      this.#closeUps.push(chance.pick(moments).at - MINUTE);
    const agenda = drawAgenda(deployment, people, moments, decisions, healMs);
    this.#watchCommits();
    this.#closeUps.push(...agenda.filter(({ isWatched }) => isWatched).map(({ at }) => at));
    await this.#until(healMs, agenda);
    if (story.mode !== 'safety') {
      this.#heal();
      await this.#until(healMs + LIVENESS_MS, []);
      await this.#comeToRest();
    }
    faults.isHealed = true;
    await this.#alone(() => judge(deployment, people, { isHealed: story.mode !== 'safety' }));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    this.#deployment.scheduler.start(this.#deployment.post('oracle').actor, 'alone', async () => {
      result = { value: await work() };
    });
    await this.#deployment.scheduler.rest();
    if (result === undefined) throw new Error('It did not come to its end.');
    return result.value;
  }

  #heal(): void {
    const { story } = this.#deployment;
    const { world } = this.#deployment.sandbox;
    this.#deployment.note('world', 'heals');
    this.#deployment.faults.isHealed = true;
    this.#deployment.isMailServerDown = false;
    this.#deployment.isSchedulerOff = false;
    this.#deployment.isProviderOut = false;
    this.#deployment.areAnswersLost = false;
    for (const name of WORKERS) {
      this.#deployment.post(name).actor.frozenUntil = 0;
      this.#deployment.skew(name, 0);
    }
    setChaos(world.store, story.mode === 'lossy' ? Chaos.parse({ seed: 'lossy', deliveries: { drop: 1 } }) : null);
    setSwitches(world, { captureAs: 'captured' });
    decideSome(this.#deployment, 1);
  }

  /** Plays up to an instant: jumps from one thing that is due to the next. */
  async #until(endMs: number, agenda: Appointment[]): Promise<void> {
    const { clock } = this.#deployment;
    while (clock.ms < endMs) {
      this.steps += 1;
      await this.#work();
      const next = await this.#nextDue(agenda[0]?.at ?? Number.POSITIVE_INFINITY);
      const late = this.#lateness();
      const target = Math.min(
        endMs,
        this.#nextCloseUp,
        this.#beforeThaw(next),
        Math.max(clock.ms + 1_000, next + late),
      );
      await this.#moveTo(target);
      while (agenda[0] !== undefined && agenda[0].at <= clock.ms) {
        const appointment = agenda.shift();
        if (appointment !== undefined) await this.#keep(appointment);
      }
    }
    await this.#work();
  }

  // What was begun last has its answers within minutes, and the provider's deliveries are on their way meanwhile.
  async #comeToRest(): Promise<void> {
    for (let round = 0; round < REST_ROUNDS; round += 1) {
      this.#tick(WORKERS[0]);
      await this.#deployment.scheduler.rest();
      if (round < REST_ROUNDS - 1) await this.#moveTo(this.#deployment.clock.ms + 5 * MINUTE);
    }
  }

  get #isClose(): boolean {
    const { ms } = this.#deployment.clock;
    return this.#closeUps.some((from) => ms >= from && ms < from + CLOSE_UP_MS);
  }

  /** When the next close-up begins: nobody leaps over it. */
  get #nextCloseUp(): number {
    const { ms } = this.#deployment.clock;
    return Math.min(...this.#closeUps.filter((from) => from > ms));
  }

  // Who polls comes late and finds more at once: by a day or two, or in good time; in some hours of the run by moments.
  #lateness(): number {
    const { chance } = this.#deployment;
    if (this.#isClose) return chance.pick([0, 0, 5, 30]) * MINUTE;
    if (this.#deployment.faults.isHealed) return chance.between(10, 180) * MINUTE;
    return chance.hits(0.2) ? chance.between(1, 90) * MINUTE : chance.between(6, 40) * HOUR;
  }

  // Whoever stands still past a lease is only seen by what the others do when that is over, before it goes on and meanwhile.
  #beforeThaw(nextMs: number): number {
    const { ms } = this.#deployment.clock;
    const thaws = this.#frozen
      .map(({ frozenUntil }) => frozenUntil - MOMENT_MS)
      .filter((at) => at > ms && at >= nextMs);
    return Math.min(...thaws);
  }

  get #frozen(): Actor[] {
    const { ms } = this.#deployment.clock;
    return WORKERS.map((name) => this.#deployment.post(name).actor).filter(({ frozenUntil }) => frozenUntil > ms);
  }

  // Half of them go on at the moment at which somebody else is about to send, the others at any.
  #thawMeanwhile(): void {
    const { chance, clock, scheduler } = this.#deployment;
    const { actor: watch } = this.#deployment.post('oracle');
    this.#lastCommit = '';
    for (const actor of this.#frozen.filter(({ frozenUntil }) => frozenUntil <= clock.ms + MOMENT_MS)) {
      const waitsForSender = chance.hits(0.5);
      scheduler.start(watch, 'thaw', async () => {
        for (let turns = waitsForSender ? MOST_TURNS : chance.between(0, 50); turns > 0; turns -= 1) {
          if (waitsForSender && this.#lastCommit === 'mark sent') break;
          await scheduler.operate(watch, 'a moment', async () => {});
        }
        actor.frozenUntil = Math.min(actor.frozenUntil, clock.ms);
      });
    }
  }

  #watchCommits(): void {
    const { onCommit } = this.#deployment;
    this.#deployment.onCommit = (name) => {
      this.#lastCommit = name;
      onCommit(name);
    };
  }

  async #moveTo(ms: number): Promise<void> {
    const { sandbox, scheduler, clock } = this.#deployment;
    // The provider's appointments on the way are kept at their own time, and our clock is never behind its clock.
    for (;;) {
      const next = sandbox.world.schedule.next();
      const stop = next === null ? ms : Math.min(ms, Math.max(clock.ms, Date.parse(next.due)));
      clock.ms = stop;
      moveWatch(stop - this.#deployment.story.startMs);
      scheduler.start(this.#deployment.post('oracle').actor, 'the clock', () =>
        sandbox.world.schedule.moveTo(new Date(stop)),
      );
      await scheduler.rest();
      if (stop >= ms) return;
    }
  }

  async #keep({ name, act, isAlone }: Appointment): Promise<void> {
    const { scheduler } = this.#deployment;
    this.#deployment.note('agenda', name);
    scheduler.start(this.#deployment.post('web').actor, name, async () => act());
    if (isAlone === true) await scheduler.rest();
  }

  /** Lets workers tick: until nothing is due that they could do now, or once, and the rest waits for the next time. */
  async #work(): Promise<void> {
    const { chance, scheduler, story } = this.#deployment;
    const rounds = this.#isClose ? 12 : 1;
    for (let round = 0; round < rounds; round += 1) {
      // Half of the time workers come while what people have begun is still under way.
      if (round > 0 || chance.hits(0.5)) await scheduler.rest();
      if (this.#deployment.isSchedulerOff) return scheduler.rest();
      const isIdle = (await this.#readState()).ready === 0;
      if (isIdle && !(round === 0 && chance.hits(0.03))) return scheduler.rest();
      const crowd = chance.weighed(story.themes.has('frozen') ? { 1: 50, 2: 30, 4: 20 } : { 1: 84, 2: 12, 4: 4 });
      if (crowd !== '1') this.#deployment.faults.count('F25');
      const able = WORKERS.filter((name) => !this.#frozen.includes(this.#deployment.post(name).actor));
      this.#thawMeanwhile();
      for (let worker = Number(crowd); worker > 0 && able.length > 0; worker -= 1) this.#tick(chance.pick(able));
      await scheduler.rest();
    }
  }

  #tick(name: string): void {
    const { scheduler, clock } = this.#deployment;
    const { actor } = this.#deployment.post(name);
    if (this.#deployment.isSchedulerOff || actor.frozenUntil > clock.ms || scheduler.isBusy(actor)) return;
    actor.wasFrozen = false;
    scheduler.start(actor, 'tick', async () => {
      try {
        await tick(await this.#deployment.context(name, { kind: 'system', name: 'worker' }));
      } catch (error) {
        if (!isInjected(error)) throw error;
      }
    });
  }

  async #nextDue(agendaMs: number): Promise<number> {
    const { sandbox } = this.#deployment;
    const theirs = sandbox.world.schedule.next();
    const ours = this.#deployment.isSchedulerOff ? Number.POSITIVE_INFINITY : (await this.#readState()).nextMs;
    const thaws = this.#frozen.map(({ frozenUntil }) => frozenUntil);
    return Math.min(agendaMs, ours, theirs === null ? Number.POSITIVE_INFINITY : Date.parse(theirs.due), ...thaws);
  }

  async #readState(): Promise<{ nextMs: number; ready: number }> {
    const slot = this.#slots.get('oracle');
    if (slot === undefined) throw new Error('There is no oracle.');
    const now = new Date(this.#deployment.clock.ms).toISOString();
    const [row] = await slot.sql.unsafe<{ next: Date | null; ready: number }[]>(this.#due, [now], { prepare: true });
    return {
      nextMs: row?.next == null ? Number.POSITIVE_INFINITY : Number(new Date(row.next)),
      ready: Number(row?.ready ?? 0),
    };
  }
}
