import postgres from 'postgres';
import { type Database, databaseOn } from '@/db/client';
import type { Faults } from './faults';
import type { Actor, Scheduler } from './scheduler';

/** One connection, which the processes of one place in the simulated deployment have one after the other. */
export interface Slot {
  sql: postgres.Sql;
  /** The virtual time that this connection was told last, and whose it is. */
  nowMs: number;
  holder: string;
}

/** The death of a process in the middle of a transaction. */
class Died extends Error {}

/** What PostgreSQL or the network did to a statement on purpose: the product may survive it in any way that loses nothing. */
export class InjectedFailure extends Error {
  readonly isInjected = true;
  readonly code: string;

  constructor(code: string) {
    super(`Injected: ${code}`);
    this.code = code;
  }
}

/** Whether an error, or what caused it, was injected. */
export function isInjected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof InjectedFailure) return true;
  if (error.message.includes('injected by the simulator')) return true;
  return isInjected(error.cause);
}

/** Opens a connection whose database time is the virtual one. It is made at once and kept: making one takes random bytes. */
export async function openSlot(url: string): Promise<Slot> {
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    onnotice: () => {},
    connection: {
      application_name: 'simulator',
      search_path: 'simulator, public, pg_catalog',
      synchronous_commit: 'off',
      plan_cache_mode: 'force_generic_plan',
      jit: 'off',
    },
  });
  await sql`select`;
  return { sql, nowMs: Number.NaN, holder: '' };
}

/** What a gated connection needs to know of the run. */
export interface Surroundings {
  clock: { ms: number };
  scheduler: Scheduler;
  faults: Faults;
  /** Told of each transaction that has committed, by its name, before anybody else has a turn. */
  onCommit(name: string): void;
}

/** The database as one process has it: each statement and each transaction waits for its turn, and may meet a fault. */
export function openGated(slot: Slot, actor: Actor, around: Surroundings): Database {
  const gate = new Gate(slot, actor, around);
  const proxy: postgres.Sql = new Proxy(slot.sql, {
    get(sql, property) {
      if (property === 'unsafe')
        return (...args: Parameters<postgres.Sql['unsafe']>) => gate.single(args[0], prepared(sql, ...args));
      if (property === 'begin') return (...args: unknown[]) => gate.transaction(lastFunction(args));
      return Reflect.get(sql, property);
    },
    apply(sql, _self, args: [TemplateStringsArray, ...postgres.ParameterOrFragment<never>[]]) {
      const [strings] = args;
      return gate.single(strings.join('$'), Reflect.apply(sql, undefined, args));
    },
  });
  return databaseOn(proxy);
}

type Work = (tx: postgres.Sql) => Promise<unknown>;

const PREPARED = { prepare: true };
const TELL = `select set_config('perennial.now', $1, false), set_config('perennial.actor', $2, false)`;

class Gate {
  readonly #slot: Slot;
  readonly #actor: Actor;
  readonly #around: Surroundings;

  constructor(slot: Slot, actor: Actor, around: Surroundings) {
    this.#slot = slot;
    this.#actor = actor;
    this.#around = around;
  }

  /** A query that begins when it is awaited and its turn has come. Only its first waiter runs it. */
  single(text: string, query: postgres.PendingQuery<postgres.Row[]>): unknown {
    let running: Promise<unknown> | undefined;
    const run = () => {
      running ??= this.#around.scheduler.operate(this.#actor, nameOf([text]), () => this.#runSingle(text, query));
      return running;
    };
    const pending: object = new Proxy(query, {
      get(target, property) {
        if (property === 'then' || property === 'catch' || property === 'finally') {
          const started = run();
          return Reflect.get(started, property).bind(started);
        }
        const value = Reflect.get(target, property);
        if (property !== 'values' && property !== 'raw') return value;
        return () => {
          Reflect.apply(value, target, []);
          return pending;
        };
      },
    });
    return pending;
  }

  transaction(work: Work): Promise<unknown> {
    return this.#around.scheduler.operate(this.#actor, 'transaction', () => this.#runTransaction(work));
  }

