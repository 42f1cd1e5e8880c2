import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from './options';
import { PortTakenError } from './server';
import { aRenewalBody, aTokenBody, startReceiver, startTestSandbox } from './test-world';

const CREATE = '/api/v1/payment_tokens/create';
const SESSION = '/payments/v1/create_payment_session';

describe('the journal', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (webhookUrls: string[] = []) => startTestSandbox({ data: folder, webhookUrls });

  it('brings everything back: tokens, answers, ledger, mail, clock, switches', async () => {
    const before = await start();
    await before.control.moveClock({ mode: 'manual' });
    await before.control.setSwitches({ includeIdIn422: false });
    await before.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    const first = await before.post(SESSION, aRenewalBody());
    const [state, ledger, clock] = [
      await before.control.state(),
      await before.control.ledger(),
      await before.control.clock(),
    ];
    await before.close();
    const after = await start();
    expect(await after.control.state()).toEqual(state);
    expect(await after.control.ledger()).toEqual(ledger);
    expect(await after.control.clock()).toEqual(clock);
    expect((await after.control.switches()).includeIdIn422).toBe(false);
    expect((await after.post(SESSION, aRenewalBody())).body).toEqual(first.body);
    expect((await after.control.ledger()).charges).toHaveLength(1);
    await after.close();
  });

  it('finishes what was under way: the capture and the delivery', async () => {
    const receiver = await startReceiver();
    const before = await start([receiver.url]);
    await before.control.setSwitches({ captureDelayMs: 60_000 });
    await before.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    const { body } = await before.post(SESSION, aRenewalBody());
    await before.close();
    const after = await start([receiver.url]);
    await after.control.settle();
    expect((await after.get(`/payments/v1/payment_session/${body.id}`)).body.status).toBe('captured');
    expect(receiver.received).toHaveLength(1);
    await after.close();
    receiver.close();
  });

  it('forgives a last line that was cut off, and no other', async () => {
    const before = await start();
    await before.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await before.close();
    const file = path.join(folder, 'journal.jsonl');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, `${whole}{"table":"tokens","put":{"payment_tok`);
    const after = await start();
    expect((await after.control.state()).tokens).toHaveLength(1);
    await after.control.seedToken({ email: 'bo@example.com', name: 'Bo Reyes' });
    await after.close();
    const again = await start();
    expect((await again.control.state()).tokens).toHaveLength(2);
    await again.close();
    await writeFile(file, `nonsense\n${whole}`);
    await expect(start()).rejects.toThrow('line 1 is not JSON');
  });

  it('never holds the API key, and is empty after a reset', async () => {
    const sandbox = await start();
    await sandbox.post(CREATE, aTokenBody());
    expect(await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).not.toContain('sandbox-key');
    await sandbox.control.reset();
    expect(await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).toBe('');
    await sandbox.close();
  });
});

describe('the set-up', () => {
  it('says which port is taken, and leaves none of its own open', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const failure = startTestSandbox({ port }).catch((error: unknown) => error);
    expect(await failure).toBeInstanceOf(PortTakenError);
    expect(await failure).toMatchObject({ variable: 'SANDBOX_PORT', port });
    expect(await startTestSandbox({ smtpPort: port }).catch((error: unknown) => error)).toMatchObject({
      variable: 'SANDBOX_SMTP_PORT',
    });
    blocker.close();
  });

  it('reads its variables, and names the one that is wrong', () => {
    expect(
      readOptions({ SANDBOX_PORT: '4011', SANDBOX_API_KEY: '', SANDBOX_WEBHOOK_URLS: 'http://a/x, http://b/y' }),
    ).toMatchObject({
      port: 4011,
      apiKey: 'sandbox-key',
      webhookUrls: ['http://a/x', 'http://b/y'],
      data: '.data/sandbox',
      publicUrl: null,
    });
    expect(() => readOptions({ SANDBOX_PORT: 'x' })).toThrow('SANDBOX_PORT');
    expect(() => readOptions({ SANDBOX_WEBHOOK_URLS: 'nowhere' })).toThrow('SANDBOX_WEBHOOK_URLS');
  });
});
