import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { createSandboxControl } from './control-client';
import { aRenewalBody, startTestSandbox } from './test-world';

const CALLERS = 8;

it('a sandbox that is killed has lost nothing that it answered, and charges no key twice', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, SANDBOX_DATA: folder, SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', SANDBOX_API_KEY: 'key' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /http:\/\/\S+/.exec(String(line))?.[0] ?? '';
  const control = createSandboxControl(url);
  await control.setEndpoints([]);
  await control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
  const answered = new Map<string, unknown>();
  const callUntilDead = async (caller: number) => {
    for (let n = 0; ; n += 1) {
      const key = `key-${caller}-${n}`;
      try {
        const response = await fetch(`${url}/payments/v1/create_payment_session`, {
          method: 'POST',
          headers: { [API_KEY_HEADER]: 'key' },
          body: JSON.stringify(aRenewalBody({ idempotency_key: key })),
        });
        answered.set(key, await response.json());
      } catch {
        return;
      }
      if (answered.size === 200) child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => callUntilDead(caller)));
  const after = await startTestSandbox({ data: folder, apiKey: 'sandbox-key' });
  for (const [key, body] of answered) {
    const again = await after.post('/payments/v1/create_payment_session', aRenewalBody({ idempotency_key: key }));
    expect(again.body).toEqual(body);
  }
  await after.control.settle();
  const { charges } = await after.control.ledger();
  const keys = charges.map(({ idempotency_key }) => idempotency_key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(expect.arrayContaining([...answered.keys()]));
  await after.close();
  await rm(folder, { recursive: true });
}, 60_000);
