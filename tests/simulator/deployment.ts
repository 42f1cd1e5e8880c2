import { createHash } from 'node:crypto';
import type { Context, Runtime } from '@/lib/context';
import { contextFor } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import type { Principal } from '@/lib/core/principal';
import type { Env } from '@/lib/env';
import { readEnv } from '@/lib/env';
import type { LogFields } from '@/lib/log';
import { openOutgoing } from '@/lib/outgoing/post';
import { answerDelivery } from '@/lib/receiver/answer-delivery';
import { openTruemed } from '@/lib/truemed/client';
import { openVault } from '@/lib/vault';
import { openInProcess, type SandboxInProcess } from '@/sandbox/server';
import { Chance } from './chance';
import { isInjected, openGated, type Slot } from './database';
import { Faults } from './faults';
import { openMailer } from './mailer';
import { type CallSeen, openNetwork, PROVIDER, RECEIVER_URL } from './network';
import { Actor, Scheduler } from './scheduler';
import type { Story } from './story';

/** What does not hold, in words. */
export interface Violation {
  invariant: string;
  detail: string;
}

/** A place in the deployment, and the process that is in it now. */
interface Post {
  name: string;
  slot: Slot;
  actor: Actor;
  runtime: Runtime;
  /** How far its clock is from the true time, in milliseconds. */
  skewMs: number;
}

export const SECRET = 'sandbox-signing-secret';

const SETTINGS = {
  DATABASE_URL: 'postgres://simulated',
  APP_ENV: 'test',
  APP_URL: 'http://localhost:3000',
  AUTH_SECRET: 'a secret of the simulator that is long enough',
  VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  TRUEMED_API_KEY: 'sandbox-key',
  TRUEMED_SIGNING_SECRETS: SECRET,
  TRUEMED_REDIRECT_ORIGINS: `http://${PROVIDER}`,
  TRUEMED_MAX_RPS: '10000',
  TRUEMED_MAX_CONCURRENCY: '3',
};

/** Everything that one seed runs: the processes, the provider, the clock, and what is written down about them. */
export class Deployment {
  readonly story: Story;
  readonly clock: { ms: number };
  readonly chance: Chance;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly sandbox: SandboxInProcess;
  readonly violations: Violation[] = [];
  readonly calls: CallSeen[] = [];
  /** Mails that left, by their message id, with how often. */
  readonly mails = new Map<string, number>();
  readonly trace: string[] = [];
  readonly #hash = createHash('sha256');
  readonly #posts = new Map<string, Post>();
  readonly #restoreFetch: typeof fetch;
  #secrets = SECRET;
  #generation = 0;
  /** Told of every call that goes out. */
  onCall: (call: CallSeen) => void = () => {};
  /** Told of every transaction that has committed, by its name. */
  onCommit: (name: string) => void = () => {};
  isMailServerDown = false;
  isProviderOut = false;
  /** Charges are made, and nobody hears of it. */
  areAnswersLost = false;
  isSchedulerOff = false;

  constructor(story: Story, slots: ReadonlyMap<string, Slot>) {
    const { seed } = story;
    this.story = story;
    this.clock = { ms: story.startMs };
    this.chance = new Chance(seed);
    this.faults = new Faults(new Chance(`faults ${seed}`), this.clock, story);
    this.scheduler = new Scheduler(new Chance(`turns ${seed}`), this.clock, (actor, name) => this.note(actor, name));
    this.sandbox = openInProcess({ publicUrl: `http://${PROVIDER}`, webhookUrls: [RECEIVER_URL] });
    this.#restoreFetch = globalThis.fetch;
    globalThis.fetch = openNetwork({
      sandbox: () => this.sandbox,
      scheduler: this.scheduler,
      faults: this.faults,
      actorOf: (name) => this.post(name).actor,
      receiver: () => this.#receiver(),
      onCall: (call) => {
        this.calls.push(call);
        this.onCall(call);
      },
      broken: (invariant, detail) => this.broken(invariant, detail),
      isProviderOut: () => this.isProviderOut,
      areAnswersLost: () => this.areAnswersLost,
      onTheWire: [],
    });
    this.faults.onDeath = (actor, point) => {
      this.note(actor.name, `died ${point}`);
      this.#restart(actor);
    };
    this.faults.onFreeze = (actor, ms) => this.note(actor.name, `stands still for ${ms / 60_000} minutes`);
    for (const [name, slot] of slots) this.#posts.set(name, this.#man(name, slot, 0));
  }

