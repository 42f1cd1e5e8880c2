import type { Slot } from './database';
import { Deployment, type Violation } from './deployment';
import { faultOf } from './fault-places';
import type { Mode } from './faults';
import { Run } from './run';
import { realMs, releaseSystem, reseedSystem } from './system';

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
