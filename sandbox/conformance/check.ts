import { isDeepStrictEqual } from 'node:util';
import type { SandboxControl } from '../control-client';
import type { ApiResult, Receiver } from '../test-world';

/** The API that is checked: the sandbox's, or Truemed's own. */
export interface Api {
  get(path: string): Promise<ApiResult>;
  post(path: string, body?: unknown): Promise<ApiResult>;
  /** Any call, with other headers where they are given; a null key sends none. */
  call(method: string, path: string, options?: { body?: string; key?: string | null }): Promise<ApiResult>;
}

/** What only a sandbox has: its control API, an endpoint that is told of events, and the address of its hosted pages. */
export interface Hands {
  control: SandboxControl;
  receiver: Receiver;
  url: string;
}

/** What a check works with. */
export interface CheckWorld {
  api: Api;
  /** A text that was never used before, for keys and e-mails. */
  fresh(): string;
}

/** One named test of the API; it throws where a fact does not hold. */
export interface Check {
  /** A fact of the documents, in words. */
  readonly title: string;
  /** Ids of the facts that it shows. */
  readonly shows: readonly string[];
  /** What it does to the account behind the API; only what reads runs against Truemed's own if not told otherwise. */
  readonly effect: 'reads' | 'writes' | 'charges';
  /** Null where the check needs no sandbox, so that it can be run against Truemed's own. */
  readonly runAnywhere: ((world: CheckWorld) => Promise<void>) | null;
  readonly runInSandbox: (world: CheckWorld & Hands) => Promise<void>;
}

type Effect = Check['effect'];

/** A check that any API can be put through. */
export function anywhere(
  effect: Effect,
  title: string,
  shows: readonly string[],
  run: (world: CheckWorld) => Promise<void>,
): Check {
  return { title, shows, effect, runAnywhere: run, runInSandbox: run };
}

/** A check that needs a customer, a webhook, the clock or a token: things that only a sandbox gives. */
export function inSandbox(
  title: string,
  shows: readonly string[],
  run: (world: CheckWorld & Hands) => Promise<void>,
): Check {
  return { title, shows, effect: 'charges', runAnywhere: null, runInSandbox: run };
}

/** Ids of facts of one subject: `facts('createPaymentToken', 'error', 'MissingField')`. */
export function facts(subject: string, kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]): string[] {
  return names.map((name) => `${subject} ${kind} ${name}`);
}

/** A fact that does not hold. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
}

/** Throws unless the value has at least what is wanted: the same fields with the same values, lists element by element. */
export function holds(actual: unknown, wanted: unknown, what = 'the answer'): void {
  const problem = mismatch(actual, wanted, what);
  if (problem !== null) throw new CheckFailure(problem);
}

/** Stands for a value by what it must be like. */
export class Like {
  readonly what: string;
  readonly test: (value: unknown) => boolean;

  constructor(what: string, test: (value: unknown) => boolean) {
    this.what = what;
    this.test = test;
  }
}

const matching = (what: string, pattern: RegExp) =>
  new Like(what, (value) => typeof value === 'string' && pattern.test(value));

export const A_UUID = matching('a UUID', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const AN_INSTANT = matching('an ISO 8601 instant in UTC', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const A_TEXT = matching('a text', /./);
export const AN_ADDRESS = matching('a web address', /^https?:\/\//);
export const A_LIST = new Like('a list', Array.isArray);
export const A_COUNT = new Like('a count', (value) => Number.isInteger(value) && Number(value) >= 0);
export const ABSENT = new Like('absent', (value) => value === undefined);

function mismatch(actual: unknown, wanted: unknown, at: string): string | null {
  if (wanted instanceof Like) return wanted.test(actual) ? null : `${at} is ${show(actual)}, not ${wanted.what}.`;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) {
      return `${at} is ${show(actual)}, not a list of ${wanted.length}.`;
    }
    return firstProblem(wanted.map((element, index) => mismatch(actual[index], element, `${at}[${index}]`)));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null) return `${at} is ${show(actual)}, not an object.`;
    const fields = new Map(Object.entries(actual));
    return firstProblem(
      Object.entries(wanted).map(([name, value]) => mismatch(fields.get(name), value, `${at}.${name}`)),
    );
  }
  return isDeepStrictEqual(actual, wanted) ? null : `${at} is ${show(actual)}, not ${show(wanted)}.`;
}

function firstProblem(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
