import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from './options';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSION = '/payments/v1/create_payment_session';
const START = '2030-05-10T12:00:00.000Z';

let receiver: Receiver;
let folder: string;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}) {
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url], ...options });
  await sandbox.control.moveClock({ mode: 'manual', to: START });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
}

const charge = (key: string) => sandbox.post(SESSION, aRenewalBody({ idempotency_key: key }));

async function everything() {
  await sandbox.control.settle();
  const { control } = sandbox;
  const [clock, switches, state, ledger, endpoints] = [
    await control.clock(),
    await control.switches(),
    await control.state(),
    await control.ledger(),
    await control.endpoints(),
  ];
  return { clock, switches, state, ledger, endpoints };
}

describe.each([['memory'], ['folder']])('a snapshot in a %s', (kind) => {
  const data = () => (kind === 'memory' ? 'memory' : folder);

  it('brings everything back: records, keys, clock, switches, endpoints', async () => {
    await start({ data: data() });
    await sandbox.control.setSwitches({ includeIdIn422: false });
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['rotated'] }]);
    const { body } = await charge('renewal-1');
    const before = await everything();
    const saved = await sandbox.control.saveSnapshot('paid-once');
    expect(saved).toEqual({ name: 'paid-once', at: START, records: expect.any(Number) });

    await sandbox.control.advance({ years: 1 });
    await sandbox.control.setSwitches({ includeIdIn422: true });
    await sandbox.control.setEndpoints([]);
    await charge('renewal-2');
    await sandbox.control.reset();
    expect((await sandbox.control.state()).sessions).toEqual([]);

    expect(await sandbox.control.restoreSnapshot('paid-once')).toEqual({ now: START, mode: 'manual' });
    expect(await everything()).toEqual(before);
    expect((await charge('renewal-1')).body).toEqual(body);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('brings back what waited: the retry comes at its time, once', async () => {
    await start({ data: data() });
    receiver.status = 500;
    await charge('renewal-1');
    await sandbox.control.settle();
    await sandbox.control.saveSnapshot('one-failure');
    for (let round = 0; round < 2; round += 1) {
      receiver.received.length = 0;
      await sandbox.control.restoreSnapshot('one-failure');
      await sandbox.control.advance({ seconds: 9 });
      expect(receiver.received).toHaveLength(0);
      await sandbox.control.advance({ seconds: 1 });
      expect(receiver.received).toHaveLength(1);
    }
  });

  it('is replaced by a later one of its name, listed and removed', async () => {
    await start({ data: data() });
    await sandbox.control.saveSnapshot('a');
    await charge('renewal-1');
    await sandbox.control.saveSnapshot('b');
    await sandbox.control.saveSnapshot('a');
    expect((await sandbox.control.snapshots()).map(({ name }) => name)).toEqual(['a', 'b']);
    await sandbox.control.restoreSnapshot('a');
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
    expect(await sandbox.control.removeSnapshot('a')).toMatchObject([{ name: 'b' }]);
    await expect(sandbox.control.removeSnapshot('a')).rejects.toThrow('404');
    await expect(sandbox.control.restoreSnapshot('a')).rejects.toThrow('404');
  });

  it('has a name that is a name', async () => {
    await start({ data: data() });
    for (const name of ['', '../x', 'a/b', 'A', '.', 'x'.repeat(65)]) {
      await expect(sandbox.control.saveSnapshot(name)).rejects.toThrow('400');
    }
  });
});

it('a restored state survives a restart with its endpoints, and so does the snapshot', async () => {
  await start({ data: folder });
  await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['old', 'new'] }]);
  await charge('renewal-1');
  await sandbox.control.saveSnapshot('kept');
  await charge('renewal-2');
  await sandbox.control.restoreSnapshot('kept');
  const before = await everything();
  await sandbox.close();
  sandbox = await startTestSandbox({ data: folder, webhookUrls: [receiver.url] });
  expect(await everything()).toEqual(before);
  expect(await sandbox.control.snapshots()).toMatchObject([{ name: 'kept' }]);
});

