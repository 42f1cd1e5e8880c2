import { randomUUID } from 'node:crypto';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { createSandboxControl } from '../control-client';
import { DEFAULT_OPTIONS } from '../options';
import { startSandbox } from '../server';
import { type ApiResult, startReceiver } from '../test-world';
import type { Assumption } from './assumption';
import { ASSUMPTIONS } from './assumptions';
import type { Api, Check, CheckWorld, Hands } from './check';
import { CHECKS } from './checks';
import { FACTS, type Fact } from './facts';

/** How a check ended: `not_run` where it would do more to Truemed than it was allowed to. */
export type Outcome = { kind: 'passed' } | { kind: 'failed'; why: string } | { kind: 'not_run' };

/** One row of the table: a fact, the checks that show it, and whether they did. */
export interface Row {
  fact: Fact;
  checks: readonly Check[];
  state: 'shown' | 'missing' | 'not_run';
}

/** What was found out about an assumption: only Truemed's own can confirm or refute one. */
export interface AssumptionRow {
  assumption: Assumption;
  state: 'confirmed' | 'refuted' | 'unknown';
}

/** What a whole run found. */
export interface Conformance {
  rows: Row[];
  outcomes: ReadonlyMap<Check, Outcome>;
  assumptions: AssumptionRow[];
}

/** Something that checks can be run against. */
export interface Target {
  isSandbox: boolean;
  runCheck(check: Check): Promise<Outcome>;
  /** Whether it behaves as assumed; null where that was not asked. */
  runAssumption(assumption: Assumption): Promise<boolean | null>;
  close(): Promise<void>;
}

/** Runs everything against one target, one after the other. */
export async function runConformance(target: Target, onDone: (check: Check) => void = () => {}): Promise<Conformance> {
  const outcomes = new Map<Check, Outcome>();
  for (const check of CHECKS) {
    outcomes.set(check, await target.runCheck(check));
    onDone(check);
  }
  const rows = FACTS.map((fact): Row => {
    const checks = CHECKS.filter(({ shows }) => shows.includes(fact.id));
    return { fact, checks, state: stateOf(checks.map((check) => outcomes.get(check)?.kind ?? 'not_run')) };
  });
  const assumptions: AssumptionRow[] = [];
  for (const assumption of ASSUMPTIONS) {
    const asAssumed = target.isSandbox ? null : await target.runAssumption(assumption);
    assumptions.push({ assumption, state: asAssumed === null ? 'unknown' : asAssumed ? 'confirmed' : 'refuted' });
  }
  return { rows, outcomes, assumptions };
}

/** A fact is shown when a check showed it and none failed to; without a check it is missing. */
function stateOf(kinds: readonly Outcome['kind'][]): Row['state'] {
  if (kinds.length === 0 || kinds.includes('failed')) return 'missing';
  return kinds.includes('passed') ? 'shown' : 'not_run';
}

/** A sandbox of its own, in this process, on free ports and in memory; each check finds it as new, with Ada's token. */
export async function openSandboxTarget(): Promise<Target> {
  const receiver = await startReceiver();
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, data: 'memory', webhookUrls: [receiver.url] });
  const control = createSandboxControl(sandbox.url);
  const endpoints = (await control.endpoints()).endpoints;
  const world: CheckWorld & Hands = {
    api: openApi(sandbox.url, DEFAULT_OPTIONS.apiKey),
    fresh: newText,
    control,
    receiver,
    url: sandbox.url,
  };
  const prepare = async () => {
    await control.reset();
    await control.setEndpoints(endpoints);
    await control.setSwitches({ captureDelayMs: 0, authorizationEnabled: true });
    await control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    receiver.received.length = 0;
    receiver.status = 204;
  };
  return {
    isSandbox: true,
    async runCheck(check) {
      await prepare();
      return outcomeOf(() => check.runInSandbox(world));
    },
    async runAssumption(assumption) {
      await prepare();
      return assumption.probe === null ? null : assumption.probe.run(world);
    },
    async close() {
      await sandbox.close();
      receiver.close();
    },
  };
}

/** Truemed's own. What it may be put through is what `allowed` says: nothing here ever charges. */
export function openTruemedTarget(options: { url: string; key: string; allowed: readonly Check['effect'][] }): Target {
  const world: CheckWorld = { api: openApi(options.url, options.key), fresh: newText };
  return {
    isSandbox: false,
    async runCheck({ runAnywhere, effect }) {
      if (runAnywhere === null || !options.allowed.includes(effect)) return { kind: 'not_run' };
      return outcomeOf(() => runAnywhere(world));
    },
    async runAssumption({ probe }) {
      if (probe === null || !options.allowed.includes(probe.effect)) return null;
      return probe.run(world);
    },
    async close() {},
  };
}

async function outcomeOf(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return { kind: 'passed' };
  } catch (error) {
    // Whatever ends a check is why the fact was not shown.
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

function openApi(url: string, key: string): Api {
  const call: Api['call'] = async (method, path, { body, key: other } = {}): Promise<ApiResult> => {
    const sent = other === undefined ? key : other;
    const response = await fetch(url + path, {
      method,
      headers: { ...(sent === null ? {} : { [API_KEY_HEADER]: sent }), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: readObject(text) };
  };
  return {
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** An object, or one without fields where something else was answered: a check then says what it misses. */
function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function newText(): string {
  return `conformance-${randomUUID()}`;
}
