import { setTimeout as delay } from 'node:timers/promises';
import { endOfLog, type Program, ProgramFailure, type RunningProgram, TOOLS } from './processes';

/** The ports of one Perennial on this machine. */
export interface StackPorts {
  web: number;
  sandbox: number;
  smtp: number;
}

/** Where the sandbox with this port is reached, by processes and browsers of this machine. */
export function sandboxUrlOf(ports: StackPorts): string {
  return `http://localhost:${ports.sandbox}`;
}

/**
 * The settings with which web app, worker and commands use the sandbox of this machine: its API, mailbox and clock. They
 * replace what the environment says of the real Truemed and of mail, so nothing that runs with them leaves the machine.
 */
export function sandboxSettings(ports: StackPorts, appEnv: 'demo' | 'test', appUrl: string): Record<string, string> {
  const sandboxUrl = sandboxUrlOf(ports);
  return {
    APP_ENV: appEnv,
    APP_URL: appUrl,
    PORT: String(ports.web),
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_SMTP_PORT: String(ports.smtp),
    SANDBOX_WEBHOOK_URLS: `http://localhost:${ports.web}/api/webhooks/truemed`,
    CLOCK_URL: `${sandboxUrl}/__sandbox/clock`,
    SMTP_URL: `smtp://localhost:${ports.smtp}`,
    TRUEMED_API_URL: sandboxUrl,
    TRUEMED_REDIRECT_ORIGINS: sandboxUrl,
    // An empty setting is an absent one: the sandbox's own key and secret hold.
    TRUEMED_API_KEY: '',
    TRUEMED_SIGNING_SECRETS: '',
  };
}

/** The programs that make a running Perennial, each with the settings that it is given. */
export const sandboxProgram = (env: Record<string, string>): Program => ({
  name: 'sandbox',
  file: 'sandbox/main.ts',
  env,
});
export const workerProgram = (env: Record<string, string>): Program => ({
  name: 'worker',
  file: 'scripts/worker.ts',
  env,
});
export const webProgram = (mode: 'start' | 'dev', port: number, env: Record<string, string>): Program =>
  mode === 'dev'
    ? {
        name: 'web',
        file: TOOLS.next,
        args: ['dev', '-p', String(port)],
        env: { ...env, NODE_ENV: 'development' },
      }
    : { name: 'web', file: 'scripts/web.ts', env: { ...env, PORT: String(port), NODE_ENV: 'production' } };

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** Waits until an address answers 200. Throws `ProgramFailure` with the end of the program's log where it ends first, or takes too long. */
export async function waitUntilReady(url: string, program: RunningProgram, signal?: AbortSignal): Promise<void> {
  let hasEnded = false;
  void program.ended.then(() => {
    hasEnded = true;
  });
  let answer = 'nothing';
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    if (hasEnded) throw new ProgramFailure(`The ${program.name} ended at its start:\n${endOfLog(program.logFile)}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => null);
    if (response?.status === 200) return;
    if (response !== null) answer = `${response.status} ${await response.text()}`;
    await delay(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
  throw new ProgramFailure(`${url} was not ready in time, it said: ${answer}\n${endOfLog(program.logFile)}`);
}
