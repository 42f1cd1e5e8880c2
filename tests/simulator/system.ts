import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { newId } from '@/lib/core/id';
import { Chance } from './chance';

/** What a watch shows in the process under test, in milliseconds: it stands still within a step, as virtual time does. */
let watchMs = 0;
/** How the process under test waits: `sleep` decides when a pause of so many milliseconds is over. */
let sleep: (ms: number) => Promise<void> = async () => {};
let chance: Chance | null = null;
let fills = 0;

/**
 * A timer as long as this is a deadline. Virtual time stands still within a step, so none passes, however slow the machine.
 * A shorter one is a pause.
 */
const DEADLINE_MS = 1_000;

/**
 * Takes the place of the system for everything in this process: bytes and UUIDs come from the seed, a pause ends when the
 * simulator says so. The product has no switch for this; it asks Node, and Node's own exports are replaced. To be called
 * before anything of the product or the sandbox is loaded: a module may keep what it found.
 */
export function takeOverSystem(): void {
  const { randomFillSync, randomBytes, randomUUID } = crypto;
  crypto.randomFillSync = ((buffer: NodeJS.ArrayBufferView) => {
    fills += 1;
    if (chance === null) return randomFillSync(buffer);
    chance.fill(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    return buffer;
  }) as typeof randomFillSync;
  crypto.randomBytes = ((size: number) => {
    if (chance === null) return randomBytes(size);
    const bytes = Buffer.alloc(size);
    chance.fill(bytes);
    return bytes;
  }) as typeof crypto.randomBytes;
  crypto.randomUUID = () => {
    if (chance === null) return randomUUID();
    const bytes = Buffer.alloc(16);
    chance.fill(bytes);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  timers.setTimeout = (async (ms: number, value: unknown) => {
    await sleep(ms);
    return value;
  }) as typeof timers.setTimeout;
  performance.now = () => watchMs;
  syncBuiltinESMExports();
  takeOverTimers();
}

function takeOverTimers(): void {
  const { setTimeout: start, clearTimeout: clear } = globalThis;
  const waiting = new Set<unknown>();
  const later = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    if (chance === null) return start(run, ms, ...args);
    const timer = start(() => {}, 2 ** 31 - 1);
    timer.unref();
    if (ms >= DEADLINE_MS) return timer;
    waiting.add(timer);
    void sleep(ms).then(() => {
      clear(timer);
      if (waiting.delete(timer)) run(...args);
    });
    return timer;
  };
  globalThis.setTimeout = Object.assign(later as typeof setTimeout, { __promisify__: start.__promisify__ });
  globalThis.clearTimeout = (timer) => {
    waiting.delete(timer);
    clear(timer);
  };
}

/** Begins the randomness of a seed. Ids are taken from a store of bytes, so what the last seed left of it is used up first. */
export function reseedSystem(seed: number, onSleep: (ms: number) => Promise<void>): void {
  sleep = onSleep;
  watchMs = 0;
  chance = new Chance(`system ${seed}`);
  const before = fills;
  while (fills === before) newId('audit');
}

/** Moves what a watch shows to the virtual time. */
export function moveWatch(ms: number): void {
  watchMs = ms;
}

/** What a watch of the real world shows, in milliseconds. */
export function realMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Gives the system back until the next seed. */
export function releaseSystem(): void {
  chance = null;
}
