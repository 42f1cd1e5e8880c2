import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const WAIT_MS = 25;
const PATIENCE_MS = 120_000;

/**
 * Runs `work` while no other process of this machine runs under the same lock file. The file holds the owner's process
 * id; that of a dead process is taken over. Throws after two minutes of waiting.
 */
export async function withProcessLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; !takeLock(path); waitedMs += WAIT_MS) {
    if (waitedMs >= PATIENCE_MS) throw new Error(`${path} is held by process ${readOwner(path)} for too long.`);
    await delay(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Whether a process with this id runs, whoever owns it. One that ended and was not collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  return readProcess(pid)?.state !== 'Z';
}

/** What Linux tells about a process; null on other systems, and where there is none with this id. */
export function readProcess(pid: number): { name: string; state: string } | null {
  try {
    const [, name = '', state = ''] = /^\d+ \((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, state };
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return null;
    throw error;
  }
}

/** Whether an error of the operating system has this code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function takeLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  const owner = readOwner(path);
  if (owner !== null && !isAlive(owner)) removeDeadLock(path, owner);
  return false;
}

function removeDeadLock(path: string, deadOwner: number): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between looking and moving, another process may have removed the dead lock and taken its own: give it back.
  if (readOwner(aside) === deadOwner) rmSync(aside);
  else renameSync(aside, path);
}

// Null where the lock has just gone, or its owner has not yet written its id.
function readOwner(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return pid > 0 ? pid : null;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}