  /** One line of the trace, which must be the same whenever the seed is the same. */
  note(who: string, what: string): void {
    const line = `${new Date(this.clock.ms).toISOString()} ${who} ${what}`;
    this.trace.push(line);
    this.#hash.update(line);
  }

  traceHash(): string {
    return this.#hash.copy().digest('hex');
  }

  broken(invariant: string, detail: string): void {
    if (this.violations.length >= 20) return;
    this.violations.push({ invariant, detail });
    this.note('oracle', `broken ${invariant}: ${detail}`);
  }

  post(name: string): Post {
    const post = this.#posts.get(name);
    if (post === undefined) throw new Error(`Nobody is at ${name}.`);
    return post;
  }

  context(name: string, principal: Principal): Promise<Context> {
    return contextFor(this.post(name).runtime, principal);
  }

  skew(name: string, ms: number): void {
    this.post(name).skewMs = ms;
  }

  /** From now on every process knows these secrets: the provider signs with others while they are rotated. */
  knowSecrets(secrets: string): void {
    this.#secrets = secrets;
    for (const [name, post] of this.#posts) {
      const env = this.#envOf(name);
      post.runtime = { ...post.runtime, env };
    }
  }

  async close(): Promise<void> {
    globalThis.fetch = this.#restoreFetch;
    await this.sandbox.close();
  }

  #man(name: string, slot: Slot, skewMs: number): Post {
    this.#generation += 1;
    const actor = new Actor(name, this.#generation);
    const env = this.#envOf(name);
    const post: Post = {
      name,
      slot,
      actor,
      skewMs,
      runtime: {
        env,
        db: openGated(slot, actor, this),
        truemed: openTruemed(env.truemed),
        vault: openVault(env.vaultKeys),
        mailer: openMailer(actor, this),
        outgoing: openOutgoing({ isLive: true }),
        clock: async () => new Date(this.clock.ms + post.skewMs),
        log: this.#logOf(name),
        close: async () => {},
      },
    };
    return post;
  }

  #restart(dead: Actor): void {
    for (const [name, post] of this.#posts) {
      if (post.actor === dead) this.#posts.set(name, this.#man(name, post.slot, post.skewMs));
    }
  }

  #envOf(name: string): Env {
    return readEnv({
      ...SETTINGS,
      CATCH_UP: this.story.catchUp,
      TRUEMED_API_URL: `http://${name}.${PROVIDER}`,
      TRUEMED_SIGNING_SECRETS: this.#secrets,
    });
  }

  #receiver(): { actor: Actor; answer(request: Request): Promise<Response> } {
    const { actor, runtime } = this.post('receiver');
    const open = () => contextFor(runtime, { kind: 'system', name: 'receiver' });
    return { actor, answer: (request) => answerDelivery(request, open, runtime.log) };
  }

  // What the product calls its own failure is a violation, unless the simulator has caused it.
  #logOf(name: string): Runtime['log'] {
    const look = (fields: LogFields) => {
      const { error } = fields;
      if (error === undefined || isInjected(error) || error instanceof AppError) return;
      const words = error instanceof Error ? `${error.message} ${causeOf(error)}` : String(error);
      this.broken('no failure of our own', `${name} ${fields.event} ${fields.reason ?? ''}: ${words.slice(0, 400)}`);
    };
    return { info: () => {}, warn: look, error: look };
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `(${error.cause.message})` : '';
}
