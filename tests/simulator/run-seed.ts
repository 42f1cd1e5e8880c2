import { tick } from '@/lib/jobs/tick';
import { Chaos, setChaos } from '@/sandbox/chaos';
import { setSwitches } from '@/sandbox/control/actions';
import { type Appointment, Decisions, decideSome, drawAgenda } from './agenda';
import { isInjected, type Slot } from './database';
import { Deployment, type Violation } from './deployment';
import { faultOf } from './fault-places';
import { MODES, type Mode } from './faults';
import { judge } from './oracle';
import { populate } from './population';
import { moveWatch, realMs, releaseSystem, reseedSystem } from './system';
import { watchCalls } from './watch-calls';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After the world has healed everything must come to its end within this. */
const LIVENESS_MS = 26 * HOUR;
export const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'] as const;
export const POSTS = [...WORKERS, 'receiver', 'web', 'oracle'] as const;

/** Days near which calendars are hard: the year's end, February with and without its 29th, both changes of the clock. */
const STARTS = ['2026-12-10', '2027-01-20', '2027-02-20', '2027-10-01', '2028-01-15', '2028-02-10'] as const;

/** What one seed came to. */
export interface SeedResult {
  seed: number;
  mode: Mode;
  violations: Violation[];
  trace: string;
  lastLines: string[];
  seconds: number;
  crashes: Record<string, number>;
  injected: Record<string, number>;
  charges: number;
  steps: number;
}

/** Runs one seed on an empty database. Everything in it follows from the seed and the code. */
export async function runSeed(seed: number, slots: ReadonlyMap<string, Slot>, due: string): Promise<SeedResult> {
  const began = realMs();
  const startMs = Date.parse(`${STARTS[seed % STARTS.length]}T12:00:00Z`);
  const deployment = new Deployment(seed, startMs, slots);
  reseedSystem(seed, (ms) =>
    deployment.scheduler.operate(deployment.post('oracle').actor, `pause ${ms}`, async () => {}),
  );
  const run = new Run(seed, deployment, slots, due, startMs);
  try {
    await run.play();
  } catch (error) {
    deployment.broken('the run ends', wordsOf(error));
  } finally {
    await deployment.close();
    releaseSystem();
  }
  return {
    seed,
    mode: run.mode,
    violations: deployment.violations,
    trace: deployment.traceHash(),
    lastLines: deployment.trace.slice(-40),
    seconds: (realMs() - began) / 1000,
    crashes: Object.fromEntries(deployment.faults.crashes),
    injected: injectedIn(deployment),
    charges: deployment.sandbox.world.store.charges.size,
    steps: run.steps,
  };
}