it.each([
  ['not JSON', '{"table":'],
  ['no record', '{"table":"sessions","record":null}'],
])('a snapshot that cannot be read changes nothing: %s', async (_, line) => {
  await start({ data: folder });
  await charge('renewal-1');
  await sandbox.control.saveSnapshot('good');
  const before = await everything();
  const [file] = await readdir(path.join(folder, 'snapshots'));
  expect(file).toBe('good.jsonl');
  await writeFile(
    path.join(folder, 'snapshots', 'torn.jsonl'),
    `{"snapshot":1,"at":"${START}","records":1}\n${line}\n`,
  );
  await expect(sandbox.control.restoreSnapshot('torn')).rejects.toThrow('cannot be read');
  expect(await everything()).toEqual(before);
});

it('the clock of the system goes on from the time of the snapshot', async () => {
  await start();
  await sandbox.control.moveClock({ mode: 'real' });
  await sandbox.control.saveSnapshot('ticking');
  await sandbox.control.advance({ years: 3 });
  const { now, mode } = await sandbox.control.restoreSnapshot('ticking');
  expect([now.slice(0, 16), mode]).toEqual([START.slice(0, 16), 'real']);
});

describe('a table', () => {
  beforeEach(async () => {
    await start();
    for (let index = 0; index < 25; index += 1) await charge(`renewal-${index}`);
    await sandbox.control.settle();
  });

  it('is paged by key, newest first or oldest first, each record once', async () => {
    for (const order of ['newest', 'oldest']) {
      const keys: unknown[] = [];
      let after: string | null = null;
      do {
        const page: { rows: Record<string, unknown>[]; total: number; next: string | null } =
          await sandbox.control.table('charges', {
            order,
            limit: '10',
            ...(after === null ? {} : { after }),
          });
        expect(page.total).toBe(25);
        keys.push(...page.rows.map((row) => row.idempotency_key));
        after = page.next;
      } while (after !== null);
      const expected = Array.from({ length: 25 }, (_, index) => `renewal-${index}`);
      expect(keys).toEqual(order === 'oldest' ? expected : expected.reverse());
    }
  });

  it('is filtered by any field', async () => {
    const count = async (table: string, filters: Record<string, string>) =>
      (await sandbox.control.table(table, filters)).rows.length;
    expect(await count('charges', { idempotency_key: 'renewal-7' })).toBe(1);
    expect(await count('charges', { 'idempotency_key.contains': 'RENEWAL-1' })).toBe(11);
    expect(await count('sessions', { status: 'captured', customer_email: 'ada@example.com' })).toBe(25);
    expect(await count('charges', { amount: '4830' })).toBe(25);
    expect(await count('charges', { 'at.from': START, 'at.until': '2030-05-10T12:00:00.001Z' })).toBe(25);
    expect(await count('charges', { 'at.until': START })).toBe(0);
    expect(await count('attempts', { 'request.body.contains': 'renewal' })).toBe(0);
    expect(await count('attempts', { status: '204' })).toBe(25);
  });

  it('is one of those that there are, with fields that it has', async () => {
    expect(await sandbox.control.tables()).toMatchObject({ charges: 25, events: 25, deliveries: 25, attempts: 25 });
    await expect(sandbox.control.table('charge')).rejects.toThrow('404');
    await expect(sandbox.control.table('charges', { amuont: '1' })).rejects.toThrow('no field amuont');
    await expect(sandbox.control.table('charges', { limit: '0' })).rejects.toThrow('limit');
    await expect(sandbox.control.table('charges', { order: 'any' })).rejects.toThrow('order');
    await expect(sandbox.control.table('charges', { after: 'none' })).rejects.toThrow('after');
    await expect(sandbox.control.table('constructor')).rejects.toThrow('404');
  });
});
