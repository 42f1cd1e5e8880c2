import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clock, openClock } from '@/lib/clock';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import { type Sandbox, startSandbox } from '@/sandbox/server';

let sandbox: Sandbox;
let control: SandboxControl;
let clock: Clock;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, smtpPort: 0, data: 'memory', webhookUrls: [] });
  control = createSandboxControl(sandbox.url);
  clock = openClock(`${sandbox.url}/__sandbox/clock`);
});
afterAll(() => sandbox.close());

it('business time stands still with the sandbox, moves with it, and runs as fast as it does', async () => {
  await control.moveClock({ mode: 'manual', to: '2099-01-31T10:00:00.000Z' });
  expect([await clock(), await clock()].map((now) => now.toISOString())).toEqual(
    Array(2).fill('2099-01-31T10:00:00.000Z'),
  );
  await control.advance('P1M');
  expect((await clock()).toISOString()).toBe('2099-02-28T10:00:00.000Z');
  await control.moveClock({ mode: 'accelerated', rate: 3600 });
  const hours = async () => ((await clock()).getTime() - Date.parse('2099-02-28T10:00:00.000Z')) / 3_600_000;
  await expect.poll(hours, { interval: 20, timeout: 10_000 }).toBeGreaterThan(0.5);
  const before = await clock();
  expect((await clock()).getTime()).toBeGreaterThanOrEqual(before.getTime());
});
