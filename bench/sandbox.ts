import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { createSandboxControl } from '@/sandbox/control-client';
import { freePorts } from '@/scripts/ports';
import { endOfLog, type RunningProgram, startProgram } from '@/scripts/processes';
import { interleaved, medianRatio, type Report } from './pairs';
import { aChargeBody, CHARGE_PATH } from './sandbox-charge';
import { fillJournal } from './sandbox-fill';

const CONNECTIONS = 32;
const SECONDS = 3;
const TOKENS = 1000;
const API_KEY = 'bench-key';
const START_TIMEOUT_MS = 120_000;
const MEGABYTE = 1_048_576;

/**
 * Unattended charges of the sandbox, a process of its own with its journal on disk, over a bare echo of the same bodies;
 * and those of a sandbox that holds a million sessions with all that belongs to them over those of one with a thousand.
 * Nobody is told of the events, so that the receiver's speed is not what is measured.
 */
export async function benchSandbox(): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-bench-'));
  const running: RunningProgram[] = [];
  try {
    const [port = 0] = await freePorts(1);
    const program = startProgram(
      { name: 'bench-echo', file: 'bench/echo.ts', env: { PORT: String(port) } },
      join(folder, 'logs'),
    );
    running.push(program);
    const echo = `http://127.0.0.1:${port}`;
    await untilAnswers(echo, program);
    const small = await startFilled(join(folder, '1k'), 1000, running);
    const large = await startFilled(join(folder, '1m'), 1_000_000, running);
    const raw = await interleaved({
      echo: () => chargesPerSecond(echo),
      sessions_1k: () => chargesPerSecond(small.url),
      sessions_1m: () => chargesPerSecond(large.url),
    });
    return {
      ratios: {
        create_session_over_echo: medianRatio(raw.sessions_1k, raw.echo),
        sessions_1m_over_1k: medianRatio(raw.sessions_1m, raw.sessions_1k),
      },
      raw,
      notes: [small, large].map(
        ({ sessions, startSeconds, memoryMb, journalMb }) =>
          `${sessions} sessions: journal ${journalMb} MB, started in ${startSeconds} s, ${memoryMb} MB of memory`,
      ),
    };
  } finally {
    await Promise.all(running.map((program) => program.stop()));
    rmSync(folder, { recursive: true });
  }
}

/** Starts a sandbox on a folder that holds so many sessions already. */
async function startFilled(data: string, sessions: number, running: RunningProgram[]) {
  const journalMb = Math.round((await fillJournal({ data, sessions, tokens: TOKENS })) / MEGABYTE);
  const [port = 0, smtpPort = 0] = await freePorts(2);
  const start = performance.now();
  const program = startProgram(
    {
      name: `bench-sandbox-${sessions}`,
      file: 'sandbox/main.ts',
      env: {
        SANDBOX_DATA: data,
        SANDBOX_PORT: String(port),
        SANDBOX_SMTP_PORT: String(smtpPort),
        SANDBOX_API_KEY: API_KEY,
      },
    },
    join(data, 'logs'),
  );
  running.push(program);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/__sandbox/clock`, program);
  const startSeconds = Math.round((performance.now() - start) / 100) / 10;
  const control = createSandboxControl(url);
  await control.setEndpoints([]);
  const { memory_bytes } = await control.storage();
  return { url, sessions, journalMb, startSeconds, memoryMb: Math.round(memory_bytes / MEGABYTE) };
}

async function untilAnswers(url: string, program: RunningProgram): Promise<void> {
  for (const start = performance.now(); performance.now() - start < START_TIMEOUT_MS; ) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return;
    const ended = await Promise.race([program.ended, delay(100, null)]);
    if (ended !== null) break;
  }
  throw new Error(`${program.name} did not come up.\n${endOfLog(program.logFile)}`);
}

/** The load is the same for each: the generator makes the bodies, every one with a key of its own. */
async function chargesPerSecond(url: string): Promise<number> {
  let n = 0;
  const result = await autocannon({
    url: url + CHARGE_PATH,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: 'POST',
    headers: { [API_KEY_HEADER]: API_KEY, 'content-type': 'application/json' },
    requests: [
      {
        setupRequest: (request) => {
          n += 1;
          return { ...request, body: aChargeBody(n % TOKENS, randomUUID()) };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url} refused ${result.non2xx} and failed ${result.errors} charges.`);
  }
  return result['2xx'] / result.duration;
}
