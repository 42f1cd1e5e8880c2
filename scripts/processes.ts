import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PROJECT_FOLDER } from './runtime';

/** The tools of this project that run as processes of their own, by file. */
export const TOOLS = {
  next: 'node_modules/next/dist/bin/next',
  vitest: 'node_modules/vitest/vitest.mjs',
  playwright: 'node_modules/@playwright/test/cli.js',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  tsc: 'node_modules/typescript/bin/tsc',
  drizzle: 'node_modules/drizzle-kit/bin.cjs',
} as const;

/** A program to run in a process of its own. */
export interface Program {
  /** What people call it, and the name of its log. */
  name: string;
  /** A file of this project for Node, TypeScript or one of `TOOLS`. */
  file: string;
  args?: readonly string[];
  /** Added to this process's environment. */
  env?: Record<string, string>;
}

/** A program did not do what it was started for. The message is for people and needs no stack. */
export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure';
}

/** A process that goes on until it is stopped. Everything that it prints is in its log. */
export interface RunningProgram {
  name: string;
  logFile: string;
  /** How it ended, whoever ended it. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends SIGTERM and waits; what has not ended after ten seconds is killed, with everything that it started. */
  stop(): Promise<void>;
  /** Sends a signal to it and to everything that it started. */
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program whose output goes to `NAME.log` in `logFolder`. It ends by itself when this process is gone. */
export function startProgram(program: Program, logFolder: string): RunningProgram {
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, `${program.name}.log`);
  const log = openSync(logFile, 'w', 0o600);
  const child = spawnProgram(program, ['pipe', log, log]);
  closeSync(log);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    name: program.name,
    logFile,
    ended,
    stop: () => stopChild(child, ended),
    kill: (signal) => killGroup(child, signal),
  };
}

/**
 * Runs a program to its end. Its output goes to ours, or is kept and returned. Throws `ProgramFailure` with the end of
 * the output that nobody has seen, and the reason of `signal` where
 * that has ended it.
 */
export async function runProgram(
  program: Program,
  options: { output: 'inherit' | 'keep'; signal?: AbortSignal | undefined },
): Promise<string> {
  const { code, output } = await tryProgram(program, options);
  if (code !== 0)
    throw new ProgramFailure(`${program.name} failed (exit code ${code}).\n${lastLines(output)}`.trimEnd());
  return output;
}

/** As `runProgram`, but a failure is a value: the exit code. */
export async function tryProgram(
  program: Program,
  options: { output: 'inherit' | 'keep'; signal?: AbortSignal | undefined },
): Promise<{ code: number; output: string }> {
  options.signal?.throwIfAborted();
  const out = options.output === 'keep' ? 'pipe' : 'inherit';
  const child = spawnProgram(program, ['pipe', out, out]);
  let output = '';
  const keep = (text: string) => {
    output += text;
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const closed = once(child, 'close');
  const onAbort = () => void stopChild(child, closed);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const [code] = await closed;
  options.signal?.removeEventListener('abort', onAbort);
  options.signal?.throwIfAborted();
  return { code: typeof code === 'number' ? code : 1, output };
}

/** The end of a log, for a person who has to find out why. */
export function endOfLog(logFile: string): string {
  return lastLines(readFileSync(logFile, 'utf8'));
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-25).join('\n');
}

function spawnProgram({ file, args = [], env = {} }: Program, stdio: StdioOptions): ChildProcess {
  const typescript = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const node = [...typescript, '--import', join(PROJECT_FOLDER, 'scripts/exit-with-parent.mjs')];
  return spawn(process.execPath, [...node, join(PROJECT_FOLDER, file), ...args], {
    cwd: PROJECT_FOLDER,
    env: { ...process.env, ...env, PERENNIAL_PARENT: String(process.pid) },
    stdio,
    // A group of its own: Ctrl-C reaches only the parent, which stops everything in good order.
    detached: true,
  });
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (isRunning(child)) child.kill('SIGTERM');
  const inTime = await Promise.race([ended.then(() => true), delay(10_000, false, { ref: false })]);
  if (!inTime) killGroup(child, 'SIGKILL');
  await ended;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined && isRunning(child)) process.kill(-child.pid, signal);
}