  async #runSingle(text: string, query: postgres.PendingQuery<postgres.Row[]>): Promise<unknown> {
    const { faults } = this.#around;
    const name = nameOf([text]);
    this.#tellTime();
    const fault = faults.ofStatement(this.#actor, name);
    if (fault === 'die before') return this.#die(name, 'before');
    if (fault === 'lost before') throw new InjectedFailure('CONNECTION_CLOSED');
    const rows = await query;
    if (fault === 'die after') return this.#die(name, 'after');
    if (fault === 'lost after') throw new InjectedFailure('CONNECTION_CLOSED');
    if (name === 'claim' && Array.isArray(rows) && rows.length > 0) faults.freezeWithClaims(this.#actor);
    return rows;
  }

  async #runTransaction(work: Work): Promise<unknown> {
    const { faults } = this.#around;
    this.#tellTime();
    const texts: string[] = [];
    let fault: ReturnType<Faults['ofStatement']> | 'rerun' = null;
    let name = 'transaction';
    this.#actor.isInTransaction = true;
    const { sql } = this.#slot;
    const heard = (done: Promise<unknown>) => done.catch(() => {});
    try {
      // On its way together with the first statement: a round trip costs more than what it does.
      void heard(sql.unsafe('begin', [], PREPARED));
      const result = await work(recording(sql, texts));
      name = nameOf(texts);
      fault = faults.ofTransaction(this.#actor, name);
      if (fault === 'die before') throw new Died();
      if (fault === 'lost before') throw new InjectedFailure('CONNECTION_CLOSED');
      if (fault === 'rerun')
        await sql.unsafe(`do $$ begin raise exception 'injected by the simulator' using errcode = '40001'; end $$`);
      await sql.unsafe('commit', [], PREPARED);
      this.#around.onCommit(name);
      if (fault === 'die after') return this.#die(name, 'after');
      if (fault === 'lost after') throw new InjectedFailure('CONNECTION_CLOSED');
      return result;
    } catch (error) {
      if (fault !== 'die after' && fault !== 'lost after') await heard(sql.unsafe('rollback', [], PREPARED));
      if (error instanceof Died) return this.#die(name, 'before');
      throw error;
    } finally {
      this.#actor.isInTransaction = false;
    }
  }

  #die(name: string, when: 'before' | 'after'): void {
    this.#around.faults.died(this.#actor, `${when} ${name}`);
    this.#around.scheduler.kill(this.#actor);
  }

  #tellTime(): void {
    const { ms } = this.#around.clock;
    const { id } = this.#actor;
    if (this.#slot.nowMs === ms && this.#slot.holder === id) return;
    this.#slot.nowMs = ms;
    this.#slot.holder = id;
    // Not waited for: what comes behind it on this connection is behind it in time.
    const told = this.#slot.sql.unsafe(TELL, [isoOf(ms), id], PREPARED);
    told.catch(() => {});
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function lastFunction(args: unknown[]): Work {
  const work = args.at(-1);
  if (typeof work !== 'function') throw new Error('A transaction has no work.');
  return async (tx) => work(tx);
}

function recording(tx: postgres.Sql, texts: string[]): postgres.Sql {
  return new Proxy(tx, {
    get(sql, property) {
      if (property !== 'unsafe') return Reflect.get(sql, property);
      return (...args: Parameters<postgres.Sql['unsafe']>) => {
        texts.push(args[0]);
        return prepared(sql, ...args);
      };
    },
  });
}

// A statement that is prepared once costs half the round trips, and is planned once for each seed.
function prepared(
  sql: postgres.Sql,
  ...[text, args = [], options]: Parameters<postgres.Sql['unsafe']>
): postgres.PendingQuery<postgres.Row[]> {
  return sql.unsafe(text, args, { ...options, ...(args.length > 0 ? PREPARED : {}) });
}

/** Names of steps by what a statement says; the first that any statement of a transaction fits is its name. */
const STEPS: readonly (readonly [string, RegExp])[] = [
  ['plan', /insert into "invoices"/],
  ['plan again', /insert into "charge_attempts"/],
  ['paid', /update "invoices" set "status".*"paid_at"/],
  ['mark sent', /update "charge_attempts" set "status" = \$1, "tries"/],
  ['link token', /(insert into|update) "payment_tokens"/],
  ['settle', /update "charge_attempts"/],
  ['plan request', /insert into "provision_requests"/],
  ['settle request', /update "provision_requests"/],
  ['seal', /insert into "audit_seals"/],
  ['number', /update "?invoices"? set number/],
  ['claim', /skip locked\s*\), leased/],
  ['claim one', /set lease_until = [\s\S]* returning/],
  ['store delivery', /insert into webhook_inbox/],
  ['settle delivery', /update "webhook_inbox" set "status"/],
  ['hold mail', /update "outbox" set "lease_until"/],
  ['settle mail', /update "outbox"/],
  ['settle case', /update "recovery_cases"/],
  ['change subscription', /update "subscriptions"/],
  ['import', /import_r/],
];

function nameOf(texts: readonly string[]): string {
  for (const [name, pattern] of STEPS) if (texts.some((text) => pattern.test(text))) return name;
  return texts.some((text) => /^\s*(insert|update|delete|with)/.test(text)) ? 'write' : 'read';
}
