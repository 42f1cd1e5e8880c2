import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isAlive, isCode } from '@/db/process-lock';

const Announcement = z.object({ pid: z.number().int(), settings: z.record(z.string(), z.string()) });

/**
 * A running demo leaves its settings in a file, so that a command in another terminal (`npm run import`,
 * `npm run worker -- --once`) sees the same clock and the same sandbox. The function it returns takes them back.
 */
export function announceDemo(file: string, settings: Record<string, string>): () => void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, settings }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The settings of the demo that runs now, or none. */
export function settingsOfRunningDemo(file: string): Record<string, string> {
  try {
    const { pid, settings } = Announcement.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isAlive(pid) ? settings : {};
  } catch (error) {
    if (isCode(error, 'ENOENT')) return {};
    throw error;
  }
}
