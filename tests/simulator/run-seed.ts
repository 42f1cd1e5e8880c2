import type { Slot } from './database';
import { Deployment, type Violation } from './deployment';
import { faultOf } from './fault-places';
import type { Mode } from './faults';
import { Run } from './run';
import { drawStory, type Theme } from './story';
import { realMs, releaseSystem, reseedSystem } from './system';

/** What one seed came to. */
export interface SeedResult {
  seed: number;
  mode: Mode;
  themes: Theme[];
  /** The crash point that it aims at. */
  aim: string;
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
  const story = drawStory(seed);
  const deployment = new Deployment(story, slots);
  reseedSystem(seed, (ms) =>
    deployment.scheduler.operate(deployment.post('oracle').actor, `pause ${ms}`, async () => {}),
  );
  const run = new Run(deployment, slots, due);
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
    mode: story.mode,
    themes: [...story.themes],
    aim: story.aim.point,
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