// What the provider did by itself is in its ledger.
function injectedIn({ faults, sandbox }: Deployment): Record<string, number> {
  const { calls, attempts } = sandbox.world.store;
  for (const { fault } of [...calls.all(), ...attempts.all()]) {
    const name = faultOf(fault);
    if (name !== null) faults.count(name);
  }
  return Object.fromEntries(faults.injected);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.cause === undefined ? '' : `${wordsOf(error.cause)} <- `}${(error.stack ?? error.message).slice(0, 1_500)}`;
}

class Run {
  readonly mode: Mode;
  steps = 0;
  readonly #deployment: Deployment;
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #due: string;
  readonly #seed: number;
  readonly #startMs: number;
  /** Instants from which on the run is looked at closely for some hours. */
  readonly #closeUps: number[];

  constructor(seed: number, deployment: Deployment, slots: ReadonlyMap<string, Slot>, due: string, startMs: number) {
    this.#seed = seed;
    this.#deployment = deployment;
    this.#slots = slots;
    this.#due = due;
    this.#startMs = startMs;
    this.#closeUps = Array.from({ length: 2 }, () => startMs + deployment.chance.next() * 95 * DAY);
    this.mode = deployment.chance.weighed<Mode>({ safety: 25, liveness: 40, lossy: 20, flood: 15 });
    if (!MODES.includes(this.mode)) throw new Error(this.mode);
  }

  async play(): Promise<void> {
    const deployment = this.#deployment;
    const { chance, faults, sandbox } = deployment;
    sandbox.world.clock.setMode('manual');
    sandbox.world.clock.restore(new Date(this.#startMs));
    setSwitches(sandbox.world, {
      captureDelayMs: 0,
      renewalEmitsProcessing: chance.hits(0.3),
      includeIdIn422: chance.hits(0.7),
    });
    faults.isHealed = true;
    const people = await this.#alone(async () =>
      populate(await deployment.context('oracle', { kind: 'system', name: 'command' }), sandbox.world, chance),
    );
    faults.isHealed = false;
    if (this.mode === 'lossy') faults.count('F17');
    setChaos(sandbox.world.store, Chaos.parse(faults.providerChaos(this.#seed, this.mode)));
    if (chance.hits(0.25)) {
      faults.count('F31');
      for (const name of WORKERS) deployment.skew(name, chance.pick([-10, -3, 0, 3, 10]) * MINUTE);
    }
    const healMs = this.#startMs + chance.between(90, 100) * DAY;
    const decisions = new Decisions(deployment);
    const span = { startMs: this.#startMs, healMs, mode: this.mode, seed: this.#seed };
    watchCalls(deployment, decisions);
    const agenda = drawAgenda(deployment, people, decisions, span);
    await this.#until(healMs, agenda);
    if (this.mode !== 'safety') {
      this.#heal();
      await this.#until(healMs + LIVENESS_MS, []);
      await this.#comeToRest();
    }
    faults.isHealed = true;
    await this.#alone(() => judge(deployment, people, { isHealed: this.mode !== 'safety' }));
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
    const { world } = this.#deployment.sandbox;
    this.#deployment.note('world', 'heals');
    this.#deployment.faults.isHealed = true;
    this.#deployment.isMailServerDown = false;
    this.#deployment.isSchedulerOff = false;
    this.#deployment.isProviderOut = false;
    this.#deployment.areAnswersLost = false;
    for (const name of WORKERS) this.#deployment.post(name).actor.frozenUntil = 0;
    setChaos(world.store, this.mode === 'lossy' ? Chaos.parse({ seed: 'lossy', deliveries: { drop: 1 } }) : null);
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
      const target = Math.min(endMs, Math.max(clock.ms + 1_000, next + late));
      await this.#moveTo(target);
      while (agenda[0] !== undefined && agenda[0].at <= clock.ms) {
        const appointment = agenda.shift();
        if (appointment !== undefined) await this.#keep(appointment);
      }
    }
    await this.#work();
  }

  async #comeToRest(): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      this.#tick(WORKERS[0]);
      await this.#deployment.scheduler.rest();
    }
  }

  get #isClose(): boolean {
    const { ms } = this.#deployment.clock;
    // Whoever stands still is only seen by what the others do in the meantime.
    const thaws = WORKERS.map((name) => this.#deployment.post(name).actor.frozenUntil);
    if (thaws.some((thaw) => thaw > ms && thaw <= ms + 2 * MINUTE)) return true;
    return this.#closeUps.some((from) => ms >= from && ms < from + 8 * HOUR);
  }

  // Who polls comes late and finds more at once, by most of a day; in some hours of the run by moments.
  #lateness(): number {
    const { chance } = this.#deployment;
    if (this.#isClose) return chance.pick([0, 0, 5, 30]) * MINUTE;
    return this.#deployment.faults.isHealed ? chance.between(5, 50) * MINUTE : chance.between(6, 36) * HOUR;
  }

  async #moveTo(ms: number): Promise<void> {
    const { sandbox, scheduler, clock } = this.#deployment;
    // The provider's appointments on the way are kept at their own time, and our clock is never behind its clock.
    for (;;) {
      const next = sandbox.world.schedule.next();
      const stop = next === null ? ms : Math.min(ms, Math.max(clock.ms, Date.parse(next.due)));
      clock.ms = stop;
      moveWatch(stop - this.#startMs);
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
    const { chance, scheduler } = this.#deployment;
    const rounds = this.#isClose ? 12 : 1;
    for (let round = 0; round < rounds; round += 1) {
      await scheduler.rest();
      if (this.#deployment.isSchedulerOff) return;
      const isIdle = (await this.#readState()).ready === 0;
      if (isIdle && !(round === 0 && chance.hits(0.05))) return;
      const crowd = chance.weighed({ 1: 84, 2: 11, 4: 5 });
      if (crowd !== '1') this.#deployment.faults.count('F25');
      for (let worker = Number(crowd); worker > 0; worker -= 1) this.#tick(chance.pick(WORKERS));
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
    const { sandbox, clock } = this.#deployment;
    const theirs = sandbox.world.schedule.next();
    const ours = this.#deployment.isSchedulerOff ? Number.POSITIVE_INFINITY : (await this.#readState()).nextMs;
    const thaws = WORKERS.map((name) => this.#deployment.post(name).actor.frozenUntil).filter((ms) => ms > clock.ms);
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
